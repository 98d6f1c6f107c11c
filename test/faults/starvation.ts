import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { someOf } from '../helpers/size'
import { above, below, type FaultTest, type Figures, unlike } from './promise'
import type { Attack } from './starvation/attacks-thread'
import type { Order, Outcome } from './starvation/orders'
import { compete, type Rival } from './starvation/rival'
import { fillRoom } from './starvation/room'
import { waitUntil } from '../helpers/wait'

type Size = {
  victims: number
  /** How often each of them says something, and reads a page. */
  everyMs: number
  attackMs: number
  attacks: Attack[]
  /** Messages that are there before. */
  messages: number
  /** The suite shares its machine with anything: there only counts and shares are judged. */
  isTimed: boolean
  /** The planted fault: searches of all addresses wait in one line. */
  isUnfair?: boolean
}

const attacks: Attack[] = [
  'frames',
  'markers',
  'health',
  'storm',
  'pings',
  'texts',
  'searches',
  'uploads',
  'joins',
  'drip',
  'exports',
  'fullSlots',
  'skipped',
  'rails',
  'reactions',
]

const small: Size = {
  victims: 8,
  everyMs: 250,
  attackMs: 500,
  // Of those that once kept people from talking.
  attacks: someOf(['markers', 'texts', 'searches', 'exports', 'skipped'], 3),
  messages: 2_000,
  isTimed: false,
}

/**
 * T13: while people talk, fifty sessions of one address do all they can to keep them from it, one
 * way after another. What people wait for their answers is measured, and whether a rival elsewhere
 * gets their share of what the attackers want.
 */
export const unhindered: FaultTest<Size> = {
  id: 'P13',
  says: 'However one client behaves, the others are answered in time.',
  small,
  full: {
    victims: 50,
    everyMs: 5_000,
    attackMs: 60_000,
    attacks,
    messages: 300_000,
    isTimed: true,
  },
  run,
  broken: (figures, { attacks, isTimed, victims }) => [
    ...unlike(figures, { errors: 0, cut: 0, faults: 0 }),
    ...below(figures, { attacks: 1 }),
    ...attacks
      .filter(wasTried(figures))
      .flatMap((attack) => [
        ...(isTimed ? tooSlow(figures, attack) : []),
        ...below(figures, { [`${attack}Tried`]: 20, [`${attack}Answers`]: victims }),
        ...(`${attack}Served` in figures ? below(figures, { [`${attack}Served`]: 1 }) : []),
      ]),
    ...(attacks.includes('searches') ? below(figures, { searchesShare: 0.15 }) : []),
    ...(attacks.includes('skipped') && wasTried(figures)('skipped')
      ? below(figures, { skippedRefused: 1 })
      : []),
  ],
  control: () => run({ ...small, attackMs: 3_000, attacks: ['searches'], isUnfair: true }),
}

/** The control tries only some. */
const wasTried = (figures: Figures) => (attack: Attack) => `${attack}Tried` in figures

function tooSlow(figures: Figures, attack: Attack): string[] {
  return above(figures, {
    [`${attack}P95`]: 50,
    [`${attack}P99`]: 1_000,
    [`${attack}PageP95`]: 250,
    [`${attack}Lag`]: 100,
    ...(`${attack}ServedP95` in figures ? { [`${attack}ServedP95`]: 250 } : {}),
  })
}

const attackersMax = 50

async function run(size: Size): Promise<Figures> {
  const { victims, attackMs, attacks, isUnfair = false } = size
  const data = makeFolder()
  const worst = await fillRoom(data, size)
  await using server = await startServer({
    data,
    compiled: false,
    flags: ['--trust-proxy'],
    env: {
      BUN_OPTIONS: ['lag', ...(isUnfair ? ['unfair'] : [])]
        .map((name) => `--preload ./test/faults/starvation/${name}.ts`)
        .join(' '),
      CHATROOM_RATE_LIMITS: 'on',
    },
  })
  const names = (count: number): string[] =>
    Array.from({ length: count }, (_, n) => `${String.fromCharCode(97 + (n % 26))}${n}x`)
  const attackers = await signInAll(server, names(attackersMax), 'Attacker', '10.7.7.7')
  const [owner] = attackers
  if (owner === undefined) throw new Error('Somebody attacks')
  await makeRoom(server, owner, 'Revolving door')
  const people: Victim[] = []
  for (const person of await signInAll(server, names(victims), 'Victim', '10.8.8.8')) {
    people.push({ person, socket: await openSocket(server, person) })
  }
  const [person] = await signInAll(server, ['x'], 'Rival', '10.9.9.9')
  if (person === undefined) throw new Error('There is a rival')
  const rival = { person, room: await makeRoom(server, person, 'Quiet') }
  const figures: Figures = { victims, attacks: attacks.length, errors: 0, cut: 0 }
  const worker = new Worker(new URL('./starvation/attacks-thread.ts', import.meta.url))
  for (const attack of attacks) {
    const cookies = attackers.map(({ cookie }) => cookie)
    const order = { attack, port: server.port, ms: attackMs, room: 1, worst, cookies }
    const over = attackWith(worker, order)
    Object.assign(figures, await suffer({ server, people, rival, size, attack }, over))
    const { tried, statuses, cut } = await over
    const count = (first: RegExp): number =>
      Object.entries(statuses).reduce((sum, [code, n]) => sum + (first.test(code) ? n : 0), 0)
    figures[`${attack}Tried`] = tried
    figures[`${attack}Refused`] = count(/^4|^503|^507/)
    figures.cut = Number(figures.cut) + cut
    if (attack === 'searches') {
      const served = Number(figures.searchesFound)
      figures.searchesShare = round(served / (served + count(/^2/)), 1_000)
    }
    figures.errors = Number(figures.errors) + Number(figures[`${attack}Errors`]) + count(/^500/)
  }
  worker.terminate()
  for (const { socket } of people) await socket.close()
  figures.faults = server.log().match(/ fault /g)?.length ?? 0
  removeFolder(data)
  return figures
}

