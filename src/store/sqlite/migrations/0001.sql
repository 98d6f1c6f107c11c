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

-- Browsers in which a person was signed in, by the hash of a random cookie: the last of each person.
CREATE TABLE person_browsers (
  user_id INTEGER NOT NULL REFERENCES users (id),
  browser_hash BLOB NOT NULL,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, browser_hash)
) STRICT, WITHOUT ROWID;

-- Who is banned from the server has left, but keeps the name (nickname_folded), so nobody takes it.
CREATE TABLE bans (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  banned_by INTEGER NOT NULL REFERENCES users (id),
  banned_at INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT;

-- Hashes of the cookies of their browsers, and of the sessions that ended with the ban.
CREATE TABLE banned_browsers (
  hash BLOB NOT NULL,
  user_id INTEGER NOT NULL REFERENCES bans (user_id) ON DELETE CASCADE,
  PRIMARY KEY (hash, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX banned_browsers_by_user ON banned_browsers (user_id);

-- Networks from which nobody new joins until then.
CREATE TABLE refused_addresses (
  user_id INTEGER NOT NULL REFERENCES bans (user_id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (user_id, address)
) STRICT, WITHOUT ROWID;

-- A name that was taken from somebody, who does not get it back until then.
CREATE TABLE refused_names (
  user_id INTEGER NOT NULL REFERENCES users (id),
  nickname_skeleton TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (user_id, nickname_skeleton)
) STRICT, WITHOUT ROWID;

-- A link with which a person comes back; only its hash is stored.
CREATE TABLE way_backs (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  link_hash BLOB NOT NULL UNIQUE,
  made_at INTEGER NOT NULL
) STRICT;

CREATE TRIGGER way_back_ended AFTER UPDATE OF left_at ON users WHEN NEW.left_at IS NOT NULL BEGIN
  DELETE FROM way_backs WHERE user_id = NEW.id;
END;

-- Of who leaves for good, no browser is remembered.
CREATE TRIGGER browsers_forgotten AFTER UPDATE OF left_at ON users
WHEN NEW.left_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bans WHERE user_id = NEW.id) BEGIN
  DELETE FROM person_browsers WHERE user_id = NEW.id;
END;

-- What a person is told on all devices until they have read it.
CREATE TABLE notices (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id),
  kind TEXT NOT NULL CHECK (kind IN ('renamed', 'way_back_made', 'way_back_used')),
  detail TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX notices_by_user ON notices (user_id);

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
  -- The people of a direct room by their ids ("3:7", "3:7:9"): at most one room for the same people.
  -- A group that somebody has left has a key of its own, and is not found by its people any more.
  direct_key TEXT UNIQUE,
  -- A direct room of more than two people.
  is_group INTEGER NOT NULL DEFAULT 0,
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
  -- When it was deleted: what is in it goes in portions, and the row last.
  deleted_at INTEGER,
  CHECK ((kind = 'direct') = (direct_key IS NOT NULL))
) STRICT;

CREATE INDEX rooms_by_maker ON rooms (created_by);
CREATE INDEX rooms_shared ON rooms (kind) WHERE kind <> 'direct';
CREATE INDEX rooms_deleted ON rooms (id) WHERE deleted_at IS NOT NULL;

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

-- Who may not write in a room for a time. It outlives that its person leaves the room.
CREATE TABLE mutes (
  room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  until INTEGER NOT NULL,
  reason TEXT NOT NULL,
  by_id INTEGER NOT NULL REFERENCES users (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

-- When each person last wrote in a slow room; the other rooms have no rows.
CREATE TABLE last_posts (
  room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER member_back AFTER UPDATE OF left_at ON users
WHEN OLD.left_at IS NOT NULL AND NEW.left_at IS NULL BEGIN
  UPDATE rooms SET members = members + 1
  WHERE id IN (SELECT room_id FROM memberships WHERE user_id = NEW.id);
END;

-- Who was put out of a room and may not come back.
CREATE TABLE room_bans (
  room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  user_id INTEGER NOT NULL REFERENCES users (id),
  banned_at INTEGER NOT NULL,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

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

-- Deletions of what a person wrote, which go on after a restart: messages from since then with
-- smaller ids are still to be looked at.
CREATE TABLE purges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id INTEGER NOT NULL REFERENCES users (id),
  since INTEGER NOT NULL,
  before_id INTEGER NOT NULL
) STRICT;

-- Messages as they were when somebody reported them; the rows go when they are answered.
CREATE TABLE reports (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  reporter_id INTEGER NOT NULL REFERENCES users (id),
  why TEXT NOT NULL,
  reported_at INTEGER NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (room_id, seq, reporter_id)
) STRICT;

-- Who is mentioned where, for unread counts; user 0 is everybody.
CREATE TABLE mentions (
  user_id INTEGER NOT NULL,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  seq INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX mentions_by_message ON mentions (room_id, seq);

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

-- The files of the messages of each room, so that no list needs a sum.
CREATE TABLE room_files (
  room_id INTEGER PRIMARY KEY REFERENCES rooms (id) ON DELETE CASCADE,
  files INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;

CREATE TRIGGER room_files_added AFTER UPDATE OF room_id ON attachments
WHEN old.room_id IS NULL AND new.room_id IS NOT NULL BEGIN
  INSERT INTO room_files (room_id, files, bytes) VALUES (new.room_id, 1, new.size)
  ON CONFLICT (room_id) DO UPDATE SET files = files + 1, bytes = bytes + excluded.bytes;
END;

CREATE TRIGGER room_files_removed AFTER DELETE ON attachments
WHEN old.room_id IS NOT NULL BEGIN
  UPDATE room_files SET files = files - 1, bytes = bytes - old.size WHERE room_id = old.room_id;
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

-- Who declined keeps it to themselves: others see the invitation as before, and its person neither
-- sees it nor is asked into that room again for a day.
CREATE TABLE declined_rooms (
  user_id INTEGER NOT NULL REFERENCES users (id),
  room_id INTEGER NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
  declined_at INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER invited_joined AFTER INSERT ON memberships BEGIN
  DELETE FROM invitations WHERE room_id = NEW.room_id AND user_id = NEW.user_id;
  DELETE FROM declined_rooms WHERE room_id = NEW.room_id AND user_id = NEW.user_id;
END;

CREATE TRIGGER invited_left AFTER UPDATE OF left_at ON users
WHEN OLD.left_at IS NULL AND NEW.left_at IS NOT NULL BEGIN
  DELETE FROM invitations WHERE user_id = NEW.id;
  DELETE FROM declined_rooms WHERE user_id = NEW.id;
END;

-- What people did by virtue of a role.
CREATE TABLE acts (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  -- Null for the operator, who uses the command line.
  actor_id INTEGER REFERENCES users (id),
  act TEXT NOT NULL,
  person_id INTEGER REFERENCES users (id),
  -- The room may be deleted later; its name stays, and whether it was open.
  room_id INTEGER,
  room_name TEXT NOT NULL DEFAULT '',
  room_kind TEXT,
  detail TEXT NOT NULL DEFAULT '',
  reason TEXT NOT NULL DEFAULT ''
) STRICT;

-- Links with which newcomers come in through the door, stored as hashes only.
CREATE TABLE door_links (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  link_hash BLOB NOT NULL UNIQUE,
  made_by INTEGER NOT NULL REFERENCES users (id),
  made_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  -- Null for any number.
  uses_left INTEGER CHECK (uses_left >= 0),
  uses INTEGER NOT NULL DEFAULT 0,
  -- Where it leads; the room may be deleted later.
  room_id INTEGER,
  -- A short code to be read from a screen and typed, which no list shows.
  is_code INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Newcomers who ask to come in; they hold their names until they are answered, or for some time.
CREATE TABLE door_requests (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Of the token with which their browser waits.
  token_hash BLOB NOT NULL UNIQUE,
  nickname TEXT NOT NULL,
  nickname_folded TEXT NOT NULL UNIQUE,
  nickname_skeleton TEXT NOT NULL UNIQUE,
  avatar TEXT NOT NULL,
  line TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  -- A keyed hash of the address, so that no address fills the list.
  asked_from BLOB NOT NULL,
  -- Who lets them in.
  allowed_by INTEGER REFERENCES users (id)
) STRICT;

CREATE TRIGGER name_held_from_new BEFORE INSERT ON users
WHEN EXISTS (SELECT 1 FROM door_requests WHERE nickname_folded = NEW.nickname_folded
  OR nickname_skeleton = NEW.nickname_skeleton) BEGIN
  SELECT RAISE(IGNORE);
END;

CREATE TRIGGER name_held_from_renamed BEFORE UPDATE OF nickname_folded, nickname_skeleton ON users
WHEN EXISTS (SELECT 1 FROM door_requests WHERE nickname_folded = NEW.nickname_folded
  OR nickname_skeleton = NEW.nickname_skeleton) BEGIN
  SELECT RAISE(IGNORE);
END;

INSERT INTO settings (key, value)
VALUES ('instance', lower(hex(randomblob(4)))), ('epoch', lower(hex(randomblob(16))));
