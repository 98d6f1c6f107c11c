import type { Database } from 'bun:sqlite'
import { failWith } from '../problem'
import first from './migrations/0001.sql' with { type: 'text' }

/**
 * In order. A released file is never edited (test/lint/lint.test.ts); a change of the schema is a
 * further file.
 */
const migrations: readonly string[] = [first]

/** The data format that this program writes, and the newest that it can read. */
export const newestFormat = migrations.length

/** Throws a sentence for the operator when the database is newer than this program. */
export function refuseNewer(db: Database, newest = newestFormat): void {
  const version = readVersion(db)
  if (version <= newest) return
  failWith(
    `The data was written by a newer Chatroom (format ${version}, this one knows ` +
      `${newest}). Please run the newer one.`,
  )
}

/** Throws a sentence for a database of any other version: only the server brings it up to date. */
export function refuseOther(db: Database): void {
  refuseNewer(db)
  if (readVersion(db) < newestFormat) failWith('Start the server once with this version, first.')
}

/**
 * Brings the database to the newest schema: all steps and the new format number in one transaction,
 * so that all or nothing happens. Throws a sentence for the operator when the database is newer
 * than this program, and what SQLite throws when a step fails.
 */
export function migrate(db: Database, steps = migrations): void {
  const version = readVersion(db)
  const newest = steps.length
  refuseNewer(db, newest)
  if (version === newest) return
  // A step that makes a table anew drops it first; references to it are checked at the end.
  db.run('PRAGMA foreign_keys = 0')
  db.transaction(() => {
    for (const sql of steps.slice(version)) db.run(sql)
    const dangling = db.query('PRAGMA foreign_key_check').get()
    if (dangling !== null) throw new Error(`A step broke a reference: ${JSON.stringify(dangling)}`)
    db.run(`PRAGMA user_version = ${newest}`)
  }).immediate()
  db.run('PRAGMA foreign_keys = 1')
}

function readVersion(db: Database): number {
  return db.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
}
