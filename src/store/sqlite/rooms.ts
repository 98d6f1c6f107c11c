import type { Database } from 'bun:sqlite'
import type { OpenRoom, Room, Store, User } from '../store'
import { createMemberships } from './memberships'
import { isHere } from './sessions'

/** Rooms as their members see them, in SQLite. Membership is part of every statement. */
export function createRooms(db: Database): Store['rooms'] {
  const { ofUser, find, head, heads, names, open, first } = prepare(db)
  const seenBy = (userId: number, roomId: number): Room | null => {
    const row = find.get(userId, roomId)
    return row === null ? null : toRoom(row)
  }
  return {
    ofUser: async (userId) => ofUser.all(userId).map(toRoom),
    find: async (userId, roomId) => seenBy(userId, roomId),
    async head(userId, roomId) {
      const row = head.get(userId, roomId)
      return row === null ? null : { id: row.id, revision: row.revision, pair: pairOf(row) }
    },
    heads: async (userId) => heads.all(userId),
    names: async (userId) => names.all(userId),
    async open(userId) {
      return open.all(userId).map((row) => ({ ...row, isMember: row.isMember === 1 }))
    },
    first: async () => first.get()?.id ?? 0,
    ...createMemberships(db, seenBy),
  }
}

function prepare(db: Database) {
  return {
    ofUser: db.query<RoomRow, [number]>(
      `${selectRooms} WHERE memberships.user_id = ?1 AND ${isHere('?1')} ORDER BY rooms.id`,
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
       WHERE user_id = ?1 AND ${isHere('?1')}`,
    ),
    names: db.query<{ id: number; name: string }, [number]>(
      `SELECT rooms.id, coalesce(other.nickname, name) AS name ${fromMemberships}
       WHERE memberships.user_id = ?1 AND ${isHere('?1')} ORDER BY rooms.id`,
    ),
    open: db.query<OpenRow, [number]>(
      `SELECT rooms.id, name, topic,
         (SELECT count(*) FROM memberships WHERE room_id = rooms.id) AS members,
         EXISTS (SELECT 1 FROM memberships WHERE room_id = rooms.id AND user_id = ?) AS isMember
       FROM rooms WHERE kind = 'open' ORDER BY rooms.id`,
    ),
    first: db.query<{ id: number }, []>(
      `SELECT id FROM rooms WHERE kind = 'open' ORDER BY id LIMIT 1`,
    ),
  }
}

type OpenRow = Omit<OpenRoom, 'isMember'> & { isMember: 0 | 1 }

type RoomRow = Omit<Room, 'pair'> & PairRow

type PairRow = OtherRow & { myId: number | null; myNickname: string; myAvatar: string }

/** The columns of `selectOther`; null outside of direct rooms. */
export type OtherRow = { otherId: number | null; otherNickname: string; otherAvatar: string }

/**
 * Counts stop at these: a room may be a million messages ahead, and a script that only posts never
 * moves its marker.
 */
const unreadScanMax = 1_000
const mentionsScanMax = 200

const unreadMessages = `
  (SELECT created_at, author_id, deleted_at FROM messages
   WHERE messages.room_id = rooms.id AND seq > memberships.read_seq
   ORDER BY seq LIMIT ${unreadScanMax})
  WHERE author_id <> memberships.user_id AND deleted_at IS NULL`

/** The other person of a direct room, which `joinOther` must have joined. */
export const selectOther = `
    other.id AS otherId, other.nickname AS otherNickname, other.avatar AS otherAvatar`

const selectPair = `
    me.id AS myId, me.nickname AS myNickname, me.avatar AS myAvatar, ${selectOther}`

const fromMemberships = `
  FROM memberships JOIN rooms ON rooms.id = memberships.room_id
  ${joinOther('memberships.user_id')}
  LEFT JOIN users AS me ON kind = 'direct' AND me.id = memberships.user_id`

// CROSS JOIN: there are few mentions and many messages, and SQLite must not swap the two.
const selectRooms = `
  SELECT rooms.id, kind, name, topic, rooms.created_at AS createdAt, revision,
    memberships.read_seq AS readSeq, memberships.role, memberships.notify,
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

/**
 * Joins the other person of a direct room, seen from `person`, as `other`. The condition looks up
 * direct rooms only; without it SQLite would walk through all members of every open room.
 */
export function joinOther(person: string): string {
  return `
    LEFT JOIN memberships AS others
      ON others.room_id = iif(rooms.kind = 'direct', rooms.id, NULL) AND others.user_id <> ${person}
    LEFT JOIN users AS other ON other.id = others.user_id`
}

/** The person in a row of `selectOther`. */
export function toOther({ otherId: id, otherNickname, otherAvatar }: OtherRow): User | null {
  return id === null ? null : { id, nickname: otherNickname, avatar: otherAvatar }
}

function toRoom(row: RoomRow): Room {
  const { myId: _, myNickname, myAvatar, otherId, otherNickname, otherAvatar, ...room } = row
  const pair = pairOf(row)
  // Every message in a direct room is for its reader.
  return pair === null ? { ...room, pair } : { ...room, mentions: room.unread, pair }
}

function pairOf(row: PairRow): [User, User] | null {
  const other = toOther(row)
  if (row.myId === null || other === null) return null
  return [{ id: row.myId, nickname: row.myNickname, avatar: row.myAvatar }, other]
}
