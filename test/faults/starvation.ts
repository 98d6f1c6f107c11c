import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { above, below, type FaultTest, type Figures, unlike } from './promise'
import type { Attack, Order } from './starvation/attacks-thread'
import { waitUntil } from '../helpers/wait'

type Size = {
  victims: number
  /** How often each of them says something, and reads a page. */
  everyMs: number
  attackMs: number
  attacks: Attack[]
  /** How many times as long a wait may be: the suite shares its machine with anything. */
  patience: number
  /** The planted fault: the server's loop is held up for so long in each attack. */
  heldMs?: number
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
]

const small: Size = {
  victims: 8,
  everyMs: 500,
  attackMs: 700,
  attacks: ['pings', 'texts', 'searches', 'joins', 'markers', 'health'],
  patience: 20,
}

/**
 * T13: while people talk, one client does all it can to keep them from it, ten ways one after
 * another, from an address of its own. What people wait for their answers is measured.
 */
export const unhindered: FaultTest<Size> = {
  id: 'P13',
  says: 'However one client behaves, the others are answered in time.',
  small,
  full: { victims: 50, everyMs: 5_000, attackMs: 60_000, attacks, patience: 1 },
  run,
  broken: (figures, { attacks, patience, victims }) => [
    ...unlike(figures, { errors: 0 }),
    ...below(figures, { attacks: 1 }),
    ...attacks
      .filter((attack) => `${attack}Tried` in figures)
      .flatMap((attack) => [
        ...above(figures, {
          [`${attack}P95`]: 250 * patience,
          [`${attack}P99`]: 1_000 * patience,
          [`${attack}PageP95`]: 250 * patience,
          [`${attack}Lag`]: 100 * patience,
        }),
        ...below(figures, { [`${attack}Tried`]: 20, [`${attack}Answers`]: victims }),
      ]),
  ],
  control: () => run({ ...small, attackMs: 1_000, attacks: ['joins'], heldMs: 2_500 }),
}

async function run({ victims, everyMs, attackMs, attacks, heldMs = 0 }: Size): Promise<Figures> {
  await using server = await startServer({
    compiled: false,
    flags: ['--trust-proxy'],
    env: {
      BUN_OPTIONS: '--preload ./test/faults/starvation/lag.ts',
      STARVATION_HELD_MS: String(heldMs),
      CHATROOM_RATE_LIMITS: 'on',
    },
  })
  const attackers = await Promise.all(['Mo', 'Flo', 'Zed'].map((name) => signIn(server, name)))
  const [owner] = attackers
  if (owner === undefined) throw new Error('Somebody attacks')
  await makeRoom(server, owner, 'Revolving door')
  const people: Victim[] = []
  for (let n = 0; n < victims; n += 1) {
    const person = await signIn(server, `Victim ${String.fromCharCode(97 + (n % 26))}${n}x`)
    people.push({ person, socket: await openSocket(server, person) })
  }
  const figures: Figures = { victims, attacks: attacks.length, errors: 0 }
  const worker = new Worker(new URL('./starvation/attacks-thread.ts', import.meta.url))
  for (const attack of attacks) {
    await readLag(server)
    const order = { attack, port: server.port, ms: attackMs, room: 1 }
    const cookies = attackers.map(({ cookie }) => cookie)
    const over = attackWith(worker, { ...order, cookies })
    const waits = await live(server, people, everyMs, over)
    const lag = await readLag(server)
    figures[`${attack}Answers`] = waits.answers.length
    figures[`${attack}P95`] = quantile(waits.answers, 0.95)
    figures[`${attack}P99`] = quantile(waits.answers, 0.99)
    figures[`${attack}PageP95`] = quantile(waits.pages, 0.95)
    figures[`${attack}Lag`] = round(lag.hundredth)
    figures[`${attack}LagMost`] = round(lag.most)
    figures[`${attack}Tried`] = await over
    figures.errors = Number(figures.errors) + waits.errors
  }
  worker.terminate()
  for (const { socket } of people) await socket.close()
  return figures
}

type Victim = { person: Person; socket: ChatClient }

function attackWith(worker: Worker, order: Order): Promise<number> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<number>) => resolve(data)
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

function round(value: number): number {
  return Math.round(value * 10) / 10
}
