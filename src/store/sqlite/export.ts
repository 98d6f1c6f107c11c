import type { Database } from 'bun:sqlite'
import type { ExportPage, RoomExtent } from '../search/query'
import { type MessageRow, selectMessagesWithOther, toMessageWithOther } from './message-rows'
import type { OtherRow } from './rooms'
import { isHere } from './persons'

/** Characters of one step of an export. */
const exportPageUnitsMax = 96 * 1024

export type ExportQuery = {
  user: number
  room: number
  /** The last place that was read, and the last that belongs to the export. */
  after: number
  upTo: number
  limit: number
}

type Exports = {
  /** How many messages there are up to a place; null for people who are not in the room. */
  measure: (query: Pick<ExportQuery, 'user' | 'room' | 'upTo'>) => RoomExtent | null
  /** Some of them, in order; null as above. */
  read: (query: ExportQuery) => ExportPage | null
}

/** Reads whole rooms page by page, for their members, without deleted messages. */
export function createExports(db: Database): Exports {
  const { extent, isMember, page } = prepare(db)
  return {
    measure: ({ user, room, upTo }) => extent.get(room, upTo, user),
    read: db.transaction(({ user, room, after, upTo, limit }: ExportQuery) => {
      if (isMember.get(room, user) === null) return null
      const messages: ExportPage['messages'] = []
      let units = 0
      for (const row of page.iterate(room, after, upTo, limit)) {
        messages.push(toMessageWithOther(row))
        units += row.content.length
        if (units > exportPageUnitsMax) break
      }
      return { messages, end: messages.length < limit && units <= exportPageUnitsMax }
    }),
  }
}

function prepare(db: Database) {
  return {
    // Both counts read only an index: of all places, and of the few that were changed.
    extent: db.query<RoomExtent, [number, number, number]>(
      `SELECT
         (SELECT count(*) FROM messages WHERE room_id = ?1 AND seq <= ?2)
         - (SELECT count(*) FROM messages WHERE room_id = ?1 AND seq <= ?2
            AND revision > seq AND deleted_at IS NOT NULL) AS count,
         (SELECT created_at FROM messages WHERE room_id = ?1 AND seq <= ?2
          AND deleted_at IS NULL ORDER BY seq LIMIT 1) AS firstAt,
         (SELECT created_at FROM messages WHERE room_id = ?1 AND seq <= ?2
          AND deleted_at IS NULL ORDER BY seq DESC LIMIT 1) AS lastAt
       FROM memberships WHERE room_id = ?1 AND user_id = ?3 AND ${isHere('?3')}`,
    ),
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
