import { type ChatClient, historyRows, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { originOf, type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { below, type FaultTest, type Figures, unlike } from './promise'

type Size = {
  people: number
  flips: number
  /** The planted fault: what a room holds back is known a moment late. */
  late?: boolean
}

const small: Size = { people: 8, flips: 16 }

/** T27: people post by sockets, HTTP and polling while a host changes the switches of the room. */
export const held: FaultTest<Size> = {
  id: 'P27',
  says: 'A switch of a room holds for every message that is stored after it.',
  small,
  full: { people: 20, flips: 200 },
  run,
  broken: (figures, { flips }) => [
    ...unlike(figures, { lines: flips, afterHostsOnly: 0, tooEarly: 0 }),
    ...below(figures, { accepted: flips, refused: flips }),
  ],
  control: () => run({ ...small, late: true }),
}

const lateServer = {
  compiled: false,
  env: { BUN_OPTIONS: '--preload ./test/faults/late-switches.ts' },
}

/** Each differs from the one before it. */
const flips = [{ writers: 'hosts' }, { writers: 'everybody' }, { slow: '5000' }, { slow: '0' }]

type Talk = { accepted: number; refused: number; isOver: boolean }

async function run({ people, flips: count, late = false }: Size): Promise<Figures> {
  const planted = late ? lateServer : { env: {} }
  const env = { ...planted.env, CHATROOM_RATE_LIMITS: 'off' }
  await using server = await startServer({ ...planted, env })
  const host = await signIn(server, 'Hana')
  const room = await makeRoom(server, host, 'Held')
  const talk: Talk = { accepted: 0, refused: 0, isOver: false }
  const talking: Promise<void>[] = []
  for (let n = 0; n < people; n += 1) {
    const person = await signIn(server, `Talker ${n}x`)
    await sendForm(server, person, `/rooms/${room}/members`)
    talking.push(keepTalking(server, person, room, n, talk))
  }
  for (let n = 0; n < count; n += 1) {
    const before = talk.accepted + talk.refused
    const isTold = (): boolean => talk.accepted + talk.refused >= before + people
    await waitUntil(isTold, 'answers between two switches')
    const { status } = await sendForm(server, host, `/rooms/${room}/switches`, flips[n % 4])
    if (status !== 303) throw new Error(`A switch was answered with ${status}`)
  }
  talk.isOver = true
  await Promise.all(talking)
  const { accepted, refused } = talk
  return { accepted, refused, ...judge(await historyRows(server, host, room)) }
}

/** Everybody has a way of their own, and says the next thing when the last was answered. */
async function keepTalking(
  server: RunningServer,
  person: Person,
  room: number,
  way: number,
  talk: Talk,
): Promise<void> {
  const socket = way % 3 === 0 ? await openSocket(server, person) : null
  for (let n = 0; !talk.isOver; n += 1) {
    const message = { room, client_id: `${way}-${n}`, content: `said ${n}` }
    const isAccepted =
      socket === null
        ? await postByRequest(server, person, message, way % 3 === 1)
        : await postBySocket(socket, message)
    if (isAccepted) talk.accepted += 1
    else talk.refused += 1
  }
  await socket?.close()
}

type Message = { room: number; client_id: string; content: string }

async function postBySocket(socket: ChatClient, message: Message): Promise<boolean> {
  const { type } = await socket.post(message.room, message.client_id, message.content)
  return type === 'accepted'
}

async function postByRequest(
  server: RunningServer,
  { cookie }: Person,
  message: Message,
  isPolling: boolean,
): Promise<boolean> {
  const path = isPolling ? '/frames' : `/rooms/${message.room}/messages`
  const answer = await fetch(server.origin + path, {
    method: 'POST',
    headers: { Cookie: cookie, Origin: originOf(server), 'Content-Type': 'application/json' },
    body: JSON.stringify(isPolling ? { type: 'message.post', ...message } : message),
  })
  return /\\?"accepted/.test(await answer.text())
}

type Row = Awaited<ReturnType<typeof historyRows>>[number]

/** Reads the room as it was stored: each line of a switch, and the messages behind it. */
function judge(rows: Row[]) {
  const found = { lines: 0, afterHostsOnly: 0, tooEarly: 0 }
  const spokeAt = new Map<number, number>()
  let [writers, slowMs] = ['everybody', 0]
  for (const row of rows) {
    if (row.type === 'system' && (row.kind === 'writers' || row.kind === 'slow')) {
      found.lines += 1
      if (row.kind === 'writers') writers = row.to
      else slowMs = Number(row.to)
    }
    if (row.type !== 'message') continue
    const at = Date.parse(row.timestamp)
    if (writers === 'hosts') found.afterHostsOnly += 1
    if (at - (spokeAt.get(row.sender.id) ?? 0) < slowMs) found.tooEarly += 1
    spokeAt.set(row.sender.id, at)
  }
  return found
}
