import { createPositions } from '../../src/island/timeline/positions'
import {
  type Address,
  dial,
  type Person,
  type ScriptSocket,
  type SocketOptions,
} from '../helpers/client'
import { type Heard, readFrame } from '../helpers/frames'
import { recordVisits, soon, type Visits } from './visits'
import { waitUntil } from '../helpers/wait'

/** Which message a client has seen at each place: author and client id by seq. */
export type Knowledge = Map<number, string>

export type Listener = {
  knowledge: Knowledge
  visits: Visits
  /** Places at which it was shown two different messages. */
  contradictions: () => number
  /** Waits until it knows, without a hole, everything up to this revision. */
  until: (revision: number) => Promise<void>
  cut: () => void
  close: () => void
}

/**
 * A person who only listens to room 1 and asks for what was missed after each interruption, with
 * the very bookkeeping that the browser uses.
 */
export function createListener(
  server: Address,
  person: Person,
  subprotocol: NonNullable<SocketOptions['subprotocol']>,
  retryMs = soon,
): Listener {
  const knowledge: Knowledge = new Map()
  let socket: ScriptSocket | null = null
  const visits = recordVisits()
  let epoch = ''
  let [isClosed, contradictions] = [false, 0]
  const positions = createPositions((room, after) => {
    if (socket?.readyState !== WebSocket.OPEN) return positions.interrupted()
    socket.send(JSON.stringify({ type: 'resume', epoch, rooms: { [room]: after } }))
  })
  positions.set(1, 0)

  const connect = (): void => {
    if (isClosed) return
    const opened = dial(server, person, { subprotocol })
    socket = opened
    opened.onmessage = ({ data }) => readFrame(String(data)).forEach(hear)
    opened.onclose = ({ code }) => {
      visits.end(code)
      positions.interrupted()
      setTimeout(connect, retryMs())
    }
  }
  const hear = (item: Heard): void => {
    switch (item.type) {
      case 'hello':
        epoch = item.epoch
        visits.begin()
        return positions.compare(1, item.rooms[0]?.revision ?? 0)
      case 'row':
        return learn(item.seq, item.revision, item.id)
      case 'message':
        return learn(item.seq, item.revision, `${item.sender.id}-${item.client_id}`)
      case 'caught_up':
        return positions.caughtUp(item.room, item.after, item.revision)
    }
  }
  const learn = (seq: number, revision: number, id: string): void => {
    if (knowledge.has(seq) && knowledge.get(seq) !== id) contradictions += 1
    knowledge.set(seq, id)
    positions.heard(1, revision)
  }
  connect()
  return {
    knowledge,
    visits,
    contradictions: () => contradictions,
    until: (revision) => untilKnown(person, () => positions.known(1), revision),
    cut: () => socket?.terminate(),
    close() {
      isClosed = true
      socket?.close()
    },
  }
}

async function untilKnown(person: Person, known: () => number, revision: number): Promise<void> {
  const what = `revision ${revision} at ${person.nickname}’s`
  await waitUntil(() => known() >= revision, what, 30_000)
}
