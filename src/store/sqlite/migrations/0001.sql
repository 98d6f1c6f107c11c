-- Times are milliseconds since 1970.

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: an id belongs to one person for ever.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  nickname TEXT NOT NULL,
  -- Null once the person has left: the name is free, the messages keep their author.
  nickname_folded TEXT UNIQUE,
  nickname_skeleton TEXT UNIQUE,
  -- What the search for people looks in (shared/rank-name.ts).
  nickname_forms TEXT NOT NULL DEFAULT '',
  avatar TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  -- When the present name was taken.
  named_at INTEGER NOT NULL,
  -- Until then the person is shown as new, because somebody else had the name shortly before.
  new_until INTEGER,
  -- When a device of the person was last seen, whether it is still signed in or not: written at
  -- most once a day, and when a session ends. The name is kept for a time after it.
  seen_at INTEGER NOT NULL,
  -- The hash of the recovery code, as Bun.password makes it; null without a code.
  code_hash TEXT,
  code_made_at INTEGER,
  role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('member', 'moderator', 'owner')),
  left_at INTEGER
) STRICT;

-- The order of lists of people. Two names may be alike where the rules have changed.
CREATE INDEX users_by_name ON users (coalesce(nickname_folded, nickname)) WHERE left_at IS NULL;

-- Names that became free a short time ago.
CREATE TABLE freed_names (
  user_id INTEGER NOT NULL REFERENCES users (id),
  nickname_skeleton TEXT NOT NULL,
  freed_at INTEGER NOT NULL,
  PRIMARY KEY (nickname_skeleton, user_id)
) STRICT, WITHOUT ROWID;

-- Only the hash of a session's token is stored: a copy of the database signs nobody in.
-- AUTOINCREMENT: a list of devices that was shown long ago never names another one.
CREATE TABLE sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash BLOB NOT NULL UNIQUE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  -- In short words: Firefox, Windows. Empty when unknown.
  browser TEXT NOT NULL DEFAULT '',
  system TEXT NOT NULL DEFAULT '',
  added_at INTEGER NOT NULL,
  -- Written at most once a day.
  seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_by_user ON sessions (user_id);

-- A link that adds a device to a person: a session makes it, the first browser that opens it claims
-- it, and the session allows the claim. It ends with the session, and when that gets another token.
-- What the link and the cookie of the claim hold is stored as hashes only.
CREATE TABLE device_links (
  session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
  link_hash BLOB NOT NULL UNIQUE,
  made_at INTEGER NOT NULL,
  claim_hash BLOB UNIQUE,
  browser TEXT NOT NULL DEFAULT '',
  system TEXT NOT NULL DEFAULT '',
  -- Shown by both devices, so that the right one is allowed.
  number INTEGER,
  is_allowed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TRIGGER session_renewed AFTER UPDATE OF token_hash ON sessions BEGIN
  DELETE FROM device_links WHERE session_id = NEW.id;
END;

-- A device that is told of messages while no page is open: it ends with its session, and when that
-- gets another token.
CREATE TABLE push_subscriptions (
  session_id INTEGER PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
  -- An address at the push service of the browser's maker: who knows it can send there.
  endpoint TEXT NOT NULL UNIQUE,
  public_key BLOB NOT NULL,
  secret BLOB NOT NULL,
  language TEXT NOT NULL,
  shows_text INTEGER NOT NULL,
  -- JSON: ids of the people whom this device has muted.
  muted TEXT NOT NULL
) STRICT;

CREATE TRIGGER session_renewed_push AFTER UPDATE OF token_hash ON sessions BEGIN
  DELETE FROM push_subscriptions WHERE session_id = NEW.id;
END;

CREATE TABLE rooms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('open', 'closed', 'direct')),
  name TEXT NOT NULL,
  -- Null for closed and direct rooms: only open rooms have unique names.
  name_folded TEXT UNIQUE,
  name_skeleton TEXT UNIQUE,
  -- What the search for rooms looks in (shared/fold.ts); empty for direct rooms.
  name_sought TEXT NOT NULL DEFAULT '',
  topic TEXT NOT NULL DEFAULT '',
  -- The two people of a direct room, smaller id first ("3:7"): at most one room per pair.
  direct_key TEXT UNIQUE,
  -- Null for the first room, which has no host. Of a direct room: who opened it.
  created_by INTEGER REFERENCES users (id),
  created_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  -- When the last message was posted, or the room was made.
  active_at INTEGER NOT NULL,
  -- Members who have not left; the triggers below count.
  members INTEGER NOT NULL DEFAULT 0,
  -- Messages that are not deleted; each statement that adds or deletes one counts.
  messages INTEGER NOT NULL DEFAULT 0,
  -- The place of the newest message; system lines and changes have later revisions.
  last_seq INTEGER NOT NULL DEFAULT 0,
  -- What its hosts have set: who may write, how long each person waits between two messages,
  -- whether nobody new comes in, and when it was closed for good.
  writers TEXT NOT NULL DEFAULT 'everybody' CHECK (writers IN ('everybody', 'hosts')),
  slow_ms INTEGER NOT NULL DEFAULT 0,
  is_locked INTEGER NOT NULL DEFAULT 0,
  archived_at INTEGER,
  CHECK ((kind = 'direct') = (direct_key IS NOT NULL))
) STRICT;

