import { type Address, dial, type Person, postFrame, type ScriptSocket } from '../helpers/client'
import { readFrame } from '../helpers/frames'
import { recordVisits, soon, type Visits } from './visits'
import { waitUntil } from '../helpers/wait'

export type Acknowledged = { clientId: string; seq: number; content: string }

/** A person's script that keeps talking, with an outbox, through whatever happens to the server. */
export type Sender = {
  person: Person
  room: number
  /** What the server has accepted, in the order of its answers. */
  acknowledged: Acknowledged[]
  /** Answers that named another place for a message than the first one did. */
  renumbered: number
  visits: Visits
  unanswered: () => number
  post: (clientId: string, content: string) => void
  /** Drops the connection; it comes back by itself. */
  cut: () => void
  close: () => void
}

/**
 * Makes a sender into a room. Every message is sent again, with the same id, until it is answered;
 * an answered one never again, so that what was acknowledged and is gone stays gone.
 */
export function createSender(server: Address, person: Person, room = 1, retryMs = soon): Sender {
  const outbox = new Map<string, string>()
  const seqs = new Map<string, number>()
  const acknowledged: Acknowledged[] = []
  const visits = recordVisits()
  let socket: ScriptSocket | null = null
  let isClosed = false
  let renumbered = 0

  const connect = (): void => {
    if (isClosed) return
    const opened = dial(server, person)
    opened.onmessage = ({ data }) => hear(opened, String(data))
    opened.onclose = ({ code }) => {
      visits.end(code)
      if (socket === opened) socket = null
      setTimeout(connect, retryMs())
    }
  }
  const hear = (opened: ScriptSocket, text: string): void => {
    for (const event of readFrame(text)) {
      if (event.type === 'hello') {
        socket = opened
        visits.begin()
        for (const [clientId, content] of outbox) send(clientId, content)
      }
      if (event.type === 'accepted') accept(event.client_id, event.seq)
    }
  }
  const accept = (clientId: string, seq: number): void => {
    const content = outbox.get(clientId)
    if (seqs.has(clientId) && seqs.get(clientId) !== seq) renumbered += 1
    if (content === undefined) return
    outbox.delete(clientId)
    seqs.set(clientId, seq)
    acknowledged.push({ clientId, seq, content })
  }
  const send = (clientId: string, content: string): void =>
    say(socket, postFrame(room, clientId, content))
  connect()
  return {
    person,
    room,
    acknowledged,
    visits,
    get renumbered() {
      return renumbered
    },
    unanswered: () => outbox.size,
    post(clientId, content) {
      outbox.set(clientId, content)
      send(clientId, content)
    },
    cut: () => socket?.terminate(),
    close() {
      isClosed = true
      socket?.close()
    },
  }
}

function say(socket: ScriptSocket | null, frame: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame))
}

/** Waits until every sender has its answers; fails when that takes too long. */
export async function allAnswered(senders: Sender[], ms = 30_000): Promise<void> {
  const isAnswered = (): boolean => senders.every((sender) => sender.unanswered() === 0)
  await waitUntil(isAnswered, 'an answer to every message', ms)
}
