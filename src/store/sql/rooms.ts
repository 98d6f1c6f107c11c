import { type Database, type Work, workOn } from './database'
import { ranks } from '../../shared/rights'
import type { ListedRoom, Room, RoomHold, RoomLimits, RoomsWanted, Store, User } from '../store'
import { createMemberships } from './memberships'
import { createFindHold, hasHold, isLockedSql } from './holds'
import { isHere, markOf, type WriteLine } from './persons'
import { rankOf } from './rights'

/** Rooms as their members see them. Membership is part of every statement. */
export function createRooms(db: Database, caps: RoomLimits, writeLine: WriteLine): Store['rooms'] {
  const { ofUser, count, find, head, heads, first } = prepare(db)
  const seenBy = function* (userId: number, roomId: number): Work<Room | null> {
    const row = yield* find.get(userId, roomId)
    return row === null ? null : yield* withHold(row, userId)
  }
  const findHold = createFindHold(db)
  const withHold = function* (row: RoomRow, userId: number): Work<Room> {
    return toRoom(row, row.hasHold === 1 ? yield* findHold(row.id, userId) : null)
  }
  return {
    ofUser: db.read(function* (userId, limit, current) {
      const rows = yield* ofUser.all(userId, limit, current)
      return yield* workOn(rows, (row) => withHold(row, userId))
    }),
    count: db.read(function* (userId) {
      return (yield* count.get(userId))?.rooms ?? 0
    }),
    find: db.read((userId, roomId) => seenBy(userId, roomId)),
    head: db.read(function* (userId, roomId) {
      const row = yield* head.get(userId, roomId)
      return row === null ? null : { id: row.id, revision: row.revision, pair: pairOf(row) }
    }),
    heads: db.read((userId) => heads.all(userId)),
    ...createLists(db),
    first: db.read(function* () {
      return (yield* first.get())?.id ?? 0
    }),
    ...createMemberships(db, caps, seenBy, writeLine),
  }
}

/** A direct room without messages is in nobody's list. */
export const isListed = `(kind <> 'direct' OR revision > 0)`

function prepare(db: Database) {
  return {
    // First which rooms, then what is unread in each of them.
    ofUser: db.query<RoomRow, [number, number, number | null]>(
      `${selectRooms}
       WHERE memberships.user_id = ?1 AND ${isHere('?1')} AND memberships.room_id IN (
         SELECT rooms.id FROM memberships AS mine JOIN rooms ON rooms.id = mine.room_id
         WHERE mine.user_id = ?1 AND (${isListed} OR rooms.id IS ?3)
         ORDER BY rooms.id IS ?3 DESC, last_seq > mine.read_seq DESC, active_at DESC, rooms.id DESC
         LIMIT ?2)
       ORDER BY rooms.id`,
    ),
    count: db.query<{ rooms: number }, [number]>(
      `SELECT count(*) AS rooms FROM memberships JOIN rooms ON rooms.id = room_id
       WHERE user_id = ?1 AND ${isListed} AND ${isHere('?1')}`,
    ),
    find: db.query<RoomRow, [number, number]>(
      `${selectRooms}
       WHERE memberships.user_id = ?1 AND memberships.room_id = ?2 AND ${isHere('?1')}`,
    ),
    head: db.query<Pick<Room, 'id' | 'revision'> & PairRow, [number, number]>(
      `SELECT rooms.id, revision, ${selectPair} ${fromMemberships}
       WHERE memberships.user_id = ?1 AND memberships.room_id = ?2 AND ${isHere('?1')}`,
    ),
    heads: db.query<{ id: number; revision: number }, [number]>(
      `SELECT rooms.id, revision FROM memberships JOIN rooms ON rooms.id = room_id
       WHERE user_id = ?1 AND ${isListed} AND ${isHere('?1')}`,
    ),
    first: db.query<{ id: number }, []>(
      `SELECT id FROM rooms WHERE kind = 'open' ORDER BY id LIMIT 1`,
    ),
  }
}