/** Signs in people whose names begin alike, at an address that nobody else has. */
async function signInAll(
  server: RunningServer,
  names: string[],
  kind: string,
  address: string,
): Promise<Person[]> {
  const people: Person[] = []
  for (const name of names) {
    const from = { 'X-Forwarded-For': address }
    people.push(await signIn(server, `${kind} ${name}`, 'letter', from))
  }
  return people
}

type Scene = {
  server: RunningServer
  people: Victim[]
  rival: Rival
  size: Size
  attack: Attack
}

/** What the victims and the rival wait for during one attack. */
async function suffer(
  { server, people, rival, size, attack }: Scene,
  over: Promise<unknown>,
): Promise<Figures> {
  await readLag(server)
  const [waits, competed] = await Promise.all([
    live(server, people, size.everyMs, over),
    compete(server, rival, attack, { everyMs: size.everyMs / 2, over }),
  ])
  const lag = await readLag(server)
  return {
    [`${attack}Answers`]: waits.answers.length,
    [`${attack}P95`]: quantile(waits.answers, 0.95),
    [`${attack}P99`]: quantile(waits.answers, 0.99),
    [`${attack}PageP95`]: quantile(waits.pages, 0.95),
    [`${attack}Lag`]: round(lag.hundredth),
    [`${attack}LagMost`]: round(lag.most),
    [`${attack}Errors`]: waits.errors + competed.errors,
    ...(attack === 'searches' && { searchesFound: competed.searches }),
    ...(competed.waits.length > 0 && {
      [`${attack}Served`]: competed.waits.length,
      [`${attack}ServedP95`]: quantile(competed.waits, 0.95),
    }),
  }
}

type Victim = { person: Person; socket: ChatClient }

function attackWith(worker: Worker, order: Order): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Outcome>) => resolve(data)
    worker.onerror = ({ message }) => reject(new Error(message))
    worker.postMessage(order)
  })
}

type Waits = { answers: number[]; pages: number[]; errors: number }

/** Everybody says something and reads a page, again and again, until it is over. */
async function live(
  server: RunningServer,
  people: Victim[],
  everyMs: number,
  over: Promise<unknown>,
): Promise<Waits> {
  const waits: Waits = { answers: [], pages: [], errors: 0 }
  let isOver = false
  void over.finally(() => (isOver = true))
  const one = async ({ person, socket }: Victim, n: number): Promise<void> => {
    // Not all in one moment.
    await Bun.sleep((everyMs * n) / people.length)
    while (!isOver) {
      const startedAt = performance.now()
      const said = await socket.post(1, crypto.randomUUID(), 'Undisturbed').catch(() => null)
      waits.answers.push(performance.now() - startedAt)
      if (said?.type !== 'accepted') waits.errors += 1
      const askedAt = performance.now()
      const isRead = await readPage(server, person, n)
      waits.pages.push(performance.now() - askedAt)
      if (!isRead) waits.errors += 1
      await Bun.sleep(Math.max(0, startedAt + everyMs - performance.now()))
    }
  }
  await Promise.all(people.map(one))
  return waits
}

async function readPage(
  { origin }: RunningServer,
  { cookie }: Person,
  n: number,
): Promise<boolean> {
  try {
    const from = { 'X-Forwarded-For': `10.0.0.${n}` }
    const headers = { Cookie: cookie, Accept: 'application/json', ...from }
    const answer = await fetch(`${origin}/rooms/1/messages?limit=5`, { headers })
    await answer.text()
    return answer.ok
  } catch {
    return false
  }
}

/** What the server's own look at its loop has to say since the last time. */
async function readLag(server: RunningServer): Promise<{ most: number; hundredth: number }> {
  const before = lagLines(server.log()).length
  process.kill(server.pid, 'SIGUSR2')
  const line = await waitUntil(() => lagLines(server.log())[before], 'the lag of the loop')
  return JSON.parse(line.slice(4))
}

function lagLines(log: string): string[] {
  return log.match(/^lag \{.*\}$/gm) ?? []
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return round(value ?? Number.NaN)
}

function round(value: number, parts = 10): number {
  return Math.round(value * parts) / parts
}
