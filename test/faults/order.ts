import { history, type Person, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { createListener, type Knowledge } from './listener'
import { type FaultTest, type Figures, unlike } from './promise'
import { allAnswered, createSender, type Sender } from './sender'

type Size = {
  messagesEach: number
  dropMs: [min: number, max: number]
  restarts: number
  /** The planted fault: one listener was shown two messages in each other's places. */
  swaps?: boolean
}

const small: Size = { messagesEach: 100, dropMs: [100, 600], restarts: 3 }

/**
 * T3: six talk and six listen while every connection is dropped at random and the server is
 * restarted; then what each client knows is compared with the history, place by place.
 */
export const ordered: FaultTest<Size> = {
  id: 'P3',
  says: 'Everybody sees one order, without holes, through cuts and restarts.',
  small,
  full: { messagesEach: 500, dropMs: [2_000, 5_000], restarts: 3 },
  run,
  broken: (figures, { messagesEach }) => [
    ...unlike(figures, { messages: 6 * messagesEach, clients: 12, differing: 0, missing: 0 }),
    ...unlike(figures, { contradictions: 0, disordered: 0 }),
  ],
  control: () => run({ ...small, restarts: 0, swaps: true }),
}

async function run(size: Size): Promise<Figures> {
  await using server = await startServer()
  const people: Person[] = []
  for (const nickname of names) people.push(await signIn(server, nickname))
  const senders = people.slice(0, 6).map((person) => createSender(server, person))
  const listeners = people.slice(6).map((person, n) => {
    return createListener(server, person, n % 2 === 0 ? 'chatroom.json' : 'chatroom.html')
  })
  const dropping = dropAtRandom([...senders, ...listeners], size.dropMs)
  await talk(server, senders, size)
  await allAnswered(senders, 60_000)
  const cuts = dropping.stop()
  await Promise.all(listeners.map((one) => one.until(senders.length * size.messagesEach)))
  const [reader] = people
  if (reader === undefined) throw new Error('Somebody has to read')
  const stored = await history(server, reader, 1)
  const idOf = new Map(
    stored.map(({ seq, sender, client_id }) => [seq, `${sender.id}-${client_id}`]),
  )
  const known = [
    ...listeners.map(({ knowledge }) => knowledge),
    ...senders.map(({ acknowledged }) => acknowledgedPlaces(acknowledged, stored)),
  ]
  if (size.swaps) swapPlaces(known[0])
  for (const client of [...senders, ...listeners]) client.close()
  return {
    messages: stored.length,
    clients: known.length,
    cuts,
    restarts: size.restarts,
    ...countDifferences(idOf, known),
    missing: listeners.reduce((sum, { knowledge }) => sum + idOf.size - knowledge.size, 0),
    contradictions: listeners.reduce((sum, one) => sum + one.contradictions(), 0),
    disordered: senders.filter(({ acknowledged }) => !isInOrder(acknowledged)).length,
  }
}

function swapPlaces(known: Knowledge = new Map()): void {
  const [one = '', other = ''] = [known.get(1), known.get(2)]
  known.set(1, other).set(2, one)
}

const names = [
  'Ada',
  'Grace',
  '梅',
  'Борис',
  'Zoë',
  '李雷',
  'Tomás',
  'Aya',
  'Jon',
  'Eve',
  'Kim',
  'Olu',
]

/** How many places a client saw otherwise than the history has them, over all clients. */
export function countDifferences(truth: Knowledge, clients: Knowledge[]): { differing: number } {
  const differs = (known: Knowledge): number =>
    [...known].filter(([seq, id]) => truth.get(seq) !== id).length
  return { differing: clients.reduce((sum, known) => sum + differs(known), 0) }
}

async function talk(
  server: RunningServer,
  senders: Sender[],
  { messagesEach, restarts }: Size,
): Promise<void> {
  const restartAt = Array.from({ length: restarts }, (_, n) =>
    Math.floor(((n + 1) * messagesEach) / (restarts + 1)),
  )
  for (let n = 0; n < messagesEach; n += 1) {
    for (const sender of senders) sender.post(`o-${n}`, `message ${n} of ${sender.person.nickname}`)
    if (restartAt.includes(n)) {
      if (n % 2 === 0) await server.kill()
      else await server.stop()
      await server.restart()
    }
    await Bun.sleep(10)
  }
}

/** Cuts every client again and again until it is stopped, which gives how often it did. */
export function dropAtRandom(
  clients: { cut: () => void }[],
  [min, max]: [number, number],
): { stop: () => number } {
  const timers = new Set<Timer>()
  let cuts = 0
  const arm = (client: { cut: () => void }): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        cuts += 1
        client.cut()
        arm(client)
      },
      min + Math.random() * (max - min),
    )
    timers.add(timer)
  }
  clients.forEach(arm)
  return {
    stop() {
      timers.forEach((timer) => clearTimeout(timer))
      return cuts
    },
  }
}

type Stored = Awaited<ReturnType<typeof history>>

/** Where the server said that a sender's messages stand. */
function acknowledgedPlaces(acknowledged: Sender['acknowledged'], stored: Stored): Knowledge {
  const authorOf = new Map(stored.map(({ content, sender }) => [content, sender.id]))
  return new Map(
    acknowledged.map(({ seq, clientId, content }) => [seq, `${authorOf.get(content)}-${clientId}`]),
  )
}

/** A person's own messages stand in the order in which they were sent. */
function isInOrder(acknowledged: Sender['acknowledged']): boolean {
  const bySeq = acknowledged.toSorted((a, b) => a.seq - b.seq)
  return bySeq.every(({ clientId }, n) => clientId === `o-${n}`)
}