/** The lists of rooms page by page, the one where something was said last first. */
function createLists(db: Database): Pick<Store['rooms'], 'open' | 'own'> {
  type Place = { activeAt: number | null; id: number }
  type Asked = Place & { userId: number; part: string; limit: number }
  const columns = `rooms.id, kind, name, topic, members, active_at AS activeAt,
    ${isLockedSql} AS isLocked`
  const isAfter = `($activeAt IS NULL OR (active_at, rooms.id) < ($activeAt, $id))`
  const order = `ORDER BY activeAt DESC, id DESC`
  const open = db.query<ListedRow, [Asked & { isArchived: boolean }]>(
    `SELECT *, NULL AS otherId,
       EXISTS (SELECT 1 FROM memberships WHERE room_id = id AND user_id = $userId) AS isMember
     FROM (SELECT ${columns} FROM rooms
       WHERE kind = 'open' AND (archived_at IS NOT NULL) = $isArchived AND ${isAfter}
         AND instr(name_sought, $part) > 0
       ${order} LIMIT $limit) ${order}`,
  )
  const own = db.query<ListedRow, [Asked]>(
    `SELECT ${columns}, 1 AS isMember, ${groupOf('$userId')} AS people, ${selectOther}
     FROM memberships JOIN rooms ON rooms.id = memberships.room_id ${joinOther('$userId')}
     WHERE memberships.user_id = $userId AND ${isListed} AND ${isHere('$userId')} AND ${isAfter}
       AND instr(iif(kind = 'direct', coalesce(other.nickname_forms, ${groupForms}), name_sought),
         $part) > 0
     ORDER BY active_at DESC, rooms.id DESC LIMIT $limit`,
  )
  const ask = (userId: number, { part, after, limit }: RoomsWanted): Asked => {
    return { userId, part, activeAt: after?.activeAt ?? null, id: after?.id ?? 0, limit }
  }
  return {
    open: db.read(function* (userId, wanted) {
      const { isArchived = false } = wanted
      return (yield* open.all({ ...ask(userId, wanted), isArchived })).map(toListed)
    }),
    own: db.read(function* (userId, wanted) {
      return (yield* own.all(ask(userId, wanted))).map(toListed)
    }),
  }
}

type ListedRow = Omit<ListedRoom, 'isMember' | 'isLocked' | 'other'> &
  OtherRow & { isMember: 0 | 1; isLocked: 0 | 1; people?: string | null }

/** What the names of the people of a group are found by. */
const groupForms = `(SELECT coalesce(group_concat(nickname_forms, ' '), '')
  FROM memberships AS grouped JOIN users ON users.id = grouped.user_id
  WHERE grouped.room_id = rooms.id AND grouped.user_id <> $userId)`

function toListed(row: ListedRow): ListedRoom {
  const { otherId, otherNickname, otherAvatar, otherMark, people, ...rest } = row
  const { isMember, isLocked, ...room } = rest
  const other = toOther({ otherId, otherNickname, otherAvatar, otherMark })
  const group = toGroup(people ?? null)
  const name = group === null ? room.name : nameOfGroup(group)
  return { ...room, name, isMember: isMember === 1, isLocked: isLocked === 1, other }
}

type RoomRow = Omit<Room, 'pair' | 'group' | 'rank' | 'showsComings' | 'hold'> &
  PairRow & { hasHold: 0 | 1; rank: number; showsComings: 0 | 1; people: string | null }

type PairRow = OtherRow & {
  myId: number | null
  myNickname: string
  myAvatar: string
  myMark: User['mark']
}

/** The columns of `selectOther`; null outside of direct rooms. */
export type OtherRow = {
  otherId: number | null
  otherNickname: string
  otherAvatar: string
  otherMark: User['mark']
}

/**
 * Counts stop at these: a room may be a million messages ahead, and a script that only posts never
 * moves its marker.
 */
const unreadScanMax = 1_000
const mentionsScanMax = 200

const unreadMessages = `
  (SELECT created_at, author_id, deleted_at FROM messages
   WHERE messages.room_id = rooms.id AND seq > memberships.read_seq AND system IS NULL
   ORDER BY seq LIMIT ${unreadScanMax})
  WHERE author_id <> memberships.user_id AND deleted_at IS NULL`

/** The other person of a direct room, which `joinOther` must have joined. */
export const selectOther = `
    other.id AS otherId, other.nickname AS otherNickname, other.avatar AS otherAvatar,
    ${markOf('other')} AS otherMark`

const selectPair = `
    me.id AS myId, me.nickname AS myNickname, me.avatar AS myAvatar, ${markOf('me')} AS myMark,
    ${selectOther}`

const fromMemberships = `
  FROM memberships JOIN rooms ON rooms.id = memberships.room_id
  ${joinOther('memberships.user_id')}
  LEFT JOIN users AS me ON kind = 'direct' AND is_group = 0 AND me.id = memberships.user_id`

