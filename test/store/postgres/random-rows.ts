import { Database } from 'bun:sqlite'
import { copiedTables } from '../../../src/store/backup/tables'
import { migrate } from '../../../src/store/sqlite/migrations'
import { createRandom } from '../../helpers/random'

type Column = { name: string; type: string; notnull: 0 | 1; pk: number }
type Reference = { id: number; table: string; from: string; to: string }
type Value = string | number | Uint8Array | null
type Row = Record<string, Value>

const triesPerTable = 40
/** So many ids of each table belong to rows that are gone. */
const goneRows = 3

/** Parts of texts that a format of rows between two databases could take for its own. */
const parts = [
  ...['', '\\', '\t', '\n', '\r\n', '\\N', '\\.', '\\.\n', '\\x00', "'", '"', '{}', ','],
  ...['NULL', ' ', 'é', 'e\u0301', '梅', '😀', '\u200d', '\u2028', '\uffff', '\ufeff', '\u0001'],
]
const numbers = [0, 1, -1, 2 ** 31, 1_700_000_000_000, Number.MAX_SAFE_INTEGER]

/** Makes a database in a new file, with rows of all kinds that the schema allows in every table. */
export function fillAtRandom(file: string, seed: number): void {
  const random = createRandom(seed)
  using db = new Database(file, { create: true, strict: true })
  migrate(db)
  db.run('PRAGMA foreign_keys = 1')
  for (const { name } of triggersOf(db)) db.run(`DROP TRIGGER ${name}`)
  db.run('BEGIN')
  for (const table of copiedTables) fillTable(db, table, random)
  db.run(`UPDATE sqlite_sequence SET seq = seq + ${goneRows}`)
  db.run('COMMIT')
}

function triggersOf(db: Database): { name: string }[] {
  return db
    .query<{ name: string }, []>(`SELECT name FROM sqlite_schema WHERE type = 'trigger'`)
    .all()
}

function fillTable(db: Database, table: string, random: (below: number) => number): void {
  const columns = db.query<Column, []>(`SELECT * FROM pragma_table_info('${table}')`).all()
  const references = db
    .query<Reference, []>(`SELECT * FROM pragma_foreign_key_list('${table}')`)
    .all()
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item
  const allowed = new Map(columns.map(({ name }) => [name, allowedIn(db, table, name)]))
  const valueOf = ({ name, type, notnull, pk }: Column): Value => {
    const names = allowed.get(name) ?? []
    if (notnull === 0 && pk === 0 && random(3) === 0) return null
    if (names.length > 0) return pick(names)
    if (type === 'TEXT') return Array.from({ length: random(6) }, () => pick(parts)).join('')
    if (type === 'BLOB') return Uint8Array.from({ length: random(5) }, () => random(256))
    return pk > 0 || random(2) === 0 ? 1 + random(1_000) : pick(numbers)
  }
  const constraints = [...Map.groupBy(references, ({ id }) => id).values()].map((all) => ({
    all,
    rows: db.query<Row, []>(`SELECT * FROM ${all[0]?.table} ORDER BY 1, 2`).all(),
  }))
  // What a constraint forbids is left out.
  const insert = db.query(
    `INSERT OR IGNORE INTO ${table} VALUES (${columns.map(() => '?').join(', ')})`,
  )
  for (let n = 0; n < triesPerTable; n += 1) {
    const row: Row = Object.fromEntries(columns.map((column) => [column.name, valueOf(column)]))
    for (const { all, rows } of constraints) {
      const found = pick(rows)
      for (const { from, to } of all) if (row[from] !== null) row[from] = found[to] ?? null
    }
    insert.run(...Object.values(row))
  }
}

/** The words that a column may have, as its check lists them. */
function allowedIn(db: Database, table: string, column: string): string[] {
  const find = db.query<{ sql: string }, [string]>('SELECT sql FROM sqlite_schema WHERE name = ?')
  const listed = new RegExp(`CHECK \\(${column} IN \\((.*?)\\)`).exec(find.get(table)?.sql ?? '')
  return listed?.[1]?.split(', ').map((word) => word.slice(1, -1)) ?? []
}
