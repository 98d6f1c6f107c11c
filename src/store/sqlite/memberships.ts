import type { Database } from 'bun:sqlite'
import type { NewRoom, Room, Store } from '../store'

type Memberships = Pick<
  Store['rooms'],
  'create' | 'direct' | 'invite' | 'join' | 'leave' | 'markRead' | 'markUnread' | 'setNotify'
>

/** A room as one of its members sees it; null for everybody else. */
type SeenBy = (userId: number, roomId: number) => Room | null

/** Who is in which room, in SQLite. What takes more than one statement is one transaction. */
export function createMemberships(db: Database, seenBy: SeenBy): Memberships {
  const statements = prepare(db)
  const { isOpen, markRead, markUnread, setNotify } = statements
  const create = db.transaction((room: NewRoom): Room | null => {
    const made = statements.insertRoom.get(room)
    if (made === null) return null
    const { owner: userId, createdAt: at } = room
    statements.insertMember.run({ roomId: made.id, userId, role: 'owner', at })
    return seenBy(userId, made.id)
  })
  const enter = db.transaction((place: Place, at: number): Room | null => {
    if (statements.hasAccount.get(place.userId) === null) return null
    statements.insertMember.run({ ...place, role: 'member', at })
    return seenBy(place.userId, place.roomId)
  })
  const leave = db.transaction((place: Place): boolean => {
    const { changes } = statements.removeMember.run(place)
    statements.passOwnership.run(place.roomId)
    return changes > 0
  })
  const direct = db.transaction((userId: number, otherId: number, at: number): Room | null => {
    const key = `${Math.min(userId, otherId)}:${Math.max(userId, otherId)}`
    const known = statements.findDirect.get(key)
    if (known !== null) return seenBy(userId, known.id)
    if (userId === otherId || statements.hasAccount.get(otherId) === null) return null
    const roomId = statements.insertDirect.get({ key, at })?.id ?? 0
    for (const one of [userId, otherId])
      statements.insertMember.run({ roomId, userId: one, role: 'member', at })
    return seenBy(userId, roomId)
  })
  return {
    create: async (room) => create.immediate(room),
    async join(userId, roomId, at) {
      return isOpen.get(roomId) === null ? null : enter.immediate({ userId, roomId }, at)
    },
    async invite(room, userId, at) {
      return room.kind === 'direct' ? null : enter.immediate({ userId, roomId: room.id }, at)
    },
    leave: async (room, userId) => leave.immediate({ roomId: room.id, userId }),
    direct: async (userId, otherId, at) => direct.immediate(userId, otherId, at),
    markRead: async ({ id: roomId }, userId, seq) => void markRead.run({ roomId, userId, seq }),
    markUnread: async ({ id: roomId }, userId, seq) => void markUnread.run({ roomId, userId, seq }),
    setNotify: async (room, userId, notify) => void setNotify.run(notify, room.id, userId),
  }
}

type Place = { roomId: number; userId: number }

function prepare(db: Database) {
  return {
    // The name of a closed room is private: it neither takes a name nor shows that it has one.
    insertRoom: db.query<{ id: number }, [NewRoom]>(
      `INSERT INTO rooms (kind, name, name_folded, name_skeleton, topic, created_by, created_at)
       SELECT $kind, $name, iif($kind = 'open', $folded, NULL),
         iif($kind = 'open', $skeleton, NULL), $topic, $owner, $createdAt
       WHERE NOT EXISTS
         (SELECT 1 FROM rooms WHERE name_folded = $folded OR name_skeleton = $skeleton)
       RETURNING id`,
    ),
    insertDirect: db.query<{ id: number }, [{ key: string; at: number }]>(
      `INSERT INTO rooms (kind, name, direct_key, created_at) VALUES ('direct', '', $key, $at)
       RETURNING id`,
    ),
    findDirect: db.query<{ id: number }, [string]>(`SELECT id FROM rooms WHERE direct_key = ?`),
    // Messages from before somebody joined are not unread for them.
    insertMember: db.query<never, [Place & { role: string; at: number }]>(
      `INSERT INTO memberships (room_id, user_id, role, joined_at, read_seq)
       SELECT id, $userId, $role, $at, revision FROM rooms WHERE id = $roomId
       ON CONFLICT DO NOTHING`,
    ),
    hasAccount: db.query<{ id: number }, [number]>(
      `SELECT id FROM users WHERE id = ? AND left_at IS NULL`,
    ),
    isOpen: db.query<{ id: number }, [number]>(
      `SELECT id FROM rooms WHERE id = ? AND kind = 'open'`,
    ),
    removeMember: db.query<never, [Place]>(
      `DELETE FROM memberships WHERE room_id = $roomId AND user_id = $userId
         AND (SELECT kind FROM rooms WHERE id = $roomId) <> 'direct'`,
    ),
    // When the owner leaves, the longest member becomes the owner.
    passOwnership: db.query<never, [number]>(
      `UPDATE memberships SET role = 'owner' WHERE room_id = ?1 AND user_id = (
         SELECT user_id FROM memberships WHERE room_id = ?1 ORDER BY joined_at, user_id LIMIT 1)
       AND NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = ?1 AND role = 'owner')
       AND (SELECT created_by FROM rooms WHERE id = ?1) IS NOT NULL`,
    ),
    // A marker only moves forward, and never past the newest message.
    markRead: db.query<never, [Place & { seq: number }]>(
      `UPDATE memberships
       SET read_seq = max(read_seq, min($seq, (SELECT revision FROM rooms WHERE id = $roomId)))
       WHERE room_id = $roomId AND user_id = $userId`,
    ),
    markUnread: db.query<never, [Place & { seq: number }]>(
      `UPDATE memberships SET read_seq = min(read_seq, $seq - 1)
       WHERE room_id = $roomId AND user_id = $userId`,
    ),
    setNotify: db.query(`UPDATE memberships SET notify = ? WHERE room_id = ? AND user_id = ?`),
  }
}
