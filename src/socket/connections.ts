import type { ServerWebSocket } from 'bun'
import type { Visitor } from '../chat/chat'
import type { Audience } from '../chat/publication'
import type { ChatEvent } from '../shared/protocol'
import { type Awake, awake } from '../server/awake'
import { serverLimits } from '../server/limits'

export type Subprotocol = 'html' | 'json'

/** A silent socket is pinged after this: hidden tabs may wake only once a minute. */
const pingAfterMs = 26_000
/** Silent for this long it is closed; with sweep and grace, offline within a minute. */
const silenceMsMax = 44_000

export type SocketState = {
  visitor: Visitor
  subprotocol: Subprotocol
  /** The rooms it is subscribed to. */
  rooms: Set<number>
  /** Nobody is at its keyboard. */
  isAway: boolean
  /** Monotonic time of the last frame, ping or pong. */
  heardAt: number
  isOpen: boolean
  /** Replies that leave together at the end of this turn. */
  outgoing: ChatEvent[]
  /** Catch-ups run one after another per socket. */
  catchingUp: Promise<void>
  /** So do changes of messages: the last one sent is the last one made. */
  changing: Promise<void>
}

export type Socket = ServerWebSocket<SocketState>

/** Who sent a frame, and where its replies go: a socket, or a request (polling.ts). */
export type Peer = Pick<Socket, 'data' | 'send' | 'cork' | 'close' | 'getBufferedAmount'>

/** The registry of open sockets. */
export type Connections = {
  /** Registers a socket, and subscribes it to its rooms. */
  add: (socket: Socket) => void
  remove: (socket: Socket) => void
  all: () => Iterable<Socket>
  /** The sessions that they belong to. */
  sessions: () => Set<string>
  ofUser: (userId: number) => Socket[]
  /** The users who have one. */
  users: () => number[]
  countIn: (room: number) => number
  /** Whether each socket of a user, of whom there is one, is subscribed to the room. */
  isIn: (userId: number, room: number) => boolean
  /** Subscribes all sockets of a user to a room, or unsubscribes them. */
  subscribeUser: (userId: number, room: number) => void
  unsubscribeUser: (userId: number, room: number) => void
  /** Sends to the sockets of a room that have no bytes waiting. */
  publishIfIdle: (room: number, text: string) => void
  /** Whether the user and the address may open another socket. */
  hasRoomFor: (visitor: Visitor) => boolean
  /** Pings the sockets that are silent, and ends those that stay so. */
  sweep: () => void
}

/**
 * Makes the registry; `intervals` say when a silent socket is pinged, and when it is ended. Silence
 * is counted while this process could hear.
 */
export function createConnections(
  intervals: { pingAfterMs: number; silenceMsMax: number } = { pingAfterMs, silenceMsMax },
  { since }: Pick<Awake, 'since'> = awake,
): Connections {
  const open = new Set<Socket>()
  const byUser = createGroups<number>()
  const byAddress = createGroups<string>()
  const byRoom = createGroups<number>()

  return {
    add(socket) {
      const { address, user } = socket.data.visitor
      open.add(socket)
      byUser.add(user.id, socket)
      byAddress.add(address, socket)
      for (const room of socket.data.rooms) subscribe(byRoom, socket, room)
    },
    remove(socket) {
      const { address, user } = socket.data.visitor
      open.delete(socket)
      byUser.remove(user.id, socket)
      byAddress.remove(address, socket)
      for (const room of socket.data.rooms) byRoom.remove(room, socket)
    },
    all: () => open,
    sessions: () => new Set(Array.from(open, (socket) => socket.data.visitor.session)),
    ofUser: (userId) => [...byUser.of(userId)],
    users: () => byUser.keys(),
    countIn: (room) => byRoom.of(room).size,
    isIn: (userId, room) => areIn(byUser.of(userId), room),
    subscribeUser(userId, room) {
      for (const socket of byUser.of(userId)) subscribe(byRoom, socket, room)
    },
    unsubscribeUser(userId, room) {
      for (const socket of byUser.of(userId)) unsubscribe(byRoom, socket, room)
    },
    publishIfIdle(room, text) {
      for (const socket of byRoom.of(room)) {
        if (socket.getBufferedAmount() === 0) socket.send(text)
      }
    },
    hasRoomFor: ({ user, address }) =>
      byUser.of(user.id).size < serverLimits.socketsPerPersonMax &&
      byAddress.of(address).size < serverLimits.socketsPerAddressMax,
    sweep() {
      for (const socket of open) {
        const silence = since(socket.data.heardAt)
        if (silence > intervals.silenceMsMax) socket.terminate()
        // The browser itself answers a ping, even for a tab that sleeps.
        else if (silence > intervals.pingAfterMs) socket.ping()
      }
    },
  }
}

function areIn(sockets: ReadonlySet<Socket>, room: number): boolean {
  return sockets.size > 0 && [...sockets].every(({ data }) => data.rooms.has(room))
}

function subscribe(byRoom: Groups<number>, socket: Socket, room: number): void {
  socket.subscribe(topicOf({ room }, socket.data.subprotocol))
  socket.data.rooms.add(room)
  byRoom.add(room, socket)
}

function unsubscribe(byRoom: Groups<number>, socket: Socket, room: number): void {
  socket.unsubscribe(topicOf({ room }, socket.data.subprotocol))
  socket.data.rooms.delete(room)
  byRoom.remove(room, socket)
}

/** The pub/sub topic of an audience on one subprotocol. Bun has no wildcards in topics. */
export function topicOf(audience: Audience, subprotocol: Subprotocol): string {
  if (audience === 'everyone') return `everyone/${subprotocol}`
  return 'room' in audience
    ? `room/${audience.room}/${subprotocol}`
    : `user/${audience.user}/${subprotocol}`
}

type Groups<Key> = ReturnType<typeof createGroups<Key>>

/** Sockets by a key; a key without sockets is forgotten. */
function createGroups<Key>() {
  const groups = new Map<Key, Set<Socket>>()
  return {
    of: (key: Key): ReadonlySet<Socket> => groups.get(key) ?? none,
    keys: (): Key[] => [...groups.keys()],
    add: (key: Key, socket: Socket): void =>
      void groups.set(key, (groups.get(key) ?? new Set()).add(socket)),
    remove(key: Key, socket: Socket): void {
      const sockets = groups.get(key)
      sockets?.delete(socket)
      if (sockets?.size === 0) groups.delete(key)
    },
  }
}

const none: ReadonlySet<Socket> = new Set()
