import type { Database } from 'bun:sqlite'
import type { NewRoom, OpenRoom, Room, Store, User } from '../store'
import { createMemberships } from './memberships'

/** Rooms as their members see them, in SQLite. Membership is part of every statement. */
export function createRooms(db: Database): Store['rooms'] {
  const statements = prepare(db)
  const seenBy = (userId: number, roomId: number): Room | null => {
    const row = statements.find.get(userId, roomId)
    return row === null ? null : toRoom(row)
  }

  return {
    async ofUser(userId) {
      return statements.ofUser.all(userId).map(toRoom)
    },
    async find(userId, roomId) {
      return seenBy(userId, roomId)
    },
    async stand(userId, roomId) {
      const row = statements.stand.get(userId, roomId)
      return row === null ? null : { id: row.id, revision: row.revision, pair: pairOf(row) }
    },
    async heads(userId) {
      return statements.heads.all(userId)
    },
    async open(userId) {
      return statements.open.all(userId).map((row) => ({ ...row, isMember: row.isMember === 1 }))
    },
    async first() {
      return statements.first.get()?.id ?? 0
    },
    async countMade(userId) {
      return statements.countMade.get(userId)?.made ?? 0
    },
    async rename(room, { name, folded, skeleton }) {
      return statements.rename.run({ id: room.id, name, folded, skeleton }).changes > 0
    },
    async setTopic(room, topic) {
      statements.setTopic.run(topic, room.id)
    },
    ...createMemberships(db, seenBy),
  }
}

function prepare(db: Database) {
  const ofUser = db.query<RoomRow, [number]>(
    `${selectRooms} WHERE memberships.user_id = ? ORDER BY rooms.id`,
  )
  const find = db.query<RoomRow, [number, number]>(
    `${selectRooms} WHERE memberships.user_id = ? AND memberships.room_id = ?`,
  )
  const stand = db.query<StandRow, [number, number]>(
    `SELECT rooms.id, revision, ${selectPair} ${fromMemberships}
     WHERE memberships.user_id = ? AND memberships.room_id = ?`,
  )
  const heads = db.query<{ id: number; revision: number }, [number]>(
    `SELECT rooms.id, revision FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?`,
  )
  const open = db.query<OpenRow, [number]>(
    `SELECT rooms.id, name, topic,
       (SELECT count(*) FROM memberships WHERE room_id = rooms.id) AS members,
       EXISTS (SELECT 1 FROM memberships WHERE room_id = rooms.id AND user_id = ?) AS isMember
     FROM rooms WHERE kind = 'open' ORDER BY rooms.id`,
  )
  const rename = db.query<never, [Pick<NewRoom, 'name' | 'folded' | 'skeleton'> & { id: number }]>(
    `UPDATE OR IGNORE rooms SET name = $name,
       name_folded = iif(kind = 'open', $folded, NULL),
       name_skeleton = iif(kind = 'open', $skeleton, NULL)
     WHERE id = $id AND kind <> 'direct'
       AND NOT EXISTS (SELECT 1 FROM rooms AS others WHERE others.id <> $id
         AND (others.name_folded = $folded OR others.name_skeleton = $skeleton))`,
  )
  const first = db.query<{ id: number }, []>(
    `SELECT id FROM rooms WHERE kind = 'open' ORDER BY id LIMIT 1`,
  )
  const countMade = db.query<{ made: number }, [number]>(
    `SELECT count(*) AS made FROM rooms WHERE created_by = ?`,
  )
  const setTopic = db.query(`UPDATE rooms SET topic = ? WHERE id = ? AND kind <> 'direct'`)
  return { ofUser, find, stand, heads, open, rename, first, countMade, setTopic }
}

type OpenRow = Omit<OpenRoom, 'isMember'> & { isMember: 0 | 1 }

type RoomRow = Omit<Room, 'pair'> & PairRow
type StandRow = Pick<Room, 'id' | 'revision'> & PairRow

type PairRow = {
  myId: number | null
  myNickname: string
  myAvatar: string
  otherId: number | null
  otherNickname: string
  otherAvatar: string
}

/**
 * Counting stops where nobody reads the number any more: a room may be a million messages ahead,
 * and a script that only posts never moves its marker.
 */
const unreadScanMax = 1_000
const mentionsScanMax = 200

// CROSS JOIN below: few are mentioned, many messages are said, and SQLite must not turn that round.
const ahead = `
  SELECT created_at, author_id, deleted_at FROM messages
  WHERE messages.room_id = rooms.id AND seq > memberships.read_seq
  ORDER BY seq LIMIT ${unreadScanMax}`

const selectPair = `
    me.id AS myId, me.nickname AS myNickname, me.avatar AS myAvatar,
    other.id AS otherId, other.nickname AS otherNickname, other.avatar AS otherAvatar`

const fromMemberships = `
  FROM memberships JOIN rooms ON rooms.id = memberships.room_id
  ${joinOther('memberships.user_id')}
  LEFT JOIN users AS me ON kind = 'direct' AND me.id = memberships.user_id`

const selectRooms = `
  SELECT rooms.id, kind, name, topic, rooms.created_at AS createdAt, revision,
    memberships.read_seq AS readSeq, memberships.role, memberships.notify,
    (SELECT count(*) FROM (${ahead})
     WHERE author_id <> memberships.user_id AND deleted_at IS NULL) AS unread,
    -- The first one ends the search: they come in order.
    (SELECT created_at FROM (${ahead})
     WHERE author_id <> memberships.user_id AND deleted_at IS NULL LIMIT 1) AS unreadSince,
    (SELECT count(*) FROM (
       SELECT DISTINCT named.seq FROM mentions AS named CROSS JOIN messages
         ON messages.room_id = named.room_id AND messages.seq = named.seq
       WHERE named.user_id IN (0, memberships.user_id) AND named.room_id = rooms.id
         AND named.seq > memberships.read_seq AND author_id <> memberships.user_id
         AND deleted_at IS NULL LIMIT ${mentionsScanMax})) AS mentions,
    ${selectPair}
  ${fromMemberships}`

/**
 * Joins whom a direct room is with, for somebody in it, as `other`. Only there is the room looked
 * up at all: asked otherwise, SQLite walks through all members of every open room, too.
 */
export function joinOther(person: string): string {
  return `
    LEFT JOIN memberships AS others
      ON others.room_id = iif(rooms.kind = 'direct', rooms.id, NULL) AND others.user_id <> ${person}
    LEFT JOIN users AS other ON other.id = others.user_id`
}

function toRoom(row: RoomRow): Room {
  const { myId: _, myNickname, myAvatar, otherId, otherNickname, otherAvatar, ...room } = row
  const pair = pairOf(row)
  // Whatever is said in a direct room is said to its reader.
  return pair === null ? { ...room, pair } : { ...room, mentions: room.unread, pair }
}

function pairOf(row: PairRow): [User, User] | null {
  const { myId, myNickname, myAvatar, otherId, otherNickname, otherAvatar } = row
  if (myId === null || otherId === null) return null
  const me: User = { id: myId, nickname: myNickname, avatar: myAvatar }
  return [me, { id: otherId, nickname: otherNickname, avatar: otherAvatar }]
}
