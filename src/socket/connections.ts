import type { ServerWebSocket } from 'bun'
import type { Visitor } from '../chat/chat'
import type { ChatEvent } from '../shared/protocol'
import { serverLimits } from '../server/limits'
import { type Subprotocol, topicOf } from './topics'

/** A socket that misses its heartbeat is pinged: hidden tabs may wake only once a minute. */
const pingAfterMs = 26_000
/** A socket silent for this long is closed: with sweep and grace, offline within a minute. */
const silenceMsMax = 44_000

export type SocketState = {
  visitor: Visitor
  subprotocol: Subprotocol
  /** The rooms it hears. */
  rooms: Set<number>
  /** Nobody is at its keyboard. */
  isAway: boolean
  /** Monotonic time of the last frame. */
  heardAt: number
  isOpen: boolean
  /** Events waiting to leave together at the end of this turn. */
  outgoing: ChatEvent[]
  /** Catch-ups run one after another per socket. */
  catchingUp: Promise<void>
}

export type Socket = ServerWebSocket<SocketState>

/** Every open socket, counted per session and per address. */
export type Connections = {
  add: (socket: Socket) => void
  remove: (socket: Socket) => void
  all: () => Iterable<Socket>
  ofSession: (session: string) => Socket[]
  /** Subscribes all sockets of a user to a room, or unsubscribes them. */
  subscribeUser: (userId: number, room: number) => void
  unsubscribeUser: (userId: number, room: number) => void
  /** Sends to the sockets of a room that have no bytes waiting. */
  publishIfIdle: (room: number, text: string) => void
  hasRoomFor: (visitor: Visitor) => boolean
  /** Ends the sockets that have been silent for too long, whatever the kernel believes of them. */
  sweep: (now: number) => void
}

/** Makes the registry of open sockets; `patience` is how long a silent one is believed. */
export function createConnections(
  patience: { pingAfterMs: number; silenceMsMax: number } = { pingAfterMs, silenceMsMax },
): Connections {
  const open = new Set<Socket>()
  const bySession = new Map<string, Set<Socket>>()
  const byUser = new Map<number, Set<Socket>>()
  const addressCounts = new Map<string, number>()

  return {
    add(socket) {
      const { session, address, user } = socket.data.visitor
      open.add(socket)
      addTo(bySession, session, socket)
      addTo(byUser, user.id, socket)
      addressCounts.set(address, (addressCounts.get(address) ?? 0) + 1)
    },
    remove(socket) {
      const { session, address, user } = socket.data.visitor
      if (!open.delete(socket)) return
      removeFrom(bySession, session, socket)
      removeFrom(byUser, user.id, socket)
      const count = (addressCounts.get(address) ?? 1) - 1
      if (count === 0) addressCounts.delete(address)
      else addressCounts.set(address, count)
    },
    all: () => open,
    ofSession: (session) => [...(bySession.get(session) ?? [])],
    subscribeUser(userId, room) {
      for (const socket of byUser.get(userId) ?? []) hearRoom(socket, room)
    },
    unsubscribeUser(userId, room) {
      for (const socket of byUser.get(userId) ?? []) {
        socket.unsubscribe(topicOf({ room }, socket.data.subprotocol))
        socket.data.rooms.delete(room)
      }
    },
    publishIfIdle(room, text) {
      for (const socket of open) {
        if (socket.data.rooms.has(room) && socket.getBufferedAmount() === 0) socket.send(text)
      }
    },
    hasRoomFor({ session, address }) {
      const ofSession = bySession.get(session)?.size ?? 0
      const ofAddress = addressCounts.get(address) ?? 0
      return (
        ofSession < serverLimits.socketsPerSessionMax &&
        ofAddress < serverLimits.socketsPerAddressMax
      )
    },
    sweep(now) {
      for (const socket of open) {
        const silence = now - socket.data.heardAt
        if (silence > patience.silenceMsMax) socket.terminate()
        // Answered by the browser itself, also for a tab that sleeps.
        else if (silence > patience.pingAfterMs) socket.ping()
      }
    },
  }
}

/** Lets one socket hear a room. */
export function hearRoom(socket: Socket, room: number): void {
  socket.subscribe(topicOf({ room }, socket.data.subprotocol))
  socket.data.rooms.add(room)
}

function addTo<Key>(sets: Map<Key, Set<Socket>>, key: Key, socket: Socket): void {
  sets.set(key, (sets.get(key) ?? new Set()).add(socket))
}

function removeFrom<Key>(sets: Map<Key, Set<Socket>>, key: Key, socket: Socket): void {
  const sockets = sets.get(key)
  sockets?.delete(socket)
  if (sockets?.size === 0) sets.delete(key)
}