CREATE INDEX rooms_by_maker ON rooms (created_by);
CREATE INDEX rooms_shared ON rooms (kind) WHERE kind <> 'direct';

CREATE TABLE memberships (
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('host', 'member')),
  notify TEXT NOT NULL DEFAULT 'mentions' CHECK (notify IN ('all', 'mentions', 'nothing')),
  joined_at INTEGER NOT NULL,
  read_seq INTEGER NOT NULL DEFAULT 0,
  -- Whether the person sees the lines of who comes and goes.
  shows_comings INTEGER NOT NULL DEFAULT 1,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_user ON memberships (user_id);
CREATE INDEX memberships_by_age ON memberships (room_id, joined_at, user_id);
CREATE INDEX memberships_hosts ON memberships (room_id) WHERE role = 'host';

CREATE TRIGGER member_added AFTER INSERT ON memberships BEGIN
  UPDATE rooms SET members = members + 1
  WHERE id = NEW.room_id
    AND EXISTS (SELECT 1 FROM users WHERE id = NEW.user_id AND left_at IS NULL);
END;

CREATE TRIGGER member_removed AFTER DELETE ON memberships BEGIN
  UPDATE rooms SET members = members - 1
  WHERE id = OLD.room_id
    AND EXISTS (SELECT 1 FROM users WHERE id = OLD.user_id AND left_at IS NULL);
END;

CREATE TRIGGER member_left AFTER UPDATE OF left_at ON users
WHEN OLD.left_at IS NULL AND NEW.left_at IS NOT NULL BEGIN
  UPDATE rooms SET members = members - 1
  WHERE id IN (SELECT room_id FROM memberships WHERE user_id = NEW.id);
END;

-- The longest column is the last, so that reading the others does not read through a long message.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  -- The room's revision when it was posted: its place in the timeline, which never changes.
  seq INTEGER NOT NULL,
  -- The room's revision at its last change.
  revision INTEGER NOT NULL,
  author_id INTEGER NOT NULL REFERENCES users (id),
  client_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  reply_to INTEGER,
  -- Of a private message: the room in which its author was, and that room's revision at the time.
  -- Both people see it there as a private note.
  written_in INTEGER,
  written_after INTEGER,
  -- JSON: [[user, start, length], …], places in code units of the content; user 0 is everybody.
  mentions TEXT,
  -- What a message shows of its files, as JSON, so that reading a page reads one table.
  attachments TEXT,
  -- Of a system line, such as "Ana joined", what it tells, as JSON (system-lines.ts); its content is
  -- empty, and its client id begins with an @, as no other does.
  system TEXT,
  content TEXT NOT NULL,
  UNIQUE (room_id, seq),
  -- A message that is sent twice is stored once. The client id is first, because ids that begin
  -- with the time then share the last page of the index, for all authors.
  UNIQUE (client_id, author_id)
) STRICT;

-- Catch-up finds new messages by seq; only changed ones need this second, much smaller index.
CREATE UNIQUE INDEX messages_changed ON messages (room_id, revision) WHERE revision > seq;
CREATE INDEX messages_written_in ON messages (written_in, written_after)
WHERE written_in IS NOT NULL;
CREATE INDEX messages_system ON messages (room_id, seq) WHERE system IS NOT NULL;

-- Who came or went shortly after others, and is added to their line with the next revision.
CREATE TABLE waiting_comings (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  kind TEXT NOT NULL CHECK (kind IN ('joined', 'left')),
  user_id INTEGER NOT NULL REFERENCES users (id),
  -- Who invited them.
  by_id INTEGER REFERENCES users (id),
  at INTEGER NOT NULL
) STRICT;

