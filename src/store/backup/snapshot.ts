import { Database } from 'bun:sqlite'
import { newestFormat } from '../sqlite/migrations'
import { readSetting } from '../sqlite/settings'

/** A copy of the database as it was at one moment, in a file of its own. */
export type Snapshot = {
  /** Format of the data, and the instance it belongs to. */
  format: number
  instance: string
  /** The mark of its folder of files; null when no server has used it yet. */
  filesId: string | null
  messages: number
  /** Every uploaded file that the database refers to. */
  files: () => Iterable<{ id: string; size: number }>
  close: () => void
}

/**
 * Copies the database of a running or stopped server into `to`, which must not exist. The copy is
 * one read transaction, so the server can go on writing.
 */
export function takeSnapshot(from: string, to: string): void {
  withDatabase(from, (db) => {
    db.run('PRAGMA busy_timeout = 5000')
    db.query('VACUUM INTO ?').run(to)
  })
}

/** Opens a snapshot for reading. Throws what SQLite throws when it is none. */
export function openSnapshot(file: string): Snapshot {
  const db = new Database(file, { readonly: true, strict: true })
  const first = (sql: string): unknown => {
    return Object.values(db.query<Record<string, unknown>, []>(sql).get() ?? {})[0]
  }
  const files = db.query<{ id: string; size: number }, []>(
    'SELECT id, size FROM attachments ORDER BY id',
  )
  return {
    format: Number(first('PRAGMA user_version')),
    instance: readSetting(db, 'instance') ?? '',
    filesId: readSetting(db, 'files'),
    messages: Number(first('SELECT count(*) FROM messages')),
    files: () => files.iterate(),
    close: () => db.close(),
  }
}

/** What SQLite finds wrong with a restored database; null when it is sound. */
export function checkDatabase(file: string): string | null {
  return withDatabase(file, (db) => {
    const [first] = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check(1)').all()
    if (first?.integrity_check !== 'ok') return first?.integrity_check ?? 'unreadable'
    const stray = db.query('PRAGMA foreign_key_check').get()
    return stray === null ? null : 'a row without the row it belongs to'
  })
}

/** Makes every position that a browser remembers worthless, so that it loads fresh pages. */
export function beginNewEpoch(file: string): void {
  withDatabase(file, (db) => {
    db.run('PRAGMA journal_mode = DELETE')
    db.run('PRAGMA synchronous = 2')
    db.run(`UPDATE settings SET value = lower(hex(randomblob(16))) WHERE key = 'epoch'`)
  })
}

/** Whether this program can read data of this format. */
export function isKnownFormat(format: number): boolean {
  return Number.isSafeInteger(format) && format >= 1 && format <= newestFormat
}

function withDatabase<Result>(file: string, work: (db: Database) => Result): Result {
  const db = new Database(file, { strict: true, readwrite: true })
  try {
    return work(db)
  } finally {
    db.close()
  }
}
