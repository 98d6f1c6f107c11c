import { history, type Person, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { createListener, type Listener } from './listener'
import { above, below, type FaultTest, type Figures, unlike } from './promise'
import { allAnswered, createSender, type Sender } from './sender'
import type { Visits } from './visits'
import { waitUntil } from '../helpers/wait'

type Size = {
  readers: number
  senders: number
  /** Each sender says something this often. */
  everyMs: number
  restarts: number
  /** Between two restarts. */
  talkMs: number
  /** The planted fault: the server is killed instead of asked. */
  isKilled?: boolean
}

const small: Size = { readers: 12, senders: 4, everyMs: 20, restarts: 1, talkMs: 500 }

/**
 * T16: asks the server to stop while people talk, and starts it again: all are told to come back,
 * come back, and miss nothing. They wait for up to a second before they dial, as browsers do.
 */
export const restarted: FaultTest<Size> = {
  id: 'P16',
  says: 'A restart or an upgrade is a pause: all reconnect within seconds, nothing is lost.',
  small,
  full: { readers: 95, senders: 5, everyMs: 100, restarts: 5, talkMs: 10_000 },
  run,
  broken: (figures, { readers, senders, restarts }) => [
    ...unlike(figures, { exitCodes: '0', closeCodes: '1012', lost: 0, doubled: 0, missing: 0 }),
    ...unlike(figures, {
      contradictions: 0,
      faultsLogged: 0,
      back: (readers + senders) * restarts,
    }),
    ...above(figures, { exitMsMax: 10_000, backMsMax: 10_000 }),
    ...below(figures, { acknowledged: senders * restarts * 10 }),
  ],
  control: () => run({ ...small, isKilled: true }),
}

async function run(size: Size): Promise<Figures> {
  await using server = await startServer()
  const { readers, senders } = await gather(server, size)
  const all = [...readers, ...senders]
  const codes = new Set<number>()
  let [exitMsMax, backMsMax, back] = [0, 0, 0]
  const exitCodes = new Set<number>()
  const stopTalking = talk(senders, size.everyMs)
  for (let n = 0; n < size.restarts; n += 1) {
    await Bun.sleep(size.talkMs)
    const askedAt = performance.now()
    exitCodes.add(await server.stop(size.isKilled ? 'SIGKILL' : 'SIGTERM'))
    exitMsMax = Math.max(exitMsMax, performance.now() - askedAt)
    await server.restart()
    const backAt = await Promise.all(all.map((one) => untilGreeted(one, askedAt)))
    back += backAt.filter((at) => at !== null).length
    backMsMax = Math.max(backMsMax, ...backAt.map((at) => (at ?? Infinity) - askedAt))
  }
  stopTalking()
  await allAnswered(senders)
  for (const { visits } of all) visits.closeCodes.forEach((code) => codes.add(code))
  const known = await compare(server, senders, readers)
  for (const one of all) one.close()
  return {
    restarts: size.restarts,
    clients: all.length,
    exitCodes: [...exitCodes].join(' '),
    closeCodes: [...codes].toSorted().join(' '),
    exitMsMax: Math.round(exitMsMax),
    back,
    backMsMax: Math.round(backMsMax),
    faultsLogged: server.log().match(/^\S+ (fault|un\w+ed|\w+\.failed) /gm)?.length ?? 0,
    ...known,
  }
}

async function gather(server: RunningServer, size: Size) {
  const people: Person[] = []
  for (let n = 0; n < size.readers + size.senders; n += 1) {
    people.push(await signIn(server, `Person ${n + 1}`))
  }
  const senders = people
    .splice(0, size.senders)
    .map((person) => createSender(server, person, 1, pause))
  const readers = people.map((person, n) =>
    createListener(server, person, n % 2 === 0 ? 'chatroom.html' : 'chatroom.json', pause),
  )
  for (const one of [...senders, ...readers]) await untilGreeted(one, 0)
  return { senders, readers }
}

/** Nobody dials in the same moment as everybody else. */
function pause(): number {
  return 250 + Math.random() * 750
}

function talk(senders: Sender[], everyMs: number): () => void {
  let n = 0
  const timer = setInterval(() => {
    n += 1
    for (const sender of senders) sender.post(`w-${n}`, `message ${n} of ${sender.person.nickname}`)
  }, everyMs)
  return () => clearInterval(timer)
}

/** When somebody was greeted after this moment; null when nobody greets them for too long. */
async function untilGreeted({ visits }: { visits: Visits }, after: number): Promise<number | null> {
  const isGreeted = (): number | undefined => visits.greetings.find((moment) => moment > after)
  const greetedAt = await waitUntil(isGreeted, 'a greeting', 15_000).catch(() => undefined)
  return greetedAt ?? null
}

async function compare(server: RunningServer, senders: Sender[], readers: Listener[]) {
  const [first] = senders
  if (first === undefined) throw new Error('somebody talks')
  const stored = await history(server, first.person, 1)
  const places = new Map(
    stored.map(({ seq, sender, client_id: clientId }) => [seq, `${sender.id}-${clientId}`]),
  )
  await Promise.all(readers.map((reader) => reader.until(stored.length)))
  const acknowledged = senders.flatMap((sender) => sender.acknowledged)
  const bySeq = new Map(stored.map((message) => [message.seq, message]))
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter(({ seq, clientId }) => bySeq.get(seq)?.client_id !== clientId).length,
    doubled: stored.length - new Set(places.values()).size,
    missing: readers.reduce((sum, { knowledge }) => sum + places.size - knowledge.size, 0),
    contradictions: readers.reduce((sum, reader) => sum + reader.contradictions(), 0),
  }
}
