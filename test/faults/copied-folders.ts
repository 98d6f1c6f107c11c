import { Database } from 'bun:sqlite'
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { history, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, runServer } from '../helpers/server'
import { type ServerOptions, startServer } from '../helpers/server'
import { above, below, type FaultTest, type Figures, unlike } from './promise'
import { createSender, type Sender } from './sender'

type Size = {
  copies: number
  /** Between two steps of a copy. */
  pauseMs: number
  /** The planted fault: nothing is checked. */
  trusts?: boolean
}

/**
 * Copies a data folder in odd orders while people talk: a copy opens whole, as it was at some
 * moment, or is refused at once with a sentence that names the way out.
 */
export const copied: FaultTest<Size> = {
  id: 'P30',
  says: 'A copy of a folder in use opens whole or is refused at once; it never loses history.',
  small: { copies: 5, pauseMs: 150 },
  full: { copies: 52, pauseMs: 1_500 },
  run,
  broken: (figures, { copies }) => [
    ...unlike(figures, { copies, wrong: '' }),
    ...above(figures, { refusedMsMax: 5_000 }),
    ...below(figures, { whole: 1, refused: copies / 4 }),
  ],
  control: () => run({ copies: 13, pauseMs: 150, trusts: true }),
}

const trusting = {
  compiled: false,
  env: { BUN_OPTIONS: '--preload ./test/faults/no-integrity.ts' },
}

async function run({ copies, pauseMs, trusts = false }: Size): Promise<Figures> {
  const opened = await openCopies(copies, pauseMs, trusts ? trusting : {})
  const of = (ending: Opened['ending']) => opened.filter((each) => each.ending === ending)
  return {
    copies: opened.length,
    whole: of('whole').length,
    refused: of('refused').length,
    refusedMsMax: Math.max(0, ...of('refused').map(({ ms }) => ms)),
    wrong: of('wrong')
      .map(({ kind, why }) => `${kind}: ${why}`)
      .join('; '),
  }
}

/** How one copy of a data folder ended. */
type Opened = { kind: string; ending: 'whole' | 'refused' | 'wrong'; why: string; ms: number }

const database = 'chatroom.db'
const parts = [database, `${database}-wal`, `${database}-shm`]

/** A copy of a folder that a server writes to; `wait` lets it write on. */
type Kind = (from: string, to: string, wait: () => Promise<void>) => Promise<void> | void

const take = (from: string, to: string, name: string): void => {
  if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name))
}

const [, log = '', shared = ''] = parts

/** Half of a file now, the other half later. */
async function inHalves(from: string, to: string, name: string, wait: () => Promise<void>) {
  const early = readFileSync(join(from, name))
  await wait()
  const late = readFileSync(join(from, name))
  const half = Math.floor(early.length / 8192) * 4096
  writeFileSync(join(to, name), Buffer.concat([early.subarray(0, half), late.subarray(half)]))
}

/** Orders in which people, scripts and programs for backups copy files. */
const kinds: Record<string, Kind> = {
  'database first, log later': async (from, to, wait) => {
    take(from, to, database)
    await wait()
    take(from, to, log)
  },
  'log first, database later': async (from, to, wait) => {
    take(from, to, log)
    await wait()
    take(from, to, database)
  },
  'database alone': (from, to) => take(from, to, database),
  'log alone': (from, to) => take(from, to, log),
  'an empty database and the log': (from, to) => {
    writeFileSync(join(to, database), '')
    take(from, to, log)
  },
  'all at one moment': (from, to) => parts.forEach((name) => take(from, to, name)),
  'all, the shared memory of before': async (from, to, wait) => {
    take(from, to, shared)
    await wait()
    for (const name of [database, log]) take(from, to, name)
  },
  'a log that is cut': (from, to) => {
    for (const name of [database, log]) take(from, to, name)
    if (existsSync(join(to, log))) truncateSync(join(to, log), statSync(join(to, log)).size >> 1)
  },
  'the database in two halves': (from, to, wait) => inHalves(from, to, database, wait),
  'the database in two halves, then the log': async (from, to, wait) => {
    await inHalves(from, to, database, wait)
    take(from, to, log)
  },
  'a database that is cut': (from, to) => {
    for (const name of [database, log]) take(from, to, name)
    truncateSync(join(to, database), statSync(join(to, database)).size >> 1)
  },
  'a database whose end is not written': (from, to) => {
    take(from, to, database)
    const bytes = readFileSync(join(to, database))
    writeFileSync(join(to, database), bytes.fill(0, bytes.length >> 1))
  },
  'a page from before': async (from, to, wait) => {
    const early = readFileSync(join(from, database))
    await wait()
    take(from, to, database)
    const late = readFileSync(join(to, database))
    const at = 4096 * (2 + Math.floor(Math.random() * (early.length / 4096 - 2)))
    early.copy(late, at, at, at + 4096)
    writeFileSync(join(to, database), late)
  },
}

