import { history, type Person, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { createListener, type Knowledge } from './listener'
import { allAnswered, createSender, type Sender } from './sender'

export type OrderOptions = {
  senders: number
  messagesEach: number
  listeners: number
  dropMs: [min: number, max: number]
  restarts: number
}

export type OrderFigures = {
  messages: number
  clients: number
  differing: number
  missing: number
  contradictions: number
  disordered: number
}

/**
 * Lets people talk while every connection is dropped at random and the server is restarted, then
 * compares what each client knows with the history, place by place. This is T3.
 */
export async function orderThroughCuts(options: OrderOptions): Promise<OrderFigures> {
  await using server = await startServer()
  const people: Person[] = []
  for (const nickname of names.slice(0, options.senders + options.listeners)) {
    people.push(await signIn(server, nickname))
  }
  const senders = people.slice(0, options.senders).map((person) => createSender(server, person))
  const listeners = people.slice(options.senders).map((person, n) => {
    return createListener(server, person, n % 2 === 0 ? 'chatroom.json' : 'chatroom.html')
  })
  const stopDropping = dropAtRandom([...senders, ...listeners], options.dropMs)
  await talk(server, senders, options)
  await allAnswered(senders, 60_000)
  stopDropping()
  await Promise.all(listeners.map((one) => one.until(options.senders * options.messagesEach)))
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
  for (const client of [...senders, ...listeners]) client.close()
  return {
    messages: stored.length,
    clients: known.length,
    ...countDifferences(idOf, known),
    missing: listeners.reduce((sum, { knowledge }) => sum + idOf.size - knowledge.size, 0),
    contradictions: listeners.reduce((sum, one) => sum + one.contradictions(), 0),
    disordered: senders.filter(({ acknowledged }) => !isInOrder(acknowledged)).length,
  }
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
  { messagesEach, restarts }: OrderOptions,
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

function dropAtRandom(clients: { cut: () => void }[], [min, max]: [number, number]): () => void {
  const timers = new Set<Timer>()
  const arm = (client: { cut: () => void }): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        client.cut()
        arm(client)
      },
      min + Math.random() * (max - min),
    )
    timers.add(timer)
  }
  clients.forEach(arm)
  return () => timers.forEach((timer) => clearTimeout(timer))
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

if (import.meta.main) {
  const full: OrderOptions = {
    senders: 6,
    messagesEach: 500,
    listeners: 6,
    dropMs: [2_000, 5_000],
    restarts: 3,
  }
  console.log(JSON.stringify(await orderThroughCuts(full)))
  process.exit(0)
}
