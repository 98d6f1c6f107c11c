import type { Database } from 'bun:sqlite'
import { limits } from '../../shared/limits'
import type { Member, NewRoom, Room, RoomName, Store } from '../store'
import { isHere } from './sessions'

type Memberships = Omit<
  Store['rooms'],
  'ofUser' | 'find' | 'head' | 'heads' | 'names' | 'open' | 'first'
>

/** A room as one of its members sees it; null for everybody else. */
type SeenBy = (userId: number, roomId: number) => Room | null

/**
 * Who is in which room, in SQLite. What takes more than one statement is one transaction, which
 * begins with the question whether the person may do it now.
 */
export function createMemberships(db: Database, seenBy: SeenBy): Memberships {
  const statements = prepare(db)
  const { markRead, markUnread, setNotify } = statements
  const create = db.transaction((room: NewRoom) => createRoom(statements, seenBy, room))
  const direct = db.transaction((userId: number, otherId: number, at: number) =>
    openDirect(statements, seenBy, [userId, otherId], at),
  )
  const enter = ({ roomId, userId }: Member, at: number): Room | null => {
    if (statements.hasAccount.get(userId) === null) return null
    statements.insertMember.run({ roomId, userId, role: 'member', at })
    return seenBy(userId, roomId)
  }
  const join = db.transaction((member: Member, at: number) =>
    statements.isOpen.get(member.roomId) === null ? null : enter(member, at),
  )
  const invite = db.transaction((by: Member, userId: number, at: number) => {
    if (statements.findRole.get(by)?.isDirect !== 0) return { refused: 'room_missing' } as const
    return enter({ ...by, userId }, at) ?? ({ refused: 'person_missing' } as const)
  })
  const rename = db.transaction((owner: Member, { name, folded, skeleton }: RoomName) => {
    const refusal = refuseOthers(statements, owner)
    if (refusal !== null) return refusal
    const { changes } = statements.rename.run({ id: owner.roomId, name, folded, skeleton })
    return changes > 0 ? null : 'room_name_taken'
  })
  return {
    create: async (room) => create.immediate(room),
    join: async (userId, roomId, at) => join.immediate({ userId, roomId }, at),
    invite: async (by, userId, at) => invite.immediate(by, userId, at),
    ...createEndings(db, statements),
    rename: async (owner, name) => rename.immediate(owner, name),
    setTopic: async (member, topic) =>
      statements.setTopic.run({ ...member, topic }).changes > 0 ? null : 'room_missing',
    direct: async (userId, otherId, at) => direct.immediate(userId, otherId, at),
    markRead: async (member, seq) => markRead.run({ ...member, seq }).changes > 0,
    markUnread: async (member, seq) => void markUnread.run({ ...member, seq }),
    setNotify: async (member, notify) =>
      setNotify.run({ ...member, notify }).changes > 0 ? null : 'room_missing',
  }
}

type Statements = ReturnType<typeof prepare>

/** The membership of a person who has not left. */
const own = `room_id = $roomId AND user_id = $userId AND ${isHere('$userId')}`

function createEndings(
  db: Database,
  statements: Statements,
): Pick<Memberships, 'leave' | 'remove'> {
  const end = (member: Member): boolean => {
    const { changes } = statements.removeMember.run(member)
    statements.passOwnership.run(member.roomId)
    return changes > 0
  }
  const leave = db.transaction((member: Member) =>
    statements.findRole.get(member) === null ? false : end(member),
  )
  const remove = db.transaction((owner: Member, userId: number) => {
    const refusal = refuseOthers(statements, owner)
    if (refusal !== null) return refusal
    return end({ ...owner, userId }) ? null : 'person_missing'
  })
  return {
    leave: async (member) => leave.immediate(member),
    remove: async (owner, userId) => remove.immediate(owner, userId),
  }
}

/** What only the owner may do is refused to members, and unknown to everybody else. */
function refuseOthers({ findRole }: Statements, by: Member): 'room_missing' | 'owner_only' | null {
  const role = findRole.get(by)?.role
  if (role === undefined) return 'room_missing'
  return role === 'owner' ? null : 'owner_only'
}

