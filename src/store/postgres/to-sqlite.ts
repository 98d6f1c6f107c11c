import { Database } from 'bun:sqlite'
import { copiedTables, isOwnSetting } from '../backup/tables'
import { failWith } from '../problem'
import { erasedSetting } from '../sql/erasing'
import { migrate } from '../sqlite/migrations'
import type { Connections, Send } from './connections'
import type { Driver } from './driver'
import { onPostgres } from './operator'

/** Rows that are fetched at once; each may have a long message. */
const rowsAtOnce = 500

/** Longer than anybody waits, as nobody does. */
const answerMsMax = 60_000

/**
 * Writes all rows of a database, as they are at one moment, into a new file of SQLite. Nobody waits
 * for it. Throws a sentence.
 */
export async function writeFile(url: string, file: string, signal?: AbortSignal): Promise<void> {
  const write = async ({ writer }: Driver) => copyAll(writer, file, signal)
  const made = await onPostgres(url, write, answerMsMax)
  if (made !== null) failWith(made.problem)
}

async function copyAll(
  { hold }: Connections,
  file: string,
  signal: AbortSignal | undefined,
): Promise<null> {
  using to = new Database(file, { create: true, readwrite: true, strict: true })
  migrate(to)
  // What fails is thrown away, and a backup syncs its own file.
  for (const pragma of ['journal_mode = OFF', 'synchronous = OFF', 'foreign_keys = 0']) {
    to.run(`PRAGMA ${pragma}`)
  }
  to.run('BEGIN')
  const triggers = takeTriggers(to)
  await hold([snapshot], async (send) => {
    const sendOn: Send = (call) => {
      if (signal?.aborted) failWith('The backup was stopped.')
      return send(call)
    }
    for (const table of copiedTables) await copyTable(sendOn, to, table)
    await setSequences(send, to)
    await send({ sql: 'COMMIT', values: [] })
  })
  for (const sql of triggers) to.run(sql)
  // An id of PostgreSQL may be missing where nothing was stored.
  to.run(
    `INSERT OR REPLACE INTO settings (key, value)
     SELECT '${erasedSetting}', CAST(coalesce(max(id), 0) - count(*) AS TEXT) FROM messages`,
  )
  to.run('COMMIT')
  const stray = to.query<{ table: string }, []>('PRAGMA foreign_key_check').get()
  if (stray === null) return null
  return failWith(`The database is damaged: ${stray.table} has rows that belong to none.`)
}

const snapshot = 'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY'

/** Drops the triggers, which count what is counted already; gives what makes them again. */
function takeTriggers(to: Database): string[] {
  const triggers = to
    .query<{ name: string; sql: string }, []>(
      `SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'`,
    )
    .all()
  for (const { name } of triggers) to.run(`DROP TRIGGER ${name}`)
  return triggers.map(({ sql }) => sql)
}

type Column = { name: string; type: string; pk: number }

async function copyTable(send: Send, to: Database, table: string): Promise<void> {
  const columns = to.query<Column, []>(`SELECT * FROM pragma_table_info('${table}')`).all()
  const names = columns.map(({ name }) => name)
  const keys = columns.filter(({ pk }) => pk > 0).toSorted((a, b) => a.pk - b.pk)
  const insert = to.query(
    `INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
  )
  to.run(`DELETE FROM ${table}`)
  await send({
    sql: `DECLARE copy_${table} NO SCROLL CURSOR FOR
      SELECT ${names.join(', ')} FROM ${table} ORDER BY ${keys.map(({ name }) => name).join(', ')}`,
    values: [],
  })
  for (;;) {
    const { rows } = await send({ sql: `FETCH ${rowsAtOnce} FROM copy_${table}`, values: [] })
    for (const row of rows as Record<string, string | number | Uint8Array | null>[]) {
      if (table === 'settings' && isOwnSetting(String(row.key))) continue
      insert.run(...names.map((name) => row[name] ?? null))
    }
    if (rows.length < rowsAtOnce) break
  }
  await send({ sql: `CLOSE copy_${table}`, values: [] })
}

/** No id is given twice, also not one whose row is gone. */
async function setSequences(send: Send, to: Database): Promise<void> {
  const set = to.query<never, [string, number]>(
    'INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)',
  )
  const tables = to.query<{ name: string }, []>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'`,
  )
  to.run('DELETE FROM sqlite_sequence')
  for (const { name } of tables.all()) {
    const { rows } = await send({
      sql: `SELECT last_value AS last FROM pg_sequences WHERE last_value IS NOT NULL
        AND format('%I.%I', schemaname, sequencename) = pg_get_serial_sequence('${name}', 'id')`,
      values: [],
    })
    const [found] = rows as { last: number }[]
    if (found !== undefined) set.run(name, found.last)
  }
}
