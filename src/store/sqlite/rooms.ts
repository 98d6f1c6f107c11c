import type { Database } from 'bun:sqlite'
import type { Room, Store } from '../store'

/** Rooms as their members see them, in SQLite. Membership is part of every statement. */
export function createRooms(db: Database): Store['rooms'] {
  const columns = `
    rooms.id, kind, name, topic, rooms.created_at AS createdAt, revision, read_seq AS readSeq,
    (SELECT count(*) FROM messages
     WHERE messages.room_id = rooms.id AND seq > read_seq
       AND author_id <> memberships.user_id AND deleted_at IS NULL) AS unread`
  const ofUser = db.query<Room, [number]>(
    `SELECT ${columns} FROM memberships JOIN rooms ON rooms.id = room_id
     WHERE user_id = ? ORDER BY rooms.id`,
  )
  const find = db.query<Room, [number, number]>(
    `SELECT ${columns} FROM memberships JOIN rooms ON rooms.id = room_id
     WHERE user_id = ? AND room_id = ?`,
  )
  const heads = db.query<{ id: number; revision: number }, [number]>(
    `SELECT rooms.id, revision FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?`,
  )
  // A marker only moves forward, and never past what was said.
  const markRead = db.query(
    `UPDATE memberships
     SET read_seq = max(read_seq, min($seq, (SELECT revision FROM rooms WHERE id = $roomId)))
     WHERE room_id = $roomId AND user_id = $userId`,
  )

  return {
    async ofUser(userId) {
      return ofUser.all(userId)
    },
    async find(userId, roomId) {
      return find.get(userId, roomId)
    },
    async heads(userId) {
      return heads.all(userId)
    },
    async markRead(room, userId, seq) {
      markRead.run({ roomId: room.id, userId, seq })
    },
  }
}