function createRoom(statements: Statements, seenBy: SeenBy, room: NewRoom) {
  const { owner: userId, createdAt: at } = room
  if (statements.hasAccount.get(userId) === null) return { refused: 'not_signed_in' } as const
  const { made: before = 0 } = statements.countMade.get(userId) ?? {}
  if (before >= limits.roomsPerOwnerMax) return { refused: 'rooms_too_many' } as const
  const made = statements.insertRoom.get(room)
  if (made === null) return { refused: 'room_name_taken' } as const
  statements.insertMember.run({ roomId: made.id, userId, role: 'owner', at })
  return seenBy(userId, made.id) ?? ({ refused: 'not_signed_in' } as const)
}

function openDirect(
  statements: Statements,
  seenBy: SeenBy,
  [userId, otherId]: [number, number],
  at: number,
): Room | null {
  const key = `${Math.min(userId, otherId)}:${Math.max(userId, otherId)}`
  const known = statements.findDirect.get(key)
  if (known !== null) return seenBy(userId, known.id)
  const people = [userId, otherId]
  if (userId === otherId || people.some((id) => statements.hasAccount.get(id) === null)) return null
  const roomId = statements.insertDirect.get({ key, at })?.id ?? 0
  for (const one of people) {
    statements.insertMember.run({ roomId, userId: one, role: 'member', at })
  }
  return seenBy(userId, roomId)
}

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
    countMade: db.query<{ made: number }, [number]>(
      `SELECT count(*) AS made FROM rooms WHERE created_by = ?`,
    ),
    insertDirect: db.query<{ id: number }, [{ key: string; at: number }]>(
      `INSERT INTO rooms (kind, name, direct_key, created_at) VALUES ('direct', '', $key, $at)
       RETURNING id`,
    ),
    findDirect: db.query<{ id: number }, [string]>(`SELECT id FROM rooms WHERE direct_key = ?`),
    // Messages from before somebody joined are not unread for them.
    insertMember: db.query<never, [Member & { role: string; at: number }]>(
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
    removeMember: db.query<never, [Member]>(
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
    ...prepareForMembers(db),
  }
}

/** What members do: the membership is part of each statement. */
function prepareForMembers(db: Database) {
  return {
    // A marker only moves forward, and never past the newest message.
    markRead: db.query<never, [Member & { seq: number }]>(
      `UPDATE memberships
       SET read_seq = min($seq, (SELECT revision FROM rooms WHERE id = $roomId))
       WHERE ${own}
         AND read_seq < min($seq, (SELECT revision FROM rooms WHERE id = $roomId))`,
    ),
    markUnread: db.query<never, [Member & { seq: number }]>(
      `UPDATE memberships SET read_seq = min(read_seq, $seq - 1) WHERE ${own}`,
    ),
    setNotify: db.query<never, [Member & { notify: string }]>(
      `UPDATE memberships SET notify = $notify WHERE ${own}`,
    ),
    findRole: db.query<{ role: string; isDirect: 0 | 1 }, [Member]>(
      `SELECT role, kind = 'direct' AS isDirect FROM memberships JOIN rooms ON id = room_id
       WHERE ${own}`,
    ),
    rename: db.query<never, [RoomName & { id: number }]>(
      `UPDATE OR IGNORE rooms SET name = $name,
         name_folded = iif(kind = 'open', $folded, NULL),
         name_skeleton = iif(kind = 'open', $skeleton, NULL)
       WHERE id = $id AND kind <> 'direct'
         AND NOT EXISTS (SELECT 1 FROM rooms AS others WHERE others.id <> $id
           AND (others.name_folded = $folded OR others.name_skeleton = $skeleton))`,
    ),
    setTopic: db.query<never, [Member & { topic: string }]>(
      `UPDATE rooms SET topic = $topic WHERE id = $roomId AND kind <> 'direct'
         AND EXISTS (SELECT 1 FROM memberships WHERE ${own})`,
    ),
  }
}
