import type { Database, Work } from './database'
import type { ExportPage, RoomExtent } from '../search/query'
import { takeFitting, weigh } from '../fitting'
import type { Message, Store } from '../store'
import { type MessageRow, selectMessagesWithOther, toMessageWithOther } from './message-rows'
import type { OtherRow } from './rooms'
import { isHere } from './persons'

/** The size of one step of an export. */
const exportPageUnitsMax = 96 * 1024

export type ExportQuery = {
  user: number
  room: number
  /** The last place that was read, and the last that belongs to the export. */
  after: number
  upTo: number
  limit: number
}

/** Makes the function that reads a part of a room in order; null for people who are not in it. */
export function createExports(db: Database): (query: ExportQuery) => Work<ExportPage | null> {
  const { isMember, page } = prepare(db)
  return function* ({ user, room, after, upTo, limit }) {
    if ((yield* isMember.get(room, user)) === null) return null
    const messages = yield* page.all(room, after, upTo, limit + 1)
    const size = { rows: limit, units: exportPageUnitsMax }
    const { taken, more } = takeFitting(toMessages(messages), size, weigh)
    return { messages: taken, end: !more }
  }
}

function* toMessages(rows: Iterable<MessageRow & OtherRow>): Generator<Message> {
  for (const row of rows) yield toMessageWithOther(row)
}

/** Other rows that may precede the first message, or follow the last; then its time is guessed. */
const tombstonesMax = 500

/** Measures rooms for their members, in a time that does not depend on their size. */
export function createMeasure(db: Database): Store['measure'] {
  const timeOf = (direction: 'ASC' | 'DESC'): string => `coalesce(
    (SELECT created_at FROM (SELECT created_at, deleted_at, system, seq FROM messages
       WHERE room_id = rooms.id ORDER BY seq ${direction} LIMIT ${tombstonesMax})
     WHERE deleted_at IS NULL AND system IS NULL ORDER BY seq ${direction} LIMIT 1),
    (SELECT created_at FROM messages WHERE room_id = rooms.id ORDER BY seq ${direction} LIMIT 1))`
  const extent = db.query<RoomExtent, [number, number]>(
    `SELECT messages AS count, revision, iif(messages = 0, NULL, ${timeOf('ASC')}) AS firstAt,
       iif(messages = 0, NULL, ${timeOf('DESC')}) AS lastAt
     FROM memberships JOIN rooms ON rooms.id = room_id
     WHERE room_id = ?1 AND user_id = ?2 AND ${isHere('?2')}`,
  )
  return db.read((room, userId) => extent.get(room.id, userId))
}

function prepare(db: Database) {
  return {
    isMember: db.query(
      `SELECT 1 FROM memberships WHERE room_id = ?1 AND user_id = ?2 AND ${isHere('?2')}`,
    ),
    page: db.query<MessageRow & OtherRow, [number, number, number, number]>(
      selectMessagesWithOther(
        `room_id = ?1 AND seq > ?2 AND seq <= ?3 AND deleted_at IS NULL ORDER BY seq LIMIT ?4`,
      ) + ' ORDER BY said.seq',
    ),
  }
}
