import type { Database } from 'bun:sqlite'
import {
  type Candidate,
  candidateColumns,
  candidateFilters,
  type Engine,
  selectUnindexed,
  type Span,
} from '../search/search'

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
     WHERE search MATCH ?9 AND search.rowid < ?6 AND search.rowid >= ?7 AND ${candidateFilters}
     ORDER BY search.rowid DESC LIMIT ?8`,
  )
  return {
    windowMin,
    windowMax,
    atOnce: windowMax,
    toMatch({ all, anyOf }) {
      const groups = anyOf.map((any) => `(${any.map(quote).join(' OR ')})`)
      return [...all.map(quote), ...groups].join(' AND ')
    },
    *look(span, match) {
      return match === null ? unindexed.iterate(...span) : indexed.iterate(...span, match)
    },
  }
}

function quote(token: string): string {
  return `"${token.replaceAll('"', '""')}"`
}
