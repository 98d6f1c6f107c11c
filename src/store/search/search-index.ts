import type { Database } from 'bun:sqlite'
import { foldVersion } from '../../shared/fold'
import { readAttachments } from '../sql/attachments'
import { type Indexed, tokensOf } from './search-tokens'
import { readSetting, writeSetting } from '../sqlite/settings'
import type { Work } from '../sql/database'

/** Messages indexed in one transaction, about 6 ms… */
export const searchIndexRows = 500
/** …and fewer when together they have more characters than this. */
export const searchIndexUnitsMax = 32 * 1024

/** What changes of messages do to the index, within their transactions. */
export type MessageIndex = {
  /** Before a message is changed or deleted: erases its tokens. */
  remove: (room: number, seq: number) => Work<void>
  /** After it was changed. */
  add: (room: number, seq: number) => Work<void>
  /** After the newest messages were erased, whose ids the next ones get. */
  shrink: () => Work<void>
}

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

/** The key of the id up to which messages are indexed; searches scan those after it. */
export const indexedToSetting = 'search_indexed_to'

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
      if (row !== null) deleteTokens.run(row.id, tokensOf(toIndexed(row)))
    },
    *add(room, seq) {
      const row = indexed(room, seq)
      if (row !== null) insertTokens.run(row.id, tokensOf(toIndexed(row)))
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
  if (readSetting(db, 'search_format') === format) return
  const take = createTaking(db)
  db.transaction(() => {
    db.run(`INSERT INTO search (search) VALUES ('delete-all')`)
    // Otherwise deleted words would stay in the file until their segment is merged.
    db.run(`INSERT INTO search (search, rank) VALUES ('secure-delete', 1)`)
    let [before, indexedTo] = [-1, 0]
    while (indexedTo !== before) [before, indexedTo] = [indexedTo, take(indexedTo, 1_000, Infinity)]
    writeSetting(db, 'search_format', format)
    writeSetting(db, indexedToSetting, String(indexedTo))
  }).immediate()
}

type Take = (indexedTo: number, rowsMax: number, unitsMax: number) => number

/** Indexes at most so many messages or characters after an id; gives the last one's id. */
function createTaking(db: Database): Take {
  const insert = db.query(`INSERT INTO search (rowid, tokens) VALUES (?, ?)`)
  const page = db.query<IndexedRow & { isLeftOut: number }, [number, number]>(
    `${selectIndexed} WHERE id > ? ORDER BY id LIMIT ?`,
  )
  return db.transaction((indexedTo: number, rowsMax: number, unitsMax: number) => {
    let [last, units] = [indexedTo, 0]
    for (const row of page.iterate(indexedTo, rowsMax)) {
      if (row.isLeftOut === 0) insert.run(row.id, tokensOf(toIndexed(row)))
      last = row.id
      units += row.content.length
      if (units >= unitsMax) break
    }
    writeSetting(db, indexedToSetting, String(last))
    return last
  })
}

/** Identifies the rules of search-tokens.ts and fold.ts, which depend on the Unicode version. */
const format = `2 fold ${foldVersion} unicode ${process.versions.unicode ?? ''}`

type IndexedRow = Omit<Indexed, 'attachments'> & { id: number; attachments: string | null }

const selectIndexed = `SELECT id, room_id AS room, author_id AS author, content, attachments,
  created_at AS createdAt, coalesce(deleted_at, system) IS NOT NULL AS isLeftOut FROM messages`

function toIndexed(row: IndexedRow): Indexed {
  return { ...row, attachments: readAttachments(row.attachments) }
}
