import type { Database } from 'bun:sqlite'
import {
  indexedToSetting,
  type IndexedRow,
  indexFormat,
  indexFormatSetting,
  type MessageIndex,
  searchIndexRows,
  searchIndexUnitsMax,
  selectIndexed,
  tokensOfRow,
} from '../search/search-index'
import type { Work } from '../sql/database'
import { readSetting, writeSetting } from './settings'

/**
 * The full-text index. It follows the messages: it has those up to an id, so that posts do not wait
 * for it. A message is indexed with the text that it has at that time.
 */
export type SearchIndex = MessageIndex & {
  /** Messages that are stored and not indexed yet. */
  countWaiting: () => number
  /** Indexes the next portion in a transaction of its own; gives the number of messages. */
  takeNext: () => number
}

/** Makes the index; `bringIndexUpToDate` must have been called. */
export function createSearchIndex(db: Database): SearchIndex {
  const insertTokens = db.query(`INSERT INTO search (rowid, tokens) VALUES (?, ?)`)
  const deleteTokens = db.query(
    `INSERT INTO search (search, rowid, tokens) VALUES ('delete', ?, ?)`,
  )
  const find = db.query<IndexedRow, [number, number]>(
    `${selectIndexed} WHERE room_id = ? AND seq = ? AND deleted_at IS NULL AND system IS NULL`,
  )
  const newest = db.query<{ id: number | null }, []>(`SELECT max(id) AS id FROM messages`)
  let indexedTo = Number(readSetting(db, indexedToSetting) ?? 0)
  const shrink = (): void => {
    const last = newest.get()?.id ?? 0
    if (last >= indexedTo) return
    writeSetting(db, indexedToSetting, String(last))
    indexedTo = last
  }
  shrink()
  const indexed = (room: number, seq: number): IndexedRow | null => {
    const row = find.get(room, seq)
    return row === null || row.id > indexedTo ? null : row
  }
  const take = createTaking(db)
  return {
    *remove(room, seq) {
      const row = indexed(room, seq)
      if (row !== null) deleteTokens.run(row.id, tokensOfRow(row))
    },
    *add(room, seq) {
      const row = indexed(room, seq)
      if (row !== null) insertTokens.run(row.id, tokensOfRow(row))
    },
    ...createRemoval(db),
    *shrink() {
      shrink()
    },
    countWaiting: () => (newest.get()?.id ?? 0) - indexedTo,
    takeNext() {
      const before = indexedTo
      indexedTo = take(before, searchIndexRows, searchIndexUnitsMax)
      return indexedTo - before
    },
  }
}

/** More messages than this are cheaper to mark: erasing the tokens of one takes milliseconds. */
const markedFrom = 20
/** What a portion of a merge may take… */
const portionMs = 10
/** …and so many pages it writes at most. */
const portionPagesMax = 64
/** The state of the merge that erases what is marked: new, begun or none. */
const mergeSetting = 'search_merge'

/**
 * Erasing at once rewrites a page for each token. Otherwise FTS5 adds a mark, and the token goes
 * when its segment is merged. All segments are merged in portions, which go on after a restart.
 */
function createRemoval(db: Database): Pick<SearchIndex, 'removeMany' | 'compact'> {
  const command = db.query<never, [string]>(`INSERT INTO search (search) VALUES (?)`)
  const configure = db.query<never, [string, number]>(
    `INSERT INTO search (search, rank) VALUES (?, ?)`,
  )
  const changes = db.query<{ n: number }, []>(`SELECT total_changes() AS n`)
  const countChanges = (): number => changes.get()?.n ?? 0
  const stateOf = (): string => readSetting(db, mergeSetting) ?? ''
  let pages = 8
  const merge = (wanted: number): number => {
    const [startedAt, before] = [performance.now(), countChanges()]
    configure.run('merge', wanted)
    const fitting = (pages * portionMs) / (performance.now() - startedAt)
    pages = Math.max(1, Math.min(portionPagesMax, pages * 2, Math.floor(fitting)))
    return countChanges() - before
  }
  return {
    *removeMany(count, work) {
      const settle = function* (): Work<void> {
        command.run('flush')
      }
      const isFew = count <= markedFrom && stateOf() === ''
      if (isFew || count === 0) return yield* work(settle)
      writeSetting(db, mergeSetting, 'new')
      configure.run('secure-delete', 0)
      try {
        const result = yield* work(nothing)
        yield* settle()
        return result
      } finally {
        configure.run('secure-delete', 1)
      }
    },
    *compact() {
      const state = stateOf()
      if (state === '') return false
      if (state === 'new') {
        // Two segments are enough for a merge; a negative number begins one of all.
        configure.run('usermerge', 2)
        merge(-pages)
        writeSetting(db, mergeSetting, 'begun')
        return true
      }
      // The manual of FTS5: fewer than two changes mean that nothing was left to do.
      if (merge(pages) >= 2) return true
      writeSetting(db, mergeSetting, '')
      return false
    },
  }
}

function* nothing(): Work<void> {}

/** Indexes everything anew when the rules of the tokens have changed, in one transaction. */
export function bringIndexUpToDate(db: Database): void {
  if (readSetting(db, indexFormatSetting) === indexFormat) return
  const take = createTaking(db)
  db.transaction(() => {
    db.run(`INSERT INTO search (search) VALUES ('delete-all')`)
    // Otherwise deleted words would stay in the file until their segment is merged.
    db.run(`INSERT INTO search (search, rank) VALUES ('secure-delete', 1)`)
    let [before, indexedTo] = [-1, 0]
    while (indexedTo !== before) [before, indexedTo] = [indexedTo, take(indexedTo, 1_000, Infinity)]
    writeSetting(db, indexFormatSetting, indexFormat)
    writeSetting(db, indexedToSetting, String(indexedTo))
  }).immediate()
}

type Take = (indexedTo: number, rowsMax: number, unitsMax: number) => number

/** Indexes at most so many messages or characters after an id; gives the last one's id. */
function createTaking(db: Database): Take {
  const insert = db.query(`INSERT INTO search (rowid, tokens) VALUES (?, ?)`)
  const page = db.query<IndexedRow, [number, number]>(
    `${selectIndexed} WHERE id > ? ORDER BY id LIMIT ?`,
  )
  return db.transaction((indexedTo: number, rowsMax: number, unitsMax: number) => {
    let [last, units] = [indexedTo, 0]
    for (const row of page.iterate(indexedTo, rowsMax)) {
      if (row.isLeftOut === 0) insert.run(row.id, tokensOfRow(row))
      last = row.id
      units += row.content.length
      if (units >= unitsMax) break
    }
    writeSetting(db, indexedToSetting, String(last))
    return last
  })
}
