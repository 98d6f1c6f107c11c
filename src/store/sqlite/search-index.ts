import type { Database } from 'bun:sqlite'
import { readAttachments } from './attachments'
import { type Indexed, tokensOf } from './search-tokens'

/** Keeps the index in step with the messages; to be called in the transaction of the change. */
export type SearchIndex = {
  /** A message that was just stored, whose row has this id. */
  add: (id: number, message: Indexed) => void
  /** The words of a message, as they stand in the table now… */
  learn: (room: number, seq: number) => void
  /** …and before they are changed or deleted there, which leaves nothing of them behind. */
  forget: (room: number, seq: number) => void
}

/** Makes the statements that keep the index. */
export function createSearchIndex(db: Database): SearchIndex {
  const insert = db.query(`INSERT INTO search (rowid, tokens) VALUES (?, ?)`)
  const remove = db.query(`INSERT INTO search (search, rowid, tokens) VALUES ('delete', ?, ?)`)
  const find = db.query<IndexedRow, [number, number]>(
    `${selectIndexed} WHERE room_id = ? AND seq = ?`,
  )
  return {
    add: (id, message) => void insert.run(id, tokensOf(message)),
    learn(room, seq) {
      const row = find.get(room, seq)
      if (row !== null) insert.run(row.id, tokensOf(toIndexed(row)))
    },
    forget(room, seq) {
      const row = find.get(room, seq)
      if (row !== null) remove.run(row.id, tokensOf(toIndexed(row)))
    },
  }
}

/**
 * Indexes everything anew when the index was made by other rules than these, or never: all of it or
 * nothing.
 */
export function bringIndexUpToDate(db: Database): void {
  const read = db.query<{ value: string }, []>(
    `SELECT value FROM settings WHERE key = 'search_format'`,
  )
  if (read.get()?.value === format) return
  const page = db.query<IndexedRow, [number]>(
    `${selectIndexed} WHERE id > ? AND deleted_at IS NULL ORDER BY id LIMIT 1000`,
  )
  const insert = db.query(`INSERT INTO search (rowid, tokens) VALUES (?, ?)`)
  db.transaction(() => {
    db.run(`INSERT INTO search (search) VALUES ('delete-all')`)
    // Else a deleted word would stay in the file until the pieces around it are merged.
    db.run(`INSERT INTO search (search, rank) VALUES ('secure-delete', 1)`)
    for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)?.id ?? 0)) {
      for (const row of rows) insert.run(row.id, tokensOf(toIndexed(row)))
    }
    db.query(
      `INSERT INTO settings (key, value) VALUES ('search_format', ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
    ).run(format)
  }).immediate()
}

/** The rules of search-tokens.ts and fold.ts; what folds how is Unicode's to say. */
const format = `1 unicode ${process.versions.unicode ?? ''}`

type IndexedRow = Omit<Indexed, 'attachments'> & { id: number; attachments: string | null }

const selectIndexed = `SELECT id, room_id AS room, author_id AS author, content, attachments,
  created_at AS createdAt FROM messages`

function toIndexed(row: IndexedRow): Indexed {
  return { ...row, attachments: readAttachments(row.attachments) }
}
