import { Database } from 'bun:sqlite'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, removeFolder } from '../helpers/folders'
import { runServer, startServer } from '../helpers/server'
import { below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  /** The formats that are upgraded; 0 is an empty database. */
  formats: number[]
  messages: number
  /** Upgrades of each that are killed at a random moment… */
  kills: number
  /** …and at a random one of their first writes to the disk, which needs strace. */
  killsAtWrites: number
  /** The planted fault: a step of the upgrade stands there without the others. */
  isHalf?: boolean
}

const folder = join(import.meta.dir, '..', '..', 'src', 'store', 'sqlite', 'migrations')
const steps = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .toSorted()
  .map((name) => readFileSync(join(folder, name), 'utf8'))
/** Format 0 is an empty database: the first start is an upgrade, too. */
const older = [...steps.keys()]

const small: Size = { formats: older, messages: 400, kills: 2, killsAtWrites: 0 }

/**
 * T22: makes data of every earlier format, kills the server at random moments of the upgrade, and
 * checks that the data has the old or the new format, nothing between, and that nothing is missing.
 */
export const upgraded: FaultTest<Size> = {
  id: 'P22',
  says: 'An upgrade of the data is all or nothing, wherever it is cut, and loses nothing.',
  small,
  full: { formats: older, messages: 20_000, kills: 10, killsAtWrites: 40 },
  run,
  broken: (figures, { formats, kills, killsAtWrites }) => [
    ...unlike(figures, { cuts: formats.length * (kills + killsAtWrites), notAllowed: '' }),
    ...unlike(figures, { between: 0, damaged: 0, messagesLost: 0, notOpened: 0, notFound: 0 }),
    // Else nothing was cut early enough to show anything.
    ...below(figures, { stayedOld: Math.min(killsAtWrites, 10) }),
  ],
  control: () => run({ ...small, isHalf: true }),
}

async function run({ formats, messages, kills, killsAtWrites, isHalf }: Size): Promise<Figures> {
  const place = makeFolder()
  const made = [...older, steps.length].map((n) => {
    return schemaOf(makeData(join(place, `schema-${n}`), n, 0))
  })
  const figures = { cuts: 0, stayedOld: 0, between: 0, damaged: 0 }
  const mayTrace = killsAtWrites === 0 || Bun.which('strace') !== null
  const after = { messagesLost: 0, notOpened: 0, notFound: 0 }
  for (const format of formats) {
    const original = makeData(join(place, `format-${format}`), format, messages)
    const wholeMs = await upgradeMs(original, join(place, `timed-${format}`))
    for (let n = 0; n < kills + (mayTrace ? killsAtWrites : 0); n += 1) {
      const data = join(place, `killed-${format}-${n}`)
      cpSync(original, data, { recursive: true })
      await (n < kills ? killAtMoment(data, wholeMs) : killAtWrite(data))
      if (isHalf) addHalfAStep(data)
      figures.cuts += 1
      const schema = schemaOf(data)
      if (schema === made[format]) figures.stayedOld += 1
      else if (schema !== made.at(-1)) figures.between += 1
      if (!isSound(data)) figures.damaged += 1
      const opened = await open(data, format === 0 ? 0 : messages)
      for (const name of ['messagesLost', 'notOpened', 'notFound'] as const) {
        after[name] += opened[name]
      }
      removeFolder(data)
    }
  }
  removeFolder(place)
  const notAllowed = mayTrace ? '' : 'strace'
  return { formats: formats.join(' '), messages, notAllowed, ...figures, ...after }
}

/** Whatever is done before the data is touched need not be killed. */
async function killAtMoment(data: string, wholeMs: number): Promise<void> {
  await runServer({ data, killAfterMs: wholeMs * (0.2 + 0.8 * Math.random() ** 2) })
}

/** The schema takes about eighty writes. */
async function killAtWrite(data: string): Promise<void> {
  const files = ['chatroom.db', 'chatroom.db-wal'].flatMap((name) => ['-P', join(data, name)])
  const when = 1 + Math.floor(Math.random() * 100)
  const inject = `inject=pwrite64:signal=SIGKILL:when=${when}`
  const under = ['strace', '-f', '-o', '/dev/null', ...files, '-e', inject]
  await runServer({ data, under, killAfterMs: 10_000 })
}

/** A folder of data as a program of that format left it. */
function makeData(data: string, format: number, messages: number): string {
  const db = openIn(data, { create: true })
  db.run('PRAGMA journal_mode = WAL')
  for (const sql of steps.slice(0, format)) db.run(sql)
  db.run(`PRAGMA user_version = ${format}`)
  if (format > 0) addMessages(db, messages)
  db.close()
  return data
}

function addMessages(db: Database, messages: number): void {
  db.run(`INSERT INTO rooms
    (kind, name, name_folded, name_skeleton, created_at, active_at, revision)
    VALUES ('open', 'general', 'general', 'general', 1, 1, ${messages})`)
  db.run(
    `INSERT INTO users (nickname, avatar, created_at, named_at, seen_at)
     VALUES ('Ada', 'letter', 1, 1, 1)`,
  )
  db.run('INSERT INTO memberships (room_id, user_id, joined_at) VALUES (1, 1, 1)')
  const insert = db.query(`INSERT INTO messages
    (room_id, seq, revision, author_id, client_id, content, created_at)
    VALUES (1, ?1, ?1, 1, 'm-' || ?1, ?2, ?1)`)
  db.transaction(() => {
    for (let n = 1; n <= messages; n += 1) insert.run(n, `the tide ${n} was high 潮水很高`)
  })()
}

function openIn(data: string, options: { create?: boolean } = {}): Database {
  if (options.create) cpSync(makeFolder(), data, { recursive: true })
  return new Database(join(data, 'chatroom.db'), { readwrite: true, strict: true, ...options })
}

/** Everything that a database is made of, and the number that it says it has. */
function schemaOf(data: string): string {
  const db = openIn(data)
  const tables = db.query('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
  const version = db.query('PRAGMA user_version').get()
  db.close()
  return JSON.stringify({ tables, version })
}

function isSound(data: string): boolean {
  const db = openIn(data)
  const row = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check').get()
  db.close()
  return row?.integrity_check === 'ok'
}

async function upgradeMs(original: string, data: string): Promise<number> {
  cpSync(original, data, { recursive: true })
  const server = await startServer({ data })
  const { readyMs } = server
  await server.dispose()
  removeFolder(data)
  return readyMs
}

/** Starts the server on what a kill left; what is missing then. */
async function open(data: string, messages: number) {
  const server = await startServer({ data }).catch(() => null)
  if (server === null) return { notOpened: 1, messagesLost: 0, notFound: 0 }
  await server.stop()
  const db = openIn(data)
  const count = (sql: string): number => db.query<{ n: number }, []>(sql).get()?.n ?? 0
  const left = count('SELECT count(*) AS n FROM messages')
  const found = count(`SELECT count(*) AS n FROM search WHERE search MATCH 'room1'`)
  db.close()
  return { notOpened: 0, messagesLost: messages - left, notFound: messages - found }
}

/** What a program would leave that does not do all in one transaction. */
function addHalfAStep(data: string): void {
  const db = openIn(data)
  db.run('CREATE TABLE IF NOT EXISTS half_a_step (id INTEGER)')
  db.close()
}