// CROSS JOIN: there are few mentions and many messages, and SQLite must not swap the two.
/** The reader is the first parameter, so that their role is looked up once for all rooms. */
const rankOfMember = `
    iif(kind = 'direct', 0, max(coalesce(${rankOf('?1')}, 0), memberships.role = 'host'))`

const selectRooms = `
  SELECT rooms.id, kind, name, topic, ${groupOf('memberships.user_id')} AS people,
    rooms.created_at AS createdAt, active_at AS activeAt,
    revision, members, archived_at AS archivedAt,
    memberships.read_seq AS readSeq, ${rankOfMember} AS rank, memberships.notify,
    memberships.shows_comings AS showsComings,
    ${hasHold('memberships.user_id')} AS hasHold,
    (SELECT count(*) FROM ${unreadMessages}) AS unread,
    -- The first one ends the search: they come in order.
    (SELECT created_at FROM ${unreadMessages} LIMIT 1) AS unreadSince,
    (SELECT count(*) FROM (
       SELECT DISTINCT named.seq FROM mentions AS named CROSS JOIN messages
         ON messages.room_id = named.room_id AND messages.seq = named.seq
       WHERE named.user_id IN (0, memberships.user_id) AND named.room_id = rooms.id
         AND named.seq > memberships.read_seq AND author_id <> memberships.user_id
         AND deleted_at IS NULL LIMIT ${mentionsScanMax})) AS mentions,
    ${selectPair}
  ${fromMemberships}`

/** The other people of a group, by when they were added, as JSON; null for every other room. */
function groupOf(person: string): string {
  return `iif(is_group = 1, (SELECT json_group_array(json_array(
      mates.id, mates.nickname, mates.avatar, ${markOf('mates')}) ORDER BY mates.id)
    FROM memberships AS grouped JOIN users AS mates ON mates.id = grouped.user_id
    WHERE grouped.room_id = rooms.id AND grouped.user_id <> ${person}), NULL)`
}

/** The same as one text, of a room that is a group. */
export function namesOfGroup(person: string): string {
  return `(SELECT group_concat(mates.nickname, ', ' ORDER BY mates.id)
    FROM memberships AS grouped JOIN users AS mates ON mates.id = grouped.user_id
    WHERE grouped.room_id = rooms.id AND grouped.user_id <> ${person})`
}

function toGroup(text: string | null): User[] | null {
  if (text === null) return null
  const people: [number, string, string, User['mark']][] = JSON.parse(text)
  return people.map(([id, nickname, avatar, mark]) => ({ id, nickname, avatar, mark }))
}

/** What stands for the name of a group: those of its people. */
function nameOfGroup(people: User[]): string {
  return people.map(({ nickname }) => nickname).join(', ')
}

/**
 * Joins the other person of a direct room, seen from `person`, as `other`. The condition looks up
 * direct rooms only; without it SQLite would walk through all members of every open room.
 */
export function joinOther(person: string): string {
  return `
    LEFT JOIN memberships AS others
      ON others.room_id = iif(rooms.kind = 'direct' AND is_group = 0, rooms.id, NULL)
        AND others.user_id <> ${person}
    LEFT JOIN users AS other ON other.id = others.user_id`
}

/** The person in a row of `selectOther`. */
export function toOther(row: OtherRow): User | null {
  const { otherId: id, otherNickname: nickname, otherAvatar: avatar, otherMark: mark } = row
  return id === null ? null : { id, nickname, avatar, mark }
}

function toRoom(row: RoomRow, hold: RoomHold | null): Room {
  const { myId: _, myNickname, myAvatar, myMark, ...rest } = row
  const { otherId, otherNickname, otherAvatar, otherMark, ...plain } = rest
  const { showsComings, rank, hasHold: _hasHold, people, ...own } = plain
  const flags = { rank: ranks[rank] ?? 'member', showsComings: showsComings === 1 }
  const room = { ...own, ...flags, hold }
  const [pair, group] = [pairOf(row), toGroup(people)]
  const name = group === null ? room.name : nameOfGroup(group)
  // Every message in a direct room is for its reader.
  const mentions = room.kind === 'direct' ? room.unread : room.mentions
  return { ...room, name, mentions, pair, group }
}

function pairOf(row: PairRow): [User, User] | null {
  const other = toOther(row)
  const { myId: id, myNickname: nickname, myAvatar: avatar, myMark: mark } = row
  return id === null || other === null ? null : [{ id, nickname, avatar, mark }, other]
}
