import { connect, type Socket } from 'node:net'
import { type ChatClient, dial, openSocket, type Person, signIn } from '../helpers/client'
import { upgradeRequest } from '../helpers/raw'
import { residentBytes } from '../helpers/process'
import { type RunningServer, startServer } from '../helpers/server'
import { limits } from '../../src/limits'
import { above, type FaultTest, type Figures, unlike } from './promise'
import { socketsOf } from './sockets'

type Size = {
  readers: number
  /** Readers that take nothing any more, one after the other so many at once. */
  paused: number[]
  everyMs: number
  /** Of three bytes each. */
  textUnits: number
  seconds: number
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
  seconds: 4,
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
  says: 'A reader who takes nothing slows nobody, costs little memory, and misses nothing.',
  small,
  full: {
    readers: 200,
    paused: [1, 50],
    everyMs: 10,
    textUnits: 1_333,
    seconds: 20,
    rounds: 3,
    ratioMax: 1.2,
  },
  run,
  broken: (figures, { paused, rounds, ratioMax }) => [
    ...unlike(figures, { notLetGo: 0, missing: 0, othersMissing: 0, othersClosed: 0 }),
    ...unlike(figures, { comeBack: paused.length * rounds }),
    ...above(figures, {
      ratio: ratioMax,
      memoryGrowthMb: 64 + (Math.max(...paused) * limits.outboundBytesMax) / 1024 ** 2,
    }),
  ],
  control: () => run({ ...small, seconds: 1, areQuick: true }),
}

async function run(size: Size): Promise<Figures> {
  await using server = await startServer()
  const crowd = await gather(server, size)
  const speaker = await openSocket(server, await signIn(server, 'Speaker'))
  const without: Heard[] = []
  const withThem: Heard[] = []
  const seen = { notLetGo: 0, missing: 0, comeBack: 0 }
  // The first seconds of a server are like no others.
  await talk(server, speaker, crowd, { ...size, seconds: size.seconds / 4 })
  for (let round = 0; round < size.rounds; round += 1) {
    for (const count of size.paused) {
      without.push(await talk(server, speaker, crowd, size))
      const peers = await openPeers(server, count)
      if (!size.areQuick) for (const { line } of peers) line.pause()
      withThem.push(await talk(server, speaker, crowd, size))
      seen.notLetGo += countOpen(server, peers)
      const [first] = peers
      if (first !== undefined) {
        seen.comeBack += 1
        seen.missing += await missedBy(server, first)
      }
      for (const { line } of peers) line.destroy()
    }
  }
  const worst = (list: Heard[]): number => Math.max(...list.map(({ memoryMb }) => memoryMb))
  const p95 = (list: Heard[]): number => median(list.map((heard) => heard.p95))
  await speaker.close()
  return {
    readers: size.readers,
    paused: size.paused.join(' '),
    p95Ms: rounded(p95(without)),
    p95WithPausedMs: rounded(p95(withThem)),
    ratio: rounded(p95(withThem) / p95(without)),
    memoryGrowthMb: Math.round(worst(withThem) - worst(without)),
    ...seen,
    othersMissing: crowd.expected * size.readers - crowd.heard,
    othersClosed: crowd.closed,
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
      if (text.includes('"hello"')) resolve()
      for (const [, at] of text.matchAll(/"content":"@(\d+\.\d+) /g)) {
        crowd.heard += 1
        crowd.waits.push(performance.now() - Number(at))
      }
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
  { seconds, everyMs, textUnits, readers }: Size,
): Promise<Heard> {
  crowd.waits = []
  let memoryMb = 0
  const until = performance.now() + seconds * 1_000
  for (let n = 0; performance.now() < until; n += 1) {
    const text = `@${performance.now().toFixed(3)} ${'潮'.repeat(textUnits)}`
    speaker.send({ type: 'message.post', room: 1, client_id: crypto.randomUUID(), content: text })
    crowd.expected += 1
    if (n % 20 === 0) memoryMb = Math.max(memoryMb, (await residentBytes(server.pid)) / 1024 ** 2)
    await Bun.sleep(everyMs)
  }
  const deadline = performance.now() + 10_000
  while (crowd.heard < crowd.expected * readers && performance.now() < deadline) await Bun.sleep(20)
  // What the speaker has heard is of no use, and would only fill this process.
  speaker.heard.length = 0
  const waits = crowd.waits.toSorted((a, b) => a - b)
  return { p95: waits[Math.floor(waits.length * 0.95)] ?? Infinity, memoryMb }
}

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
    while (!heard.includes('"hello"')) await Bun.sleep(5)
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
