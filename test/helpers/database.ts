import { Database } from 'bun:sqlite'
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