-- Who is mentioned where, for unread counts; user 0 is everybody.
CREATE TABLE mentions (
  user_id INTEGER NOT NULL,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  seq INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, seq)
) STRICT, WITHOUT ROWID;

-- One per person, message and emoji, in the order in which they were set.
CREATE TABLE reactions (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  emoji TEXT NOT NULL,
  user_id INTEGER NOT NULL REFERENCES users (id),
  UNIQUE (room_id, seq, emoji, user_id),
  FOREIGN KEY (room_id, seq) REFERENCES messages (room_id, seq)
) STRICT;

-- The bytes lie in the file store under the same id. They are written before the row and removed
-- after it: a row always has its file.
CREATE TABLE attachments (
  -- 128 random bits in hexadecimal.
  id TEXT PRIMARY KEY,
  owner_id INTEGER NOT NULL REFERENCES users (id),
  -- Null until it is used, once and for good: by one message, or as a profile picture.
  used_as TEXT CHECK (used_as IN ('message', 'face')),
  room_id INTEGER REFERENCES rooms (id),
  seq INTEGER,
  name TEXT NOT NULL,
  -- Found in the bytes; the type that the sender names is ignored.
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  width INTEGER,
  height INTEGER,
  -- Nine colours to show while the picture loads.
  preview TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  CHECK ((used_as IS 'message') = (room_id IS NOT NULL AND seq IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX attachments_by_owner ON attachments (owner_id);
CREATE INDEX attachments_by_message ON attachments (room_id, seq) WHERE room_id IS NOT NULL;
CREATE INDEX attachments_unused ON attachments (created_at) WHERE used_as IS NULL;

-- The files of each person, and of all as person 0, so that a quota needs no sum.
CREATE TABLE stored_files (
  owner_id INTEGER PRIMARY KEY,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;

INSERT INTO stored_files (owner_id, files, bytes) VALUES (0, 0, 0);

CREATE TRIGGER attachments_added AFTER INSERT ON attachments BEGIN
  INSERT INTO stored_files (owner_id, files, bytes)
  VALUES (new.owner_id, 1, new.size), (0, 1, new.size)
  ON CONFLICT (owner_id) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER attachments_removed AFTER DELETE ON attachments BEGIN
  UPDATE stored_files SET files = files - 1, bytes = bytes - old.size
  WHERE owner_id IN (0, old.owner_id);
END;

-- The full-text index. `tokens` are made by search/search-tokens.ts. Only which message has which
-- token is kept (detail none, no content): half the size of FTS5's own trigrams, and one character
-- is enough to search for. It is filled by search-index.ts, as SQL cannot fold case and accents.
CREATE VIRTUAL TABLE search USING fts5 (
  tokens,
  content = '',
  columnsize = 0,
  detail = none,
  tokenize = 'ascii'
);

-- People who are asked into a room, until they answer. Nobody is in a room without having said yes.
CREATE TABLE invitations (
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  invited_by INTEGER NOT NULL REFERENCES users (id),
  -- What it is about, in a short line; may be empty.
  why TEXT NOT NULL,
  invited_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_by_user ON invitations (user_id, invited_at);
CREATE INDEX invitations_by_inviter ON invitations (invited_by);

CREATE TRIGGER invited_joined AFTER INSERT ON memberships BEGIN
  DELETE FROM invitations WHERE room_id = NEW.room_id AND user_id = NEW.user_id;
END;

CREATE TRIGGER invited_left AFTER UPDATE OF left_at ON users
WHEN OLD.left_at IS NULL AND NEW.left_at IS NOT NULL BEGIN
  DELETE FROM invitations WHERE user_id = NEW.id;
END;

-- What people did by virtue of a role.
CREATE TABLE acts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  -- Null for the operator, who uses the command line.
  actor_id INTEGER REFERENCES users (id),
  act TEXT NOT NULL,
  person_id INTEGER REFERENCES users (id),
  -- The room may be deleted later; its name stays.
  room_id INTEGER,
  room_name TEXT NOT NULL DEFAULT '',
  detail TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
) STRICT;

INSERT INTO settings (key, value)
VALUES ('instance', lower(hex(randomblob(4)))), ('epoch', lower(hex(randomblob(16))));
