-- Senders' own ids, so that sending twice shows once, kept for ever. They have a table of their own, as
-- the newest are written later than their messages, many at a time and in order (client-ids.ts): a place
-- in an index for each message as it is said is another page to write for each, when ids are by chance.

CREATE TABLE client_ids (
  client_id TEXT NOT NULL,
  author_id INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  PRIMARY KEY (client_id, author_id)
) STRICT, WITHOUT ROWID;

INSERT INTO client_ids (client_id, author_id, message_id)
SELECT client_id, author_id, id FROM messages ORDER BY client_id, author_id;

-- Up to which message the table is complete.
INSERT INTO settings (key, value)
SELECT 'client_ids_to', coalesce(max(id), 0) FROM messages;

-- The same table without its UNIQUE (author_id, client_id), and with its longest column last, so that
-- whoever reads the others of a long message need not read through it.
CREATE TABLE messages_new (
  id INTEGER PRIMARY KEY,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  -- The revision at which it was born: its place in the timeline, for ever.
  seq INTEGER NOT NULL,
  -- The revision of its last change.
  revision INTEGER NOT NULL,
  author_id INTEGER NOT NULL REFERENCES users (id),
  client_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  edited_at INTEGER,
  deleted_at INTEGER,
  reply_to INTEGER,
  -- Of a private message: the room in which its author was, and that room's revision at the time.
  -- Both people see it there as a slip.
  written_in INTEGER,
  written_after INTEGER,
  -- JSON: [[user, start, length], …], places in code units of the content; user 0 is everybody.
  mentions TEXT,
  -- What the rows of a message show, as JSON, so that reading a page reads one table.
  attachments TEXT,
  content TEXT NOT NULL,
  UNIQUE (room_id, seq)
) STRICT;

INSERT INTO messages_new
SELECT id, room_id, seq, revision, author_id, client_id, created_at, edited_at, deleted_at, reply_to,
  written_in, written_after, mentions, attachments, content
FROM messages ORDER BY id;

DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;

-- Catch-up finds new messages by seq; only changed ones need this second, much smaller index.
CREATE UNIQUE INDEX messages_changed ON messages (room_id, revision) WHERE revision > seq;
CREATE INDEX messages_slips ON messages (written_in, written_after) WHERE written_in IS NOT NULL;
