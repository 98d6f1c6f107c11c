import { SQL } from 'bun'
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { copiedTables, isOwnSetting } from '../../../src/store/backup/tables'
import { loadFile, prepareDatabase } from '../../../src/store/postgres/from-sqlite'
import { writeFile } from '../../../src/store/postgres/to-sqlite'
import { migrate } from '../../../src/store/sqlite/migrations'
import { chooseSeed } from '../../helpers/random'
import { makeFolder, removeFolder } from '../../helpers/folders'
import { createDatabase, describeOnPostgres } from './databases'
import { fillAtRandom } from './random-rows'

/** Tables that an engine has for itself, or makes anew from the others. */
const own = {
  sqlite: [/^search/, /^sqlite_/],
  postgres: [/^(assets|format|hints|jobs|membership_changes|search)$/],
}
/** Columns that only PostgreSQL has, with what they are in a new row. */
const ownColumns = ['rooms.members_version', 'memberships.read_at']

describeOnPostgres('moving between SQLite and PostgreSQL', () => {
  test('copies every table of both, with every column', async () => {
    using db = new Database(':memory:', { strict: true })
    migrate(db)
    await using sql = new SQL(await createDatabase(), { max: 1 })
    const inSqlite = db
      .query<{ at: string }, []>(
        `SELECT tables.name || '.' || columns.name AS at FROM sqlite_schema AS tables
           JOIN pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`,
      )
      .all()
    const inPostgres: { at: string }[] = await sql.unsafe(
      `SELECT table_name || '.' || column_name AS at FROM information_schema.columns
       WHERE table_schema = 'chatroom' AND table_name IN (
         SELECT tablename FROM pg_tables WHERE schemaname = 'chatroom')`,
    )
    const columnsOf = (found: { at: string }[], left: RegExp[]): string[] =>
      found
        .map(({ at }) => at)
        .filter((at) => !left.some((pattern) => pattern.test(at.split('.')[0] ?? '')))
        .toSorted()
    const columns = columnsOf(inSqlite, own.sqlite)
    const tables = new Set(columns.map((at) => at.split('.')[0] ?? ''))
    expect([...tables].toSorted()).toEqual([...copiedTables].map(String).toSorted())
    const others = columnsOf(inPostgres, own.postgres).filter((at) => !ownColumns.includes(at))
    expect(others).toEqual(columns)
  })

  const seed = chooseSeed()
  test(`brings rows of every kind there and back as they were (seed ${seed})`, async () => {
    const folder = makeFolder()
    const [before, after] = [join(folder, 'before.db'), join(folder, 'after.db')]
    fillAtRandom(before, seed)
    const url = await createDatabase()
    await prepareDatabase(url)
    await loadFile(url, before, () => {})
    await writeFile(url, after)
    const [old, back] = [contentsOf(before), contentsOf(after)]
    for (const [table, rows] of Object.entries(old)) {
      if (table !== 'sqlite_sequence') expect(rows.length).toBeGreaterThan(2)
      expect({ table, rows: back[table] }).toEqual({ table, rows })
    }
    expect(epochOf(after)).toMatch(/^[0-9a-f]{32}$/)
    expect(epochOf(after)).not.toBe(epochOf(before))
    await expectNewIds(url, old)
    removeFolder(folder)
  })
})

type Rows = Record<string, unknown>[]

/** All rows, but for what differs in every copy. */
function contentsOf(file: string): Record<string, Rows> {
  using db = new Database(file, { readonly: true, strict: true })
  const rowsOf = (table: string): Rows => {
    const columns = db.query<{ name: string }, []>(`SELECT name FROM pragma_table_info('${table}')`)
    const order = columns.all().map(({ name }) => name)
    return db.query<Rows[number], []>(`SELECT * FROM ${table} ORDER BY ${order.join(', ')}`).all()
  }
  const all = Object.fromEntries(
    [...copiedTables, 'sqlite_sequence'].map((table) => [table, rowsOf(table)]),
  )
  const isCopied = (key: string): boolean =>
    !isOwnSetting(key) && key !== 'epoch' && key !== 'erased_messages'
  const settings = all.settings?.filter(({ key }) => isCopied(String(key))) ?? []
  return { ...all, settings }
}

function epochOf(file: string): string {
  using db = new Database(file, { readonly: true, strict: true })
  const find = db.query<{ value: string }, []>(`SELECT value FROM settings WHERE key = 'epoch'`)
  return find.get()?.value ?? ''
}

/** The next row of each table gets an id that none had before. */
async function expectNewIds(url: string, old: Record<string, Rows>): Promise<void> {
  await using sql = new SQL(url, { max: 1 })
  const used = new Map(old.sqlite_sequence?.map(({ name, seq }) => [name, Number(seq)]))
  for (const [table, rows] of Object.entries(old)) {
    const ids = rows.map(({ id }) => Number(id))
    if (table === 'attachments' || table === 'sqlite_sequence' || Number.isNaN(ids[0])) continue
    const [{ next }] = await sql.unsafe(
      `SELECT nextval(pg_get_serial_sequence('chatroom.${table}', 'id'))::float8 AS next`,
    )
    expect({ table, next }).toEqual({ table, next: Math.max(used.get(table) ?? 0, ...ids) + 1 })
  }
}
