import { constants, setPriority } from 'node:os'
import type { Person } from '../helpers/client'
import { dial, openSocket } from '../helpers/client'
import { fillLargeServer, type Size } from '../helpers/large-server'
import { type RunningServer, startServer } from '../helpers/server'
import { startGenerator } from './contenders'
import type { Plan } from './load/plan'
import { quantile } from './probes'

/**
 * A server with 20,000 members of a room, of whom 4,000 are connected: what their pages cost, what
 * each reader is sent while all arrive, what a search for people takes, and what a message takes
 * beside the same server with ten people connected. Times are from outside, in milliseconds.
 */
const size: Size = { people: 20_000, rooms: 100, online: 4_000, own: 50 }
/** They are there first, and count what they are sent. */
const readers = 10
const rounds = 50
/** Code that runs for the first time is slower. */
const warmRounds = 10
/** All of them, some, one, nobody. */
const queries = ['', 'p', 'person 7', 'erson', '12', 'person 19999', 'zzz']
const posts = 300
const postEveryMs = 100
/** The last numbers wait for the bytes of each reader. */
const settleMs = 10_000

type House = RunningServer & ReturnType<typeof fillLargeServer>

async function build(): Promise<House> {
  const server = await startServer({ compiled: true })
  await server.stop()
  const filled = fillLargeServer(server.data, size)
  await server.restart()
  return { ...server, ...filled }
}

/** Counts the bytes of presence that a page is sent. */
function listen(house: House, person: Person): Promise<() => number> {
  const { promise, resolve } = Promise.withResolvers<() => number>()
  let bytes = 0
  dial(house, person, { subprotocol: 'chatroom.html' }).onmessage = ({ data }) => {
    const text = String(data)
    if (text.includes('"type":"hello"')) resolve(() => bytes)
    else if (/"type":"(?:presence|online)"/.test(text)) bytes += Buffer.byteLength(text)
  }
  return promise
}

const firstReaders = (house: House): Promise<(() => number)[]> =>
  Promise.all(Array.from({ length: readers }, (_, n) => listen(house, house.personOf(n + 1))))

async function arrive(house: House): Promise<void> {
  const counts = await firstReaders(house)
  const before = counts.map((count) => count())
  const cookies = Array.from({ length: size.online - readers }, (_, n) => {
    return house.personOf(readers + 1 + n).cookie
  })
  const generator = startGenerator()
  // What the readers do must not keep who measures from its answers.
  setPriority(generator.pid, constants.priority.PRIORITY_LOW)
  const plan: Plan = {
    ...{ ports: [house.port], speech: 'html', rooms: [house.everybody], senders: 0, inFlight: 16 },
    ...{ cookies, connections: cookies.length },
  }
  const { seconds } = await generator.ask({ do: 'connect', plan }, 'connected')
  await Bun.sleep(settleMs)
  const bytes = counts.map((count, n) => count() - (before[n] ?? 0))
  const most = (Math.max(...bytes) / 1024).toFixed(1)
  console.log(
    `${most} KB of presence per reader while ${size.online} arrive, ${seconds.toFixed(1)} s`,
  )
}

type Asked = { house: House; path: string; headers?: Record<string, string>; person?: Person }

/** Asks in turns, so that whatever else the machine does meets all alike. */
async function time(asked: Asked[]): Promise<{ times: number[]; bytes: number }[]> {
  const found = asked.map(() => ({ times: [] as number[], bytes: 0 }))
  for (let round = -warmRounds; round < rounds; round += 1) {
    for (const [index, { house, path, headers = {}, person = house.reader }] of asked.entries()) {
      const startedAt = performance.now()
      const answer = await fetch(house.origin + path, {
        headers: { Cookie: person.cookie, 'Accept-Encoding': 'identity', ...headers },
      })
      const { byteLength } = await answer.arrayBuffer()
      if (round >= 0) found[index]?.times.push(performance.now() - startedAt)
      Object.assign(found[index] ?? {}, { bytes: byteLength })
      if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`)
    }
  }
  return found
}

const asFragment = { 'HX-Request': 'true' }

function print(label: string, times: number[], more = ''): void {
  const [half, most] = [quantile(times, 0.5), quantile(times, 0.95)].map((ms) => ms.toFixed(1))
  console.log(`${half} ms p50, ${most} ms p95: ${label}${more}`)
}

async function measurePages(house: House, small: House): Promise<void> {
  const path = `/rooms/${house.everybody}`
  const list = `${path}/people?part=window`
  const later = `${list}&after=${encodeURIComponent('offline.5000.person 5000')}`
  const asked: Record<string, Asked> = {
    'the page of the room': { house, path, person: house.personOf(readers) },
    [`the same, ${readers} connected`]: { house: small, path, person: small.personOf(readers) },
    [`the same for a person in ${size.own} rooms and conversations each`]: { house, path },
    'the list of people': { house, path: list, headers: asFragment },
    'a later page of it': { house, path: later, headers: asFragment },
  }
  const found = await time(Object.values(asked))
  for (const [index, label] of Object.keys(asked).entries()) {
    const { times = [], bytes = 0 } = found[index] ?? {}
    print(label, times, `, ${(bytes / 1024).toFixed(1)} KB`)
  }
}

async function measureSearches(house: House): Promise<void> {
  for (const room of [`&room=${house.everybody}`, '']) {
    const found = await time(
      queries.map((q) => {
        const path = `/people?q=${encodeURIComponent(q)}${room}`
        return { house, path, headers: asFragment }
      }),
    )
    const times = found.flatMap((one) => one.times)
    print(`GET /people, ${room === '' ? 'everybody' : 'in the room'}`, times)
  }
}

/** From sending to accepted, in turns, so that whatever else the machine does meets both alike. */
async function measurePosts(houses: [large: House, small: House]): Promise<void> {
  const sockets = await Promise.all(houses.map((house) => openSocket(house, house.reader)))
  const times = houses.map((): number[] => [])
  for (let n = 0; n < posts; n += 1) {
    for (const [index, socket] of sockets.entries()) {
      const startedAt = performance.now()
      await socket.post(houses[index]?.everybody ?? 0, `post-${n}`, `Message ${n}`)
      times[index]?.push(performance.now() - startedAt)
      await Bun.sleep(postEveryMs)
    }
  }
  const [large = [], small = []] = times
  print(`a message, ${size.online} connected`, large)
  print(`a message, ${readers} connected`, small)
  const [p50, p95] = [0.5, 0.95].map((part) => {
    return (quantile(large, part) / quantile(small, part)).toFixed(2)
  })
  console.log(`${p50} × at p50, ${p95} × at p95: a message among ${size.online} against ${readers}`)
}

if (import.meta.main) {
  await using large = await build()
  await using small = await build()
  await firstReaders(small)
  await arrive(large)
  await measurePages(large, small)
  await measureSearches(large)
  await measurePosts([large, small])
  process.exit(0)
}
