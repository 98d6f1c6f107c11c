import { SQL } from 'bun'
import { failWith } from '../problem'
import { placeMessages } from './append'
import { searchPath } from './connections'
import type { Driver } from './driver'
import tables from './migrations/0001.sql' with { type: 'text' }
import dialect from './migrations/0001-dialect.sql' with { type: 'text' }
import hints from './migrations/0001-hints.sql' with { type: 'text' }
import search from './migrations/0001-search.sql' with { type: 'text' }
import triggers from './migrations/0001-triggers.sql' with { type: 'text' }

/**
 * In order. A released file is never edited (test/lint/lint.test.ts); a change of the schema is a
 * further step.
 */
const migrations: readonly (readonly string[])[] = [[tables, dialect, triggers, search, hints]]

/** Of two nodes that start at once, one migrates. */
export const migrationLock = 0x6d696772

/**
 * Brings the database to the newest schema: all steps and the new format number in one transaction,
 * so that all or nothing happens. Throws a sentence for the operator when the database is newer
 * than this program, and what PostgreSQL throws when a step fails.
 */
export async function migrate(url: string, steps = migrations): Promise<void> {
  // No deadline: a step may take long.
  await using sql = new SQL({ url, max: 1 })
  await sql.begin(async (tx) => {
    await tx.unsafe(`SELECT pg_advisory_xact_lock(${migrationLock})`)
    await tx.unsafe(
      `CREATE SCHEMA IF NOT EXISTS chatroom; SET LOCAL search_path = ${searchPath};
       CREATE TABLE IF NOT EXISTS format (version bigint NOT NULL)`,
    )
    const [found] = await tx.unsafe('SELECT max(version)::integer AS version FROM format')
    const version: number = found.version ?? 0
    refuseNewer(version, steps.length)
    for (const sql of steps.slice(version).flat()) await tx.unsafe(sql)
    if (version < steps.length) {
      await tx.unsafe('INSERT INTO format (version) VALUES ($1)', [steps.length])
    }
    const [known] = await tx.unsafe('SELECT to_regproc($1) AS made', [placeMessages.name])
    if (known.made === null) await tx.unsafe(placeMessages.sql)
  })
}

/** Throws a sentence for a database of any other version: only a server brings it up to date. */
export async function refuseOther({ query, read }: Pick<Driver, 'query' | 'read'>): Promise<void> {
  const find = query<{ made: 0 | 1 }, []>(`SELECT to_regclass('format') IS NOT NULL AS made`)
  const version = query<{ version: number | null }, []>(
    'SELECT max(version) AS version FROM format',
  )
  const isMade = (await read(() => find.get())())?.made === 1
  const found = isMade ? await read(() => version.get())() : null
  if (found === null) failWith('There is no Chatroom in the database. See --database.')
  refuseNewer(found.version ?? 0, migrations.length)
  if (found.version !== migrations.length) {
    failWith('Start the server once with this version, first.')
  }
}

function refuseNewer(version: number, newest: number): void {
  if (version <= newest) return
  failWith(
    `The data was written by a newer Chatroom (format ${version}, this one knows ${newest}). ` +
      'Please run the newer one.',
  )
}
