import type { Database } from 'bun:sqlite'
import type { NewRoom, Room, Store } from '../store'

type Memberships = Pick<
  Store['rooms'],
  'create' | 'direct' | 'invite' | 'join' | 'leave' | 'markRead' | 'markUnread' | 'setNotify'
>

/** Who is in which room, in SQLite; `seenBy` gives a room as one of its members sees it. */
export function createMemberships(
  db: Database,
  seenBy: (userId: number, roomId: number) => Room | null,
): Memberships {
  const statements = prepare(db)
  const { create, direct, enter, leave } = createSteps(db, statements, seenBy)

  return {
    async create(room) {
      return create.immediate(room)
    },
    async join(userId, roomId, at) {
      return statements.isOpen.get(roomId) === null ? null : enter.immediate({ userId, roomId }, at)
    },
    async invite(room, userId, at) {
      return room.kind === 'direct' ? null : enter.immediate({ userId, roomId: room.id }, at)
    },
    async leave(room, userId) {
      return leave.immediate({ roomId: room.id, userId })
    },
    async direct(userId, otherId, at) {
      return direct.immediate(userId, otherId, at)
    },
    async markRead(room, userId, seq) {
      statements.markRead.run({ roomId: room.id, userId, seq })
    },
    async markUnread(room, userId, seq) {
      statements.markUnread.run({ roomId: room.id, userId, seq })
    },
    async setNotify(room, userId, notify) {
      statements.setNotify.run(notify, room.id, userId)
    },
  }
}

/** What takes more than one statement happens in one transaction. */
function createSteps(
  db: Database,
  {
    insertRoom,
    insertDirect,
    findDirect,
    insertMember,
    isHere,
    removeMember,
    passOn,
  }: ReturnType<typeof prepare>,
  seenBy: (userId: number, roomId: number) => Room | null,
) {
  const create = db.transaction((room: NewRoom): Room | null => {
    const made = insertRoom.get(room)
    if (made === null) return null
    const { owner: userId, createdAt: at } = room
    insertMember.run({ roomId: made.id, userId, role: 'owner', at })
    return seenBy(userId, made.id)
  })
  const enter = db.transaction((place: Place, at: number): Room | null => {
    if (isHere.get(place.userId) === null) return null
    insertMember.run({ ...place, role: 'member', at })
    return seenBy(place.userId, place.roomId)
  })
  const leave = db.transaction((place: Place): boolean => {
    const { changes } = removeMember.run(place)
    passOn.run(place.roomId)
    return changes > 0
  })
  const direct = db.transaction((userId: number, otherId: number, at: number): Room | null => {
    const key = `${Math.min(userId, otherId)}:${Math.max(userId, otherId)}`
    const known = findDirect.get(key)
    if (known !== null) return seenBy(userId, known.id)
    if (userId === otherId || isHere.get(otherId) === null) return null
    insertDirect.run({ key, at })
    const roomId = findDirect.get(key)?.id ?? 0
    for (const one of [userId, otherId])
      insertMember.run({ roomId, userId: one, role: 'member', at })
    return seenBy(userId, roomId)
  })
  return { create, direct, enter, leave }
}

function prepare(db: Database) {
  // A closed room's name is nobody's business: it neither takes a name nor betrays that it has one.
  const insertRoom = db.query<{ id: number }, [NewRoom]>(
    `INSERT INTO rooms (kind, name, name_folded, name_skeleton, topic, created_by, created_at)
     SELECT $kind, $name, iif($kind = 'open', $folded, NULL), iif($kind = 'open', $skeleton, NULL),
       $topic, $owner, $createdAt
     WHERE NOT EXISTS (SELECT 1 FROM rooms WHERE name_folded = $folded OR name_skeleton = $skeleton)
     RETURNING id`,
  )
  const insertDirect = db.query<never, [{ key: string; at: number }]>(
    `INSERT INTO rooms (kind, name, direct_key, created_at) VALUES ('direct', '', $key, $at)
     ON CONFLICT (direct_key) DO NOTHING`,
  )
  const findDirect = db.query<{ id: number }, [string]>(`SELECT id FROM rooms WHERE direct_key = ?`)
  // Nothing said before somebody came is unread for them.
  const insertMember = db.query<never, [Place & { role: string; at: number }]>(
    `INSERT INTO memberships (room_id, user_id, role, joined_at, read_seq)
     SELECT id, $userId, $role, $at, revision FROM rooms WHERE id = $roomId
     ON CONFLICT DO NOTHING`,
  )
  const isHere = db.query<{ id: number }, [number]>(
    `SELECT id FROM users WHERE id = ? AND left_at IS NULL`,
  )
  const isOpen = db.query<{ id: number }, [number]>(
    `SELECT id FROM rooms WHERE id = ? AND kind = 'open'`,
  )
  const removeMember = db.query<never, [Place]>(
    `DELETE FROM memberships WHERE room_id = $roomId AND user_id = $userId
       AND (SELECT kind FROM rooms WHERE id = $roomId) <> 'direct'`,
  )
  // A room that its owner left goes to whoever has been in it longest.
  const passOn = db.query<never, [number]>(
    `UPDATE memberships SET role = 'owner' WHERE room_id = ?1 AND user_id = (
       SELECT user_id FROM memberships WHERE room_id = ?1 ORDER BY joined_at, user_id LIMIT 1)
     AND NOT EXISTS (SELECT 1 FROM memberships WHERE room_id = ?1 AND role = 'owner')
     AND (SELECT created_by FROM rooms WHERE id = ?1) IS NOT NULL`,
  )
  return {
    insertRoom,
    insertDirect,
    findDirect,
    insertMember,
    isHere,
    isOpen,
    removeMember,
    passOn,
    ...prepareOwn(db),
  }
}

/** What is a member's own in a room: how far they read, and what makes a sound. */
function prepareOwn(db: Database) {
  // A marker only moves forward, and never past what was said.
  const markRead = db.query<never, [Place & { seq: number }]>(
    `UPDATE memberships
     SET read_seq = max(read_seq, min($seq, (SELECT revision FROM rooms WHERE id = $roomId)))
     WHERE room_id = $roomId AND user_id = $userId`,
  )
  const markUnread = db.query<never, [Place & { seq: number }]>(
    `UPDATE memberships SET read_seq = min(read_seq, $seq - 1)
     WHERE room_id = $roomId AND user_id = $userId`,
  )
  const setNotify = db.query(`UPDATE memberships SET notify = ? WHERE room_id = ? AND user_id = ?`)
  return { markRead, markUnread, setNotify }
}

type Place = { roomId: number; userId: number }