/** Copies a folder under load in every order, opens the copies, and says how each ended. */
async function openCopies(
  count: number,
  pauseMs: number,
  options: ServerOptions,
): Promise<Opened[]> {
  const place = makeFolder()
  const folder = join(place, 'data')
  const server = await startServer({ data: folder })
  const people = [await signIn(server, 'Ada'), await signIn(server, 'Grace')]
  const senders = people.map((person) => createSender(server, person))
  const talking = setInterval(() => talk(senders, windowFor(folder)), 5)
  const wait = (): Promise<void> => Bun.sleep(pauseMs)
  await wait()
  const copies: string[] = []
  const names = Object.keys(kinds)
  for (let n = 0; n < count; n += 1) {
    const to = join(place, `copy-${n}`)
    mkdirSync(to)
    cpSync(join(folder, 'files'), join(to, 'files'), { recursive: true })
    await kinds[names[n % names.length] ?? '']?.(folder, to, wait)
    copies.push(to)
  }
  clearInterval(talking)
  for (const sender of senders) sender.close()
  const [reader] = people
  if (reader === undefined) throw new Error('somebody talks')
  const said = (await history(server, reader, 1)).map(({ client_id: id }) => id)
  await server.stop()
  const opened: Opened[] = []
  for (const [n, copy] of copies.entries()) {
    const kind = names[n % names.length] ?? ''
    opened.push({ kind, ...(await openCopy({ data: copy, ...options }, said)) })
    rmSync(copy, { recursive: true })
  }
  removeFolder(place)
  return opened
}

/** Messages at once: so many that the log is soon written into the database; later fewer. */
function windowFor(folder: string): number {
  return statSync(join(folder, database)).size < 64 * 1024 ** 2 ? 40 : 3
}

function talk(senders: Sender[], window: number): void {
  for (const sender of senders) {
    while (sender.unanswered() < window) sender.post(crypto.randomUUID(), 'a tide '.repeat(300))
  }
}

/** It serves the beginning of what was said, without a gap, or ends with one sentence. */
async function openCopy(
  options: ServerOptions & { data: string },
  said: string[],
): Promise<Omit<Opened, 'kind'>> {
  const startedAt = performance.now()
  const since = (): number => Math.round(performance.now() - startedAt)
  const server = await startServer(options).catch(() => null)
  if (server === null) {
    const { code, err } = await runServer({ ...options, killAfterMs: 5_000 })
    const ms = since()
    const isRight = code === 1 && /^[^\n]*chatroom restore[^\n]*$/.test(err.trim())
    return { ending: isRight ? 'refused' : 'wrong', why: `${code} ${err}`, ms }
  }
  const ms = since()
  const why = await faultIn(server, said).catch(String)
  await server.stop()
  return { ending: why === '' ? 'whole' : 'wrong', why, ms }
}

/** The session may be younger than the copy, so the history is read from the database. */
async function faultIn({ data, origin }: RunningServer, said: string[]): Promise<string> {
  if (!(await fetch(`${origin}/healthz`)).ok) return 'unhealthy'
  const db = new Database(join(data, database), { readonly: true })
  try {
    const there = db.query<{ id: string; seq: number }, []>(
      'SELECT client_id AS id, seq FROM messages WHERE room_id = 1 ORDER BY seq',
    )
    const stored = there.all()
    if (stored.some(({ id, seq }, n) => id !== said[n] || seq !== n + 1)) return 'another history'
    const check = db.query<{ integrity_check: string }, []>('PRAGMA integrity_check(1)').get()
    if (check?.integrity_check !== 'ok') return check?.integrity_check ?? 'unreadable'
    const head = db.query<{ revision: number }, []>('SELECT revision FROM rooms').get()?.revision
    return head === stored.length ? '' : `head ${head} of ${stored.length} messages`
  } finally {
    db.close()
  }
}
