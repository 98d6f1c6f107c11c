import type { Database } from 'bun:sqlite'
import {
  type Candidate,
  candidateColumns,
  candidateFilters,
  type Engine,
  selectUnindexed,
  type Span,
} from '../search/search'

/** Naming this many rooms, with less than a quarter of all messages, makes a search faster. */
const searchRoomsMax = 48
const searchRoomsShare = 4

// Naming the person's rooms saves candidates from other rooms, but costs more than it saves where
// most messages are in their rooms. The condition on room_id holds in any case.
const ownRooms = `(SELECT ' AND ("room' || group_concat(room_id, '" OR "room') || '")'
  FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?1
  HAVING count(*) <= ${searchRoomsMax}
    AND sum(revision) * ${searchRoomsShare} < (SELECT max(id) FROM messages))`

const windowMin = 65_536
const windowMax = 4 * windowMin

/**
 * The index of SQLite: FTS5. Every token is quoted, so typed text is never an operator. Candidates
 * are read one by one, as long as they are asked for.
 */
export function createFts5(db: Database): Engine {
  const unindexed = db.query<Candidate, Span>(selectUnindexed)
  const indexed = db.query<Candidate, [...Span, match: string]>(
    `SELECT ${candidateColumns} FROM search JOIN messages ON messages.id = search.rowid
     WHERE search MATCH ?9 || coalesce(${ownRooms}, '')
       AND search.rowid < ?6 AND search.rowid >= ?7 AND ${candidateFilters}
     ORDER BY search.rowid DESC LIMIT ?8`,
  )
  return {
    windowMin,
    windowMax,
    atOnce: windowMax,
    toMatch({ all, any }) {
      const some = any.length > 0 ? [`(${any.map(quote).join(' OR ')})`] : []
      return [...all.map(quote), ...some].join(' AND ')
    },
    *look(span, match) {
      return match === null ? unindexed.iterate(...span) : indexed.iterate(...span, match)
    },
  }
}

function quote(token: string): string {
  return `"${token.replaceAll('"', '""')}"`
}
