-- People, sessions, rooms, memberships, messages. Ready for edits and tombstones (revision, edited_at,
-- deleted_at) and for direct rooms (direct_key). Times are milliseconds since 1970.

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: an id is a person for ever and is never given to another.
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  nickname TEXT NOT NULL,
  -- Null once the person has logged out everywhere: the name is free, the messages stay theirs.
  nickname_folded TEXT UNIQUE,
  nickname_skeleton TEXT UNIQUE,
  avatar TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  left_at INTEGER
) STRICT;

-- Only the hash of a session's token is stored: a copy of the database signs nobody in.
CREATE TABLE sessions (
  token_hash BLOB PRIMARY KEY,
  user_id INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE rooms (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('open', 'closed', 'direct')),
  name TEXT NOT NULL,
  -- Null for direct rooms, which have no name of their own.
  name_folded TEXT UNIQUE,
  name_skeleton TEXT UNIQUE,
  topic TEXT NOT NULL DEFAULT '',
  -- The two people of a direct room, smaller id first ("3:7"): at most one room per pair.
  direct_key TEXT UNIQUE,
  created_by INTEGER REFERENCES users (id),
  created_at INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  CHECK ((kind = 'direct') = (direct_key IS NOT NULL))
) STRICT;

CREATE TABLE memberships (
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  user_id INTEGER NOT NULL REFERENCES users (id),
  role TEXT NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'member')),
  notify TEXT NOT NULL DEFAULT 'mentions' CHECK (notify IN ('all', 'mentions', 'nothing')),
  joined_at INTEGER NOT NULL,
  read_seq INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX memberships_by_user ON memberships (user_id);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  -- The revision at which it was born: its place in the timeline, for ever.
  seq INTEGER NOT NULL,
  -- The revision of its last change.
  revision INTEGER NOT NULL,
  author_id INTEGER NOT NULL REFERENCES users (id),
  client_id TEXT NOT NULL,
  content TEXT NOT NULL,
  reply_to INTEGER,
  created_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  UNIQUE (room_id, seq),
  -- Sending twice shows once, kept for ever.
  UNIQUE (author_id, client_id)
) STRICT;

-- Catch-up finds new messages by seq; only changed ones need this second, much smaller index.
CREATE UNIQUE INDEX messages_changed ON messages (room_id, revision) WHERE revision > seq;

INSERT INTO settings (key, value)
VALUES ('house', lower(hex(randomblob(4)))), ('epoch', lower(hex(randomblob(16))));
