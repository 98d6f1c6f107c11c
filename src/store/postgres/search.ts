import { createReading, searchMs } from '../search/reading'
import {
  type Candidate,
  candidateColumns,
  candidateFilters,
  createSearch,
  type Engine,
  selectUnindexed,
  type Span,
} from '../search/search'
import { createTurns, inTurn } from '../search/turns'
import { createExports } from '../sql/export'
import type { Store } from '../store'
import type { Driver } from './driver'
import { isOverdue } from './faults'

/** The part of the Store that may take long: one read at a time, of all addresses in turns. */
export function createLongReads(driver: Driver): Pick<Store, 'search' | 'readOn'> {
  let waiting = 0
  const turns = createTurns((count) => void (waiting = count))
  const msMax = (): number => (waiting > 0 ? searchMs.crowded : searchMs.alone)
  const find = driver.readLong(createSearch(driver, createGin(driver), msMax))
  const readPage = driver.readLong(createExports(driver))
  return createReading({
    search: (query, place) =>
      inTurn(turns, place, async () => {
        const startedAt = performance.now()
        const page = await find(query).catch((fault) => {
          if (isOverdue(fault)) return { refused: 'busy' as const }
          throw fault
        })
        return 'refused' in page ? page : { ...page, ms: performance.now() - startedAt }
      }),
    read: (query, place) => inTurn(turns, place, () => readPage(query)),
  })
}

const windowMin = 5_000
const windowMax = 64 * windowMin
/** Windows up to this size may be looked through without the index. */
const nearMax = 4 * windowMin

/** The index of PostgreSQL: GIN. Every token is quoted, so typed text is never an operator. */
function createGin({ query }: Driver): Engine {
  const unindexed = query<Candidate, Span>(selectUnindexed)
  // OFFSET 0: the ids are sorted first, and no more messages are read than are wanted.
  const indexed = (candidates: string) =>
    query<Candidate, [...Span, match: string]>(
      `SELECT message.* FROM (SELECT found.id FROM ${candidates}(CAST(?9 AS tsquery), ?6, ?7)
         AS found (id) ORDER BY found.id DESC OFFSET 0) AS sorted
       JOIN LATERAL (SELECT ${candidateColumns} FROM messages
         WHERE messages.id = sorted.id AND ${candidateFilters} OFFSET 0) AS message ON true
       ORDER BY sorted.id DESC LIMIT ?8`,
    )
  const [near, far] = [indexed('near_candidates'), indexed('far_candidates')]
  return {
    windowMin,
    windowMax,
    atOnce: 1_000,
    toMatch({ all, anyOf }) {
      const groups = anyOf.map((any) => `(${any.map(quote).join(' | ')})`)
      return [...all.map(quote), ...groups].join(' & ')
    },
    look(span, match) {
      if (match === null) return unindexed.all(...span)
      const [, , , , , high, bottom] = span
      return high - bottom > nearMax ? far.all(...span, match) : near.all(...span, match)
    },
  }
}

/** The server knows no halves of pairs. */
function quote(token: string): string {
  return `'${token.toWellFormed().replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}
