import type { Database } from 'bun:sqlite'
import spine from './migrations/0001-spine.sql' with { type: 'text' }
import rooms from './migrations/0002-rooms.sql' with { type: 'text' }
import media from './migrations/0003-media.sql' with { type: 'text' }
import words from './migrations/0004-words.sql' with { type: 'text' }
import search from './migrations/0005-search.sql' with { type: 'text' }
import clientIds from './migrations/0006-client-ids.sql' with { type: 'text' }

/** In order; a released file is never edited (test/lint/lint.test.ts), only followed by another. */
const migrations = [spine, rooms, media, words, search, clientIds]

/** What this program writes, and the newest it can read. */
export const newestFormat = migrations.length

/**
 * Brings the database to the newest schema, all steps and the number in one transaction: all or
 * nothing. Gives a sentence when the database is newer than this program.
 */
export function migrate(db: Database): string | null {
  const version = readVersion(db)
  if (version > newestFormat) {
    return (
      `The data was written by a newer Chatroom (format ${version}, this one knows ` +
      `${newestFormat}). Please run the newer one.`
    )
  }
  if (version === newestFormat) return null
  // A table that is made anew is gone for a moment; what points to it is looked at in the end.
  db.run('PRAGMA foreign_keys = 0')
  db.transaction(() => {
    for (const sql of migrations.slice(version)) db.run(sql)
    const dangling = db.query('PRAGMA foreign_key_check').get()
    if (dangling !== null) throw new Error(`A step broke a reference: ${JSON.stringify(dangling)}`)
    db.run(`PRAGMA user_version = ${newestFormat}`)
  }).immediate()
  db.run('PRAGMA foreign_keys = 1')
  return null
}

function readVersion(db: Database): number {
  return db.query<{ user_version: number }, []>('PRAGMA user_version').get()?.user_version ?? 0
}
