import { type Person, signIn } from '../helpers/client'
import { fetchAs } from '../helpers/files'
import { makeRoom, sendForm } from '../helpers/rooms'
import { residentBytes } from '../helpers/process'
import { type RunningServer, startServer } from '../helpers/server'
import { sayAnything } from './fuzz/frames'
import { askAnything } from './fuzz/ask'
import { talkAfterwards } from './fuzz/afterwards'
import { record } from './fuzz/record'
import { above, below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  frames: number
  requests: number
  seed: number
  /** The planted fault: a server that trusts what it is sent, and has no guard. */
  isTrusting?: boolean
}

const small: Size = { frames: 400, requests: 160, seed: 14 }

/**
 * T14: says and asks whatever nobody means, begun with what real clients sent: another type, size,
 * key or nesting, other bytes, other frames, other headers. The rate limits are off, or most of it
 * would never be read. Afterwards people talk, and their order is compared.
 */
export const fuzzed: FaultTest<Size> = {
  id: 'P14',
  says: 'No frame or request ends the process, breaks it, or gets what it may not see.',
  small,
  full: { frames: 100_000, requests: 20_000, seed: 14 },
  run,
  broken: (figures, { frames, requests }) => [
    ...unlike(figures, { sameProcess: true, uncaught: 0, faults: 0, deaf: 0, seen: 0 }),
    ...unlike(figures, { serverErrors: 0, differing: 0, missing: 0 }),
    ...below(figures, { frames, requests, talked: 100 }),
    ...above(figures, { grownMb: 64 }),
  ],
  // So many that each frame of the sweep is among them.
  control: () => run({ ...small, frames: 6_000, isTrusting: true }),
}

async function run({ frames, requests, seed, isTrusting = false }: Size): Promise<Figures> {
  await using server = await startServer(isTrusting ? trusting : {})
  const { pid } = server
  const recording = await record(server)
  const secret = `CANARY-${crypto.randomUUID()}`
  await keepSecret(server, secret)
  const people = await Promise.all(['Ann', 'Ben', 'Cem'].map((name) => signIn(server, name)))
  const listen = createListening(secret)
  const fuzz = { server, people, recording, listen }
  // A server that has seen each route once is warm: what it takes from then on is growth.
  await whileAlive(pid, () => sayAnything({ ...fuzz, seed: seed + 1, count: frames / 10 }))
  await whileAlive(pid, () => askAnything({ ...fuzz, seed: seed + 1, count: requests / 10 }))
  const before = await residentBytes(pid)
  const said = await whileAlive(pid, () => sayAnything({ ...fuzz, seed, count: frames }))
  const asked = await whileAlive(pid, () => askAnything({ ...fuzz, seed, count: requests }))
  const after = await residentBytes(pid)
  const talk = await talkAfterwards(server).catch((fault: unknown) => ({ talk: String(fault) }))
  const log = server.log()
  return {
    seed,
    ...said,
    ...asked,
    sameProcess: server.pid === pid && isAlive(pid),
    uncaught: count(log, / (uncaught|unhandled) /g),
    faults: count(log, faultLine),
    ...firstFault(log),
    seen: listen.seen(),
    grownMb: Math.round((after - before) / 2 ** 20),
    ...talk,
  }
}

/** Of a server that is gone nothing is measured, which `broken` says. */
async function whileAlive(pid: number, work: () => Promise<Figures>): Promise<Figures> {
  if (!isAlive(pid)) return {}
  return work().catch((fault: unknown) => ({ stopped: String(fault) }))
}

const trusting = {
  compiled: false,
  env: { BUN_OPTIONS: '--preload ./test/faults/fuzz/trusting.ts' },
}

/** Somebody else's closed room, of which nothing may ever come back. */
async function keepSecret(server: RunningServer, secret: string): Promise<void> {
  const keeper: Person = await signIn(server, 'Keeper')
  const room = await makeRoom(server, keeper, secret.slice(0, 20), 'closed')
  await sendForm(server, keeper, `/rooms/${room}/messages`, { client_id: 'k', content: secret })
  const own = createListening(secret)
  const page = await fetchAs(server, keeper, `/rooms/${room}`, { 'Accept-Encoding': 'identity' })
  own.hear(await page.bytes())
  if (own.seen() === 0) throw new Error('Its keeper does not see the secret: nobody would')
}

/** What is heard in all that comes back. */
export type Listening = { hear: (bytes: Uint8Array) => void; seen: () => number }

function createListening(secret: string): Listening {
  const word = secret.slice(0, 20)
  let seen = 0
  return {
    hear(bytes) {
      if (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(word)) seen += 1
    },
    seen: () => seen,
  }
}

const faultLine = /^.* (?:uncaught|unhandled|fault|socket\.error) .*$/gm

/** What the log says of the first, so that it can be looked for. */
function firstFault(log: string): Figures {
  const [line] = log.match(faultLine) ?? []
  return line === undefined ? {} : { firstFault: line.slice(25, 300) }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

function count(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].length
}
