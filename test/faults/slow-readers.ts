import { connect, type Socket } from 'node:net'
import { type ChatClient, dial, openSocket, type Person, signIn } from '../helpers/client'
import { upgradeRequest } from '../helpers/raw'
import { residentBytes } from '../helpers/process'
import { type RunningServer, startServer } from '../helpers/server'
import { serverLimits } from '../../src/server/limits'
import { above, below, type FaultTest, type Figures, unlike } from './promise'
import { socketsOf } from './sockets'
import { waitUntil } from '../helpers/wait'

type Size = {
  readers: number
  /** Readers that take nothing any more, one after the other so many at once. */
  paused: number[]
  everyMs: number
  /** Of three bytes each. */
  textUnits: number
  /** How long somebody talks; with paused readers until they are let go, if it takes no longer. */
  seconds: number
  patienceMs: number
  rounds: number
  /** How much longer the others may wait, of what they wait without. */
  ratioMax: number
  /** The planted fault: those who should be paused read on. */
  areQuick?: boolean
}

const small: Size = {
  readers: 8,
  paused: [4],
  everyMs: 10,
  textUnits: 7_900,
  seconds: 0.5,
  patienceMs: 20_000,
  rounds: 1,
  // Seconds on a busy machine say little of times; the full size does.
  ratioMax: 10,
}

/**
 * T6: many people read what one says quickly, then some of them stop taking anything. How long do
 * the others wait with and without them, how much memory is held for them, are they let go, and do
 * they find everything when they come back?
 */
export const slow: FaultTest<Size> = {
  id: 'P6',
  says: 'A reader who reads nothing slows nobody, costs little memory, and misses nothing.',
  small,
  full: {
    readers: 200,
    paused: [1, 50],
    everyMs: 10,
    textUnits: 1_333,
    seconds: 10,
    patienceMs: 30_000,
    rounds: 5,
    ratioMax: 1.2,
  },
  run,
  broken: (figures, { paused, rounds, ratioMax }) => [
    ...unlike(figures, { notLetGo: 0, missing: 0, othersMissing: 0, othersClosed: 0 }),
    ...unlike(figures, { comeBack: Number(figures.rounds) }),
    ...below(figures, { rounds: paused.length * rounds }),
    ...above(figures, {
      ratio: ratioMax,
      memoryGrowthMb: 64 + (Math.max(...paused) * serverLimits.outboundBytesMax) / 1024 ** 2,
    }),
  ],
  control: () => run({ ...small, seconds: 0.5, patienceMs: 500, areQuick: true }),
}

async function run(size: Size): Promise<Figures> {
  await using server = await startServer()
  const crowd = await gather(server, size)
  const speaker = await openSocket(server, await signIn(server, 'Speaker'))
  const seen = { notLetGo: 0, missing: 0, comeBack: 0 }
  const rounds: Round[] = []
  const alone = (): Promise<Heard> => talk(server, speaker, crowd, size)
  // The first seconds of a server are like no others.
  await alone()
  let before = await alone()
  const counts = Array.from({ length: size.rounds }, () => size.paused).flat()
  for (const count of counts) {
    const peers = await openPeers(server, count)
    if (!size.areQuick) for (const { line } of peers) line.pause()
    const isOver = (): boolean => countOpen(server, peers) === 0
    const paused = await talk(server, speaker, crowd, size, isOver)
    const after = await alone()
    rounds.push({ count, before, paused, after })
    before = after
    seen.notLetGo += countOpen(server, peers)
    const [first] = peers
    if (first !== undefined) {
      seen.comeBack += 1
      seen.missing += await missedBy(server, first)
    }
    for (const { line } of peers) line.destroy()
    // One measurement may have met with something else; the median of three has not.
    const isDoubtful = counts.length === 1 && compare(rounds, size).ratio > size.ratioMax
    if (isDoubtful) counts.push(count, count)
  }
  await speaker.close()
  return {
    readers: size.readers,
    rounds: counts.length,
    paused: size.paused.join(' '),
    ...compare(rounds, size),
    ...seen,
    othersMissing: crowd.expected * size.readers - crowd.heard,
    othersClosed: crowd.closed,
  }
}

/** What was measured with somebody paused, and just before and after. */
type Round = { count: number; before: Heard; paused: Heard; after: Heard }

/** Each round is compared with its own neighbours, as the machine does other things, too. */
function compare(rounds: Round[], { paused }: Size) {
  const ratioOf = ({ before, paused: during, after }: Round): number =>
    during.p95 / ((before.p95 + after.p95) / 2)
  const ratios = paused.map((count) =>
    median(rounds.filter((round) => round.count === count).map(ratioOf)),
  )
  const growth = rounds.map(({ before, paused: during }) => during.memoryMb - before.memoryMb)
  return {
    p95Ms: rounded(median(rounds.map(({ before }) => before.p95))),
    p95WithPausedMs: rounded(median(rounds.map(({ paused: during }) => during.p95))),
    ratios: ratios.map(rounded).join(' '),
    ratio: rounded(Math.max(...ratios)),
    memoryGrowthMb: Math.round(Math.max(...growth)),
  }
}

