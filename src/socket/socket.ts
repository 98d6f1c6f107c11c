import type { Server, WebSocketHandler } from 'bun'
import type { Chat, Visitor } from '../chat/chat'
import { hasNews } from '../chat/administration/reports'
import { isSignedIn } from '../chat/people/account'
import { createHello } from '../chat/rooms/rooms'
import { ChatError } from '../server/errors'
import { guard } from '../server/guard'
import { consumeForUser } from '../server/rate-limits'
import { serverLimits } from '../server/limits'
import { type Socket, type SocketState, type Subprotocol, topicOf } from './connections'
import { hear, type SocketDeps } from './dispatch'
import { fail, reply } from './replies'

/** Bun's own idle timer is only a second net, as any send restarts it. */
const socketIdleSecondsMax = 120

/** An upgrade request of a visitor, who is in `rooms`. */
type Upgrade = {
  server: Server<SocketState>
  request: Request
  visitor: Visitor
  rooms: number[]
}

type SocketLayer = {
  /** Throws `sockets_too_many` or `bad_request`. */
  upgrade: (upgrade: Upgrade) => void
  websocket: WebSocketHandler<SocketState>
}

/**
 * The socket layer: bytes to frames to operations, and replies back. Every callback is guarded,
 * as an exception in it ends the process. No callback awaits, as Bun would run the next meanwhile.
 */
export function createSocketLayer(deps: SocketDeps): SocketLayer {
  const { chat, connections } = deps
  const endSocket = (socket: Socket): void => socket.close(1011, 'internal')
  return {
    upgrade: (request) => upgrade(deps, request),
    websocket: {
      maxPayloadLength: serverLimits.frameBytesMax,
      backpressureLimit: serverLimits.outboundBytesMax,
      closeOnBackpressureLimit: true,
      idleTimeout: socketIdleSecondsMax,
      open: guard(chat.log, 'socket.open', (socket) => open(deps, socket), endSocket),
      message: guard(
        chat.log,
        'socket.message',
        (socket: Socket, raw: string | Buffer) => receive(deps, socket, raw),
        endSocket,
      ),
      ping: guard(chat.log, 'socket.ping', (socket) => receivePing(deps, socket), endSocket),
      pong: markAlive,
      close: guard(chat.log, 'socket.close', (socket) => {
        socket.data.isOpen = false
        connections.remove(socket)
        chat.presence.leave(socket.data.visitor.user.id, socket.data.isAway)
      }),
      error: (fault, socket) => {
        chat.log('socket.error', { where: fault?.name ?? 'unknown' })
        socket?.close(1011, 'internal')
      },
    },
  }
}

/** Checks, then upgrades; nothing may run after the upgrade itself. */
function upgrade(
  { chat, connections, rateLimits }: SocketDeps,
  { server, request, visitor, rooms }: Upgrade,
): void {
  const offered = request.headers.get('sec-websocket-protocol')
  const subprotocol = chooseSubprotocol(offered)
  if (subprotocol === null) throw new ChatError('bad_request')
  consumeForUser(rateLimits, 'handshakes', visitor, 'sockets_too_many')
  const isFull = chat.config.rateLimits && !connections.hasRoomFor(visitor)
  if (isFull) throw new ChatError('sockets_too_many', fullRetryMs)
  const data: SocketState = {
    visitor,
    subprotocol,
    rooms: new Set(chat.nodes === null ? rooms : []),
    isAway: false,
    heardAt: performance.now(),
    isOpen: true,
    outgoing: [],
    catchingUp: Promise.resolve(),
    changing: Promise.resolve(),
  }
  const headers = offered === null ? {} : { 'sec-websocket-protocol': `chatroom.${subprotocol}` }
  if (!server.upgrade(request, { data, headers })) throw new ChatError('bad_request')
}

const fullRetryMs = 10_000

/** The subprotocol of a client: `html` when it names none, null when it names only others. */
function chooseSubprotocol(offered: string | null): Subprotocol | null {
  if (offered === null) return 'html'
  const names = offered.split(',').map((name) => name.trim())
  if (names.includes('chatroom.html')) return 'html'
  return names.includes('chatroom.json') ? 'json' : null
}

/** Subscribes before it reads the snapshot, so that no event falls between the two. */
function open({ chat, connections, publishing }: SocketDeps, socket: Socket): void {
  const { visitor, subprotocol, rooms } = socket.data
  // What waits for the others is in the snapshot.
  publishing.flush()
  socket.subscribe(topicOf('everyone', subprotocol))
  socket.subscribe(topicOf({ user: visitor.user.id }, subprotocol))
  connections.add(socket)
  chat.presence.arrive(visitor.user, rooms)
  // Without a greeting a page waits for nothing: it must come again.
  greet(chat, socket).catch((fault) => fail(chat, socket, 'hello', fault))
}

async function greet(chat: Chat, socket: Socket): Promise<void> {
  const { visitor } = socket.data
  // The session may have ended since the upgrade was checked…
  if (!(await isSignedIn(chat, visitor))) return socket.close(4401, 'signed out')
  await chat.nodes?.enter(visitor.user.id)
  const hello = await createHello(chat, visitor.user)
  if (chat.nodes === null) await resubscribe(chat, socket)
  reply(socket, hello)
  const session = Uint8Array.fromHex(visitor.session)
  const link = await chat.store.deviceLinks.ofSession(session, chat.now())
  if (link?.claim != null) reply(socket, { type: 'device.link' })
  if (await hasNews(chat, session)) reply(socket, { type: 'notice' })
}

/** The user's rooms, of which the greeting names only some, may have changed since the upgrade. */
async function resubscribe(chat: Chat, { data: { rooms, visitor } }: Socket): Promise<void> {
  const heads = await chat.store.rooms.heads(visitor.user.id)
  const now = new Set(heads.map(({ id }) => id))
  for (const room of rooms) if (!now.has(room)) chat.unsubscribeUser(visitor.user.id, room)
  for (const room of now) if (!rooms.has(room)) chat.subscribeUser(visitor.user.id, room)
}

/** Bun checked the size. */
function receive(deps: SocketDeps, socket: Socket, raw: string | Buffer): void {
  markAlive(socket)
  if (typeof raw !== 'string') return socket.close(1003, 'text only')
  void hear(deps, socket, raw)
}

/** Bun answers a ping. It costs as much as a frame; a flood of them ends the socket. */
function receivePing({ rateLimits }: SocketDeps, socket: Socket): void {
  markAlive(socket)
  try {
    consumeForUser(rateLimits, 'frames', socket.data.visitor)
  } catch {
    socket.terminate()
  }
}

function markAlive(socket: Socket): void {
  socket.data.heardAt = performance.now()
}
