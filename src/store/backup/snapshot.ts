import { Database } from 'bun:sqlite'
import { newestFormat } from '../sqlite/migrations'

/** A copy of the database as it was at one moment; it lies in a file of its own. */
export type Snapshot = {
  /** Format of the data, and the instance it belongs to. */
  format: number
  instance: string
  messages: number
  /** Every file that something in it needs. */
  files: () => Iterable<{ id: string; size: number }>
  close: () => void
}

/**
 * Copies the database of a running or stopped house into `to`, which must not exist. The house goes
 * on meanwhile: the copy is one reading transaction.
 */
export function takeSnapshot(from: string, to: string): void {
  const db = new Database(from, { strict: true, readwrite: true })
  try {
    db.run('PRAGMA busy_timeout = 5000')
    db.query('VACUUM INTO ?').run(to)
  } finally {
    db.close()
  }
}

/** Opens a snapshot for reading. Throws what SQLite throws when it is none. */
export function openSnapshot(file: string): Snapshot {
  const db = new Database(file, { readonly: true, strict: true })
  const first = (sql: string): unknown => {
    return Object.values(db.query<Record<string, unknown>, []>(sql).get() ?? {})[0]
  }
  const format = Number(first('PRAGMA user_version'))
  const hasFiles = first(`SELECT 1 FROM sqlite_schema WHERE name = 'attachments'`) === 1
  return {
    format,
    instance: String(first(`SELECT value FROM settings WHERE key = 'instance'`)),
    messages: Number(first('SELECT count(*) FROM messages')),
    files: () =>
      hasFiles
        ? db
            .query<{ id: string; size: number }, []>('SELECT id, size FROM attachments ORDER BY id')
            .iterate()
        : [],
    close: () => db.close(),
  }
}

/** What is wrong with a restored database, as SQLite sees it; null when nothing is. */
export function checkDatabase(file: string): string | null {
  const db = new Database(file, { strict: true, readwrite: true })
  try {
    const [first] = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check(1)').all()
    if (first?.integrity_check !== 'ok') return first?.integrity_check ?? 'unreadable'
    const stray = db.query('PRAGMA foreign_key_check').get()
    return stray === null ? null : 'a row without the row it belongs to'
  } finally {
    db.close()
  }
}

/** From now on every position that a browser remembers is worthless, and it starts afresh. */
export function beginNewEpoch(file: string): void {
  const db = new Database(file, { strict: true, readwrite: true })
  try {
    db.run('PRAGMA journal_mode = DELETE')
    db.run('PRAGMA synchronous = 2')
    db.run(`UPDATE settings SET value = lower(hex(randomblob(16))) WHERE key = 'epoch'`)
  } finally {
    db.close()
  }
}

/** Whether this program knows data of this format. */
export function isKnownFormat(format: number): boolean {
  return Number.isSafeInteger(format) && format >= 1 && format <= newestFormat
}