type Crowd = { heard: number; expected: number; closed: number; waits: number[] }

async function gather(server: RunningServer, { readers }: Size): Promise<Crowd> {
  const crowd: Crowd = { heard: 0, expected: 0, closed: 0, waits: [] }
  for (let n = 0; n < readers; n += 1) {
    const person = await signIn(server, `Reader ${n + 1}`)
    const socket = dial(server, person)
    const { promise, resolve } = Promise.withResolvers<void>()
    socket.onmessage = ({ data }) => {
      const text = String(data)
      for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1)) {
        crowd.heard += 1
        const saidAt = Number.parseFloat(text.slice(at + mark.length, at + mark.length + 20))
        crowd.waits.push(performance.now() - saidAt)
      }
      if (text.includes('"hello"')) resolve()
    }
    socket.onclose = () => void (crowd.closed += 1)
    await promise
  }
  return crowd
}

type Heard = { p95: number; memoryMb: number }

/** Somebody says a long thing every few milliseconds; what the readers waited for it. */
async function talk(
  server: RunningServer,
  speaker: ChatClient,
  crowd: Crowd,
  { seconds, patienceMs, everyMs, textUnits, readers }: Size,
  isOver = (): boolean => true,
): Promise<Heard> {
  crowd.waits = []
  let memoryMb = 0
  const startedAt = performance.now()
  const passedMs = (): number => performance.now() - startedAt
  // Asked seldom, as asking takes time from the readers here.
  const mayEnd = (n: number): boolean =>
    passedMs() > seconds * 1_000 + patienceMs ||
    (passedMs() > seconds * 1_000 && n % 25 === 0 && isOver())
  for (let n = 0; !mayEnd(n); n += 1) {
    const content = `@${performance.now().toFixed(3)} ${'潮'.repeat(textUnits)}`
    speaker.send({ type: 'message.post', room: 1, client_id: crypto.randomUUID(), content })
    crowd.expected += 1
    if (n % 20 === 0) {
      memoryMb = Math.max(memoryMb, (await residentBytes(server.pid)) / 1024 ** 2)
    }
    await Bun.sleep(Math.max(0, (n + 1) * everyMs - passedMs()))
  }
  // What is still missing then is counted.
  const isHeard = (): boolean => crowd.heard >= crowd.expected * readers
  await waitUntil(isHeard, 'all readers').catch(() => {})
  // What the speaker has heard is of no use, and would only fill this process.
  speaker.heard.length = 0
  const waits = crowd.waits.toSorted((a, b) => a - b)
  return { p95: waits[Math.floor(waits.length * 0.95)] ?? Infinity, memoryMb }
}

const mark = '"content":"@'

type Peer = { person: Person; line: Socket; heard: () => string }

let lastPeer = 0

/** Bare connections, which can stop reading. */
async function openPeers(server: RunningServer, count: number): Promise<Peer[]> {
  const peers: Peer[] = []
  for (let n = 0; n < count; n += 1) {
    lastPeer += 1
    const person = await signIn(server, `Paused ${lastPeer}x`)
    const line = connect(server.port, '127.0.0.1')
    line.on('error', () => {})
    let heard = ''
    line.on('data', (bytes) => {
      if (heard.length < 20_000) heard += bytes.toString('latin1')
    })
    line.write(upgradeRequest(server, { Cookie: person.cookie }))
    await waitUntil(() => heard.includes('"hello"'), 'the greeting')
    peers.push({ person, line, heard: () => heard })
  }
  return peers
}

/** How many of them the server still holds. */
function countOpen(server: RunningServer, peers: Peer[]): number {
  const held = new Set(
    socketsOf(server.pid)
      .filter(({ isEstablished }) => isEstablished)
      .map(({ remotePort }) => remotePort),
  )
  return peers.filter(({ line }) => held.has(line.localPort ?? 0)).length
}

/** Comes back and asks from the place of its greeting on; how many places are not told. */
async function missedBy(server: RunningServer, { person, heard }: Peer): Promise<number> {
  const after = Number(/"revision":(\d+)/.exec(heard())?.[1] ?? Number.NaN)
  const client = await openSocket(server, person)
  client.resume(1, after)
  const end = await client.until(
    ({ type }) => type === 'caught_up' || type === 'reload',
    'the end of what was missed',
    30_000,
  )
  const places = new Set(client.heard.flatMap((item) => (item.type === 'message' ? item.seq : [])))
  await client.close()
  // Very far behind, a page is told to begin afresh, which is no gap.
  if (end.type !== 'caught_up') return 0
  const wanted = end.revision - after
  return wanted - [...places].filter((seq) => seq > after && seq <= end.revision).length
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Infinity
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
