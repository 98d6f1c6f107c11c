import { SQL } from 'bun'
import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDriver } from '../../src/store/postgres/driver'
import type { Database as Sql } from '../../src/store/sql/database'
import { onSqlite } from '../../src/store/sqlite/database'
import { once } from '../../src/shared/once'
import { sharedPostgres } from './postgres'

type WithData = { readonly data: string }

/** With CHATROOM_TEST_POSTGRES=on each data folder goes with a database on PostgreSQL. */
const isOnPostgres = process.env.CHATROOM_TEST_POSTGRES === 'on'

const addresses = new Map<string, () => Promise<string>>()

/** The address of the database that goes with a data folder; null for SQLite in the folder. */
export async function addressOf(data: string): Promise<string | null> {
  if (!isOnPostgres) return null
  const address = addresses.get(data) ?? once(async () => (await sharedPostgres()).create())
  addresses.set(data, address)
  return address()
}

/**
 * Asks the database of a server behind its back, on either engine: what only another part of the
 * product changes, or what no page shows.
 */
export async function askDatabase<Row>(
  { data }: WithData,
  sql: string,
  ...values: (string | number | null | Uint8Array)[]
): Promise<Row[]> {
  const address = await addressOf(data)
  if (address === null) {
    using db = new Database(join(data, 'chatroom.db'), { strict: true })
    db.run('PRAGMA busy_timeout = 5000')
    return await ask(onSqlite(db))
  }
  const driver = createDriver(address)
  return ask(driver).finally(() => driver.close())

  function ask(db: Sql): Promise<Row[]> {
    const statement = db.query<Row, typeof values>(sql)
    return db.transaction(() => statement.all(...values))()
  }
}

/** All that the database of a server has stored, to look for what must not be there. */
export async function storedIn({ data }: WithData): Promise<string> {
  const address = await addressOf(data)
  if (address === null) {
    const file = join(data, 'chatroom.db')
    return [file, `${file}-wal`].map((path) => readFileSync(path).toString('latin1')).join('')
  }
  await using sql = new SQL(address, { max: 1 })
  const tables = await sql`SELECT tablename AS name FROM pg_tables WHERE schemaname = 'chatroom'`
  const texts: string[] = []
  for (const { name } of tables) {
    const rows = await sql.unsafe(
      `SELECT row_to_json(one)::text AS row FROM chatroom.${name} AS one`,
    )
    texts.push(...rows.map(({ row }: { row: string }) => row))
  }
  return texts.join('\n')
}
