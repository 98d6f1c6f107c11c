import { type Database, type Work, workOn } from './database'
import { limits } from '../../shared/limits'
import type { Room, RoomLimits, Store } from '../store'
import { createFindPrivateRefusal } from './holds'
import { isHere } from './persons'

/** A room as one of its members sees it; null for everybody else. */
export type SeenBy = (userId: number, roomId: number) => Work<Room | null>

/** Private conversations of two people, and of groups. */
export function createConversations(
  db: Database,
  caps: RoomLimits,
  seenBy: SeenBy,
): Pick<Store['rooms'], 'direct' | 'group'> {
  const findRefusal = createFindPrivateRefusal(db)
  const statements = { ...prepare(db), caps, findRefusal }
  const direct = db.transaction(function* (userId: number, otherId: number, at: number) {
    if (userId === otherId) return null
    return yield* open(statements, seenBy, [userId, otherId], at)
  })
  const group = db.transaction(function* (wanted: number[], at: number) {
    const people = [...new Set(wanted)]
    if (people.length < groupMin || people.length > limits.groupMax) return null
    return yield* open(statements, seenBy, people, at)
  })
  return {
    direct,
    group,
  }
}

type Statements = ReturnType<typeof prepare> & {
  caps: RoomLimits
  findRefusal: ReturnType<typeof createFindPrivateRefusal>
}

/** More than two people; for more than a group may have, a room is made. */
const groupMin = 3

/**
 * Finds or makes the conversation of these people, the first of whom asks. Until something was said
 * in it, only who opened it has spent anything: the oldest such room of theirs makes way for a new
 * one. A group that somebody has left is not found.
 */
function* open(
  statements: Statements,
  seenBy: SeenBy,
  people: number[],
  at: number,
): Work<Room | null> {
  const { caps, emptyDirect, find, insert, insertMember, removeMembers, removeRoom } = statements
  const [userId = 0] = people
  const sorted = people.toSorted((a, b) => a - b)
  const key = sorted.join(':')
  const known = yield* find.get(key)
  if (known !== null) return yield* seenBy(userId, known.id)
  const here = yield* workOn(people, (id) => statements.isHere.get(id))
  if (here.includes(null)) return null
  const others = people.filter((id) => id !== userId)
  const refusals = yield* workOn(others, (id) => statements.findRefusal(userId, id))
  if (refusals.some((refusal) => refusal !== null)) return null
  for (const { id } of yield* emptyDirect.all(userId, caps.emptyPerPerson - 1)) {
    yield* removeMembers.run(id)
    yield* removeRoom.run(id)
  }
  const roomId =
    (yield* insert.get({ key, userId, at, isGroup: people.length >= groupMin }))?.id ?? 0
  for (const one of sorted) yield* insertMember.run(roomId, one, at)
  return yield* seenBy(userId, roomId)
}

function prepare(db: Database) {
  type New = { key: string; userId: number; at: number; isGroup: boolean }
  return {
    find: db.query<{ id: number }, [string]>(`SELECT id FROM rooms WHERE direct_key = ?`),
    isHere: db.query<unknown, [number]>(`SELECT 1 WHERE ${isHere('?')}`),
    insert: db.query<{ id: number }, [New]>(
      `INSERT INTO rooms (kind, name, direct_key, is_group, created_by, created_at, active_at)
       VALUES ('direct', '', $key, $isGroup, $userId, $at, $at) RETURNING id`,
    ),
    insertMember: db.query<never, [number, number, number]>(
      `INSERT INTO memberships (room_id, user_id, joined_at) VALUES (?, ?, ?)`,
    ),
    emptyDirect: db.query<{ id: number }, [number, number]>(
      `SELECT id FROM rooms WHERE created_by = ? AND kind = 'direct' AND revision = 0
       ORDER BY id DESC LIMIT -1 OFFSET ?`,
    ),
    removeMembers: db.query<never, [number]>(`DELETE FROM memberships WHERE room_id = ?`),
    removeRoom: db.query<never, [number]>(`DELETE FROM rooms WHERE id = ?`),
  }
}
