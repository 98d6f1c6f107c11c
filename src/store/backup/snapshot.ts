import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { migrate, newestFormat, refuseOther } from '../sqlite/migrations'
import { readSetting } from '../sqlite/settings'
import { type BackupOptions, names } from './archive'

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
 * one read transaction, so the server can go on writing. One on PostgreSQL becomes a file, too.
 */
export async function takeSnapshot(
  { folder, database = null, signal }: Pick<BackupOptions, 'folder' | 'database' | 'signal'>,
  to: string,
): Promise<Snapshot> {
  if (database === null) {
    withDatabase(join(folder, names.database), (db) => {
      db.run('PRAGMA busy_timeout = 5000')
      db.query('VACUUM INTO ?').run(to)
    })
  } else {
    // Loaded on demand: most servers have no other database than their own file.
    const { writeFile } = await import('../postgres/to-sqlite')
    await writeFile(database, to, signal)
  }
  return openSnapshot(to)
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

/** Throws a sentence for a database that this program would have to change before it reads it. */
export function refuseOtherFormat(file: string): void {
  withDatabase(file, refuseOther)
}

/** Brings a database of an older version, of which this is a copy, to the newest format. */
export function bringUpToDate(file: string): void {
  withDatabase(file, migrate)
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
