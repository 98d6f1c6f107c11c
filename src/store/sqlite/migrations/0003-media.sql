-- What people send besides words. The bytes lie in the file store under the same id, written before the row
-- and removed after it: a row always has its file.
CREATE TABLE attachments (
  -- 128 random bits in hexadecimal.
  id TEXT PRIMARY KEY,
  owner_id INTEGER NOT NULL REFERENCES users (id),
  -- Null until it is used, once and for good: by one message, or as somebody's picture.
  used_as TEXT CHECK (used_as IN ('message', 'face')),
  room_id INTEGER REFERENCES rooms (id),
  seq INTEGER,
  name TEXT NOT NULL,
  -- Found by us in the bytes, never believed from outside.
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

CREATE INDEX attachments_by_owner ON attachments (owner_id, size);
CREATE INDEX attachments_by_message ON attachments (room_id, seq) WHERE room_id IS NOT NULL;
CREATE INDEX attachments_unused ON attachments (created_at) WHERE used_as IS NULL;

-- What the rows of a message show, as JSON, so that reading a page reads one table.
ALTER TABLE messages ADD COLUMN attachments TEXT;
