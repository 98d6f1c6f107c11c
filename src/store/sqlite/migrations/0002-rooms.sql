-- Mentions, and where a private message was written.

-- JSON: [[user, start, length], …], places in code units of the content; user 0 is everybody.
ALTER TABLE messages ADD COLUMN mentions TEXT;

-- Of a private message: the room in which its author was, and that room's revision at the time.
-- Both people see it there as a slip.
ALTER TABLE messages ADD COLUMN written_in INTEGER;
ALTER TABLE messages ADD COLUMN written_after INTEGER;

CREATE INDEX messages_slips ON messages (written_in, written_after) WHERE written_in IS NOT NULL;

-- Who is mentioned where, for counting what is unread; user 0 is everybody.
CREATE TABLE mentions (
  user_id INTEGER NOT NULL,
  room_id INTEGER NOT NULL REFERENCES rooms (id),
  seq INTEGER NOT NULL,
  PRIMARY KEY (user_id, room_id, seq)
) STRICT, WITHOUT ROWID;
