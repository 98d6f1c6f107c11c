import type { ServerWebSocket } from 'bun'
import type { Visitor } from '../chat/chat'
import { limits } from '../limits'
import type { Subprotocol } from './topics'

export type SocketState = {
  visitor: Visitor
  subprotocol: Subprotocol
  rooms: number[]
  /** Monotonic time of the last frame. */
  heardAt: number
  isOpen: boolean
  /** Events waiting to leave together at the end of this turn. */
  outgoing: string[]
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
  hasRoomFor: (visitor: Visitor) => boolean
  /** Ends the sockets that have been silent for too long, whatever the kernel believes of them. */
  sweep: (now: number) => void
}

/** Makes the registry of open sockets. */
export function createConnections(): Connections {
  const open = new Set<Socket>()
  const bySession = new Map<string, Set<Socket>>()
  const addressCounts = new Map<string, number>()

  return {
    add(socket) {
      const { session, address } = socket.data.visitor
      open.add(socket)
      bySession.set(session, (bySession.get(session) ?? new Set()).add(socket))
      addressCounts.set(address, (addressCounts.get(address) ?? 0) + 1)
    },
    remove(socket) {
      const { session, address } = socket.data.visitor
      if (!open.delete(socket)) return
      const siblings = bySession.get(session)
      siblings?.delete(socket)
      if (siblings?.size === 0) bySession.delete(session)
      const count = (addressCounts.get(address) ?? 1) - 1
      if (count === 0) addressCounts.delete(address)
      else addressCounts.set(address, count)
    },
    all: () => open,
    ofSession: (session) => [...(bySession.get(session) ?? [])],
    hasRoomFor({ session, address }) {
      const ofSession = bySession.get(session)?.size ?? 0
      const ofAddress = addressCounts.get(address) ?? 0
      return ofSession < limits.socketsPerSessionMax && ofAddress < limits.socketsPerAddressMax
    },
    sweep(now) {
      for (const socket of open) {
        if (now - socket.data.heardAt > limits.silenceMsMax) socket.terminate()
      }
    },
  }
}
