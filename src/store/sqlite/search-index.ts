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
