import { SQL, type TransactionSQL } from 'bun'
import { Database } from 'bun:sqlite'
import { copiedTables, isOwnSetting, type Progress } from '../backup/tables'
import { failWith } from '../problem'
import { searchPath } from './connections'
import { createDriver } from './driver'
import { nameOf, sentenceFor } from './faults'
import { migrate, migrationLock } from './migrations'
import { refuseUnfit } from './postgres'

/** So much is sent at once. */
const chunkUnits = 64 * 1024
/** A connection that was closed is seen for some moments more. */
const goneMsMax = 1_000

/**
 * Makes the tables for `loadFile`, before anything else takes long. Throws a sentence unless the
 * database can be used, has nobody in it, and no server at it.
 */
export async function prepareDatabase(url: string): Promise<void> {
  try {
    await refuseUsed(url)
    await migrate(url)
  } catch (fault) {
    failWith(sentenceFor(fault, url))
  }
}

async function refuseUsed(url: string): Promise<void> {
  const driver = createDriver(url)
  // Whether it may lose messages is a question of those who start a server on it.
  await refuseUnfit(driver, true).finally(() => driver.close())
  await using sql = new SQL({ url, max: 1 })
  const [{ made }] = await sql.unsafe(`SELECT to_regclass('chatroom.users') IS NOT NULL AS made`)
  if (made) await refusePeople(sql, url)
  // The connections of a pool in between say nothing.
  if (new URL(url).searchParams.get('prepare') === 'false') return
  const deadline = performance.now() + goneMsMax
  while ((await sql.unsafe(findOthers)).length > 0) {
    if (performance.now() > deadline) {
      failWith(`The database ${nameOf(url)} is in use. Stop every Chatroom on it, first.`)
    }
    await Bun.sleep(20)
  }
}

const findOthers = `SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND usename = current_user
    AND backend_type = 'client backend' AND pid <> pg_backend_pid()`

async function refusePeople(sql: Pick<SQL, 'unsafe'>, url: string): Promise<void> {
  const people = await sql.unsafe('SELECT 1 FROM chatroom.users LIMIT 1')
  if (people.length === 0) return
  failWith(
    `There are people in the database ${nameOf(url)} already, and I overwrite nothing. ` +
      'Name an empty database with --database.',
  )
}

/**
 * Puts all rows of a database in a file, which must have the newest format, into one without
 * people: in one transaction, so that all or nothing is there. It gets a new epoch, so that
 * browsers load fresh pages. Throws a sentence.
 */
export async function loadFile(url: string, file: string, progress: Progress): Promise<void> {
  try {
    await refuseUsed(url)
    await load(url, file, progress)
  } catch (fault) {
    failWith(sentenceFor(fault, url))
  }
}

async function load(url: string, file: string, progress: Progress): Promise<void> {
  using from = new Database(file, { readwrite: true, strict: true })
  await using sql = new SQL({ url, max: 1 })
  await sql.begin(async (tx) => {
    // A server that starts meanwhile waits in its migrations.
    await tx.unsafe(
      `SET LOCAL search_path = ${searchPath}; SET LOCAL synchronous_commit = on;
       SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;
       SELECT pg_advisory_xact_lock(${migrationLock})`,
    )
    await refusePeople(tx, url)
    await tx.unsafe(`TRUNCATE ${copiedTables.join(', ')} RESTART IDENTITY CASCADE`)
    const counts = copiedTables.map((table) => countRows(from, table))
    const total = counts.reduce((sum, count) => sum + count, 0)
    let done = 0
    for (const table of copiedTables) {
      await loadTable(tx, from, table, (rows) => progress({ of: 'rows', done: done + rows, total }))
      done += countRows(from, table)
      await tx.unsafe(`ANALYZE ${table}`)
    }
    await setIdentities(tx, from)
  })
}

function countRows(from: Database, table: string): number {
  const count = from.query<{ count: number }, []>(`SELECT count(*) AS count FROM ${table}`)
  return count.get()?.count ?? 0
}

/** Without the triggers, which count what is counted already. */
async function loadTable(
  tx: TransactionSQL,
  from: Database,
  table: string,
  tell: (rows: number) => void,
): Promise<void> {
  const columns = from
    .query<{ name: string }, []>(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => name)
    .join(', ')
  await tx.unsafe(`ALTER TABLE ${table} DISABLE TRIGGER USER`)
  const copy = tx.unsafe(`COPY ${table} (${columns}) FROM STDIN`)
  const writer = copy.writable().getWriter()
  const rows = from.query<Record<string, Value>, []>(`SELECT ${columns} FROM ${table}`).iterate()
  let [text, count] = ['', 0]
  try {
    for (const row of table === 'settings' ? settingsOf(rows) : rows) {
      text += `${Object.values(row).map(toField).join('\t')}\n`
      count += 1
      if (text.length < chunkUnits) continue
      await writer.write(text)
      text = ''
      tell(count)
    }
    await writer.write(text)
    await writer.close()
  } catch (fault) {
    await writer.abort(fault).catch(() => {})
    throw fault
  }
  await copy
  await tx.unsafe(`ALTER TABLE ${table} ENABLE TRIGGER USER`)
  tell(count)
}

function* settingsOf(rows: Iterable<Record<string, Value>>): Generator<Record<string, Value>> {
  for (const row of rows) {
    if (isOwnSetting(String(row.key))) continue
    const isEpoch = row.key === 'epoch'
    yield isEpoch ? { ...row, value: crypto.getRandomValues(new Uint8Array(16)).toHex() } : row
  }
}

type Value = string | number | Uint8Array | null

/** A value in the text format of COPY. */
function toField(value: Value): string {
  if (value === null) return '\\N'
  if (value instanceof Uint8Array) return `\\\\x${value.toHex()}`
  if (typeof value === 'number') return String(value)
  return value.replace(special, (sign) => escapes[sign] ?? sign)
}

// PostgreSQL has no text with a NUL.
const special = /[\\\n\r\t\0]/g
const escapes: Record<string, string> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\ufffd',
}

/** No id is given twice, also not one whose row is gone. */
async function setIdentities(tx: TransactionSQL, from: Database): Promise<void> {
  const used = from.query<{ last: number | null }, [string]>(
    'SELECT seq AS last FROM sqlite_sequence WHERE name = ?',
  )
  const identities = await tx.unsafe(
    `SELECT table_name AS "table" FROM information_schema.columns
     WHERE table_schema = 'chatroom' AND column_name = 'id' AND is_identity = 'YES'`,
  )
  for (const { table } of identities) {
    const last = copiedTables.includes(table) ? (used.get(table)?.last ?? 0) : 0
    await tx.unsafe(
      `SELECT setval(pg_get_serial_sequence('${table}', 'id'), greatest(max(id), ${last}))
       FROM ${table} HAVING greatest(max(id), ${last}) > 0`,
    )
  }
}
