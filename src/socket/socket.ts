import type { Server, WebSocketHandler } from 'bun'
import { spendFor } from '../server/rate-limits'
import type { Visitor } from '../chat/chat'
import { createHello } from '../chat/rooms/rooms'
import { ChatError } from '../server/errors'
import { guard } from '../server/guard'
import { serverLimits } from '../server/limits'
import { act, type ActNeeds } from './dispatch'
import { later, refuse, say } from './replies'
import { type Connections, hearRoom, type Socket, type SocketState } from './connections'
import { parseFrame } from './frames'
import { chooseSubprotocol, topicOf } from './topics'

/** Bun's own idle timer is only a second net: any send restarts it. */
const socketIdleSecondsMax = 120

export type SocketDoor = {
  upgrade: (
    server: Server<SocketState>,
    request: Request,
    visitor: Visitor,
    rooms: number[],
  ) => void
  websocket: WebSocketHandler<SocketState>
}

type Needs = ActNeeds & { connections: Connections }

/**
 * The socket door: bytes to frames to verbs, and back. Every callback is guarded, as one exception
 * in it would end the process; no callback awaits, as Bun would run the next one meanwhile.
 */
export function createSocketDoor(needs: Needs): SocketDoor {
  const { chat, connections } = needs
  const endSocket = (socket: Socket): void => socket.close(1011, 'internal')
  return {
    upgrade: (server, request, visitor, rooms) =>
      upgrade(needs, { server, request, visitor, rooms }),
    websocket: {
      maxPayloadLength: serverLimits.frameBytesMax,
      backpressureLimit: serverLimits.outboundBytesMax,
      closeOnBackpressureLimit: true,
      idleTimeout: socketIdleSecondsMax,
      open: guard(chat.log, 'socket.open', (socket) => open(needs, socket), endSocket),
      message: guard(
        chat.log,
        'socket.message',
        (socket: Socket, raw: string | Buffer) => receive(needs, socket, raw),
        endSocket,
      ),
      ping: guard(chat.log, 'socket.ping', (socket) => hearPing(needs, socket), endSocket),
      pong: hearSign,
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

/** Bun answers each; a flood of them is ended, and costs the same as one of frames. */
function hearPing({ spend }: Needs, socket: Socket): void {
  hearSign(socket)
  if (spendFor(spend, 'frames', socket.data.visitor) > 0) socket.terminate()
}

function hearSign(socket: Socket): void {
  socket.data.heardAt = performance.now()
}

type Upgrade = {
  server: Server<SocketState>
  request: Request
  visitor: Visitor
  rooms: number[]
}

/** Throws `sockets_too_many` or `bad_request`; nothing may run after the upgrade itself. */
function upgrade(
  { chat, connections, spend }: Needs,
  { server, request, visitor, rooms }: Upgrade,
): void {
  const subprotocol = chooseSubprotocol(request.headers.get('sec-websocket-protocol'))
  if (subprotocol === null) throw new ChatError('bad_request')
  const retryMs = spend('handshakes', visitor.address)
  if (retryMs > 0) throw new ChatError('sockets_too_many', retryMs)
  const isCrowded = chat.config.rateLimits && !connections.hasRoomFor(visitor)
  if (isCrowded) throw new ChatError('sockets_too_many', 10_000)
  const state: SocketState = {
    visitor,
    subprotocol,
    rooms: new Set(rooms),
    isAway: false,
    heardAt: performance.now(),
    isOpen: true,
    outgoing: [],
    catchingUp: Promise.resolve(),
  }
  const isOffered = request.headers.has('sec-websocket-protocol')
  const headers = isOffered ? { 'sec-websocket-protocol': `chatroom.${subprotocol}` } : {}
  if (!server.upgrade(request, { data: state, headers })) throw new ChatError('bad_request')
}

/** Subscribes first and takes the snapshot after, so that nothing falls between the two. */
function open({ chat, connections }: Needs, socket: Socket): void {
  const { visitor, subprotocol, rooms } = socket.data
  socket.subscribe(topicOf('everyone', subprotocol))
  socket.subscribe(topicOf({ user: visitor.user.id }, subprotocol))
  for (const room of rooms) hearRoom(socket, room)
  connections.add(socket)
  chat.presence.arrive(visitor.user, rooms)
  later(chat, socket, 'greet', async () => {
    const hello = await createHello(chat, visitor.user)
    // Between the upgrade and here somebody may have been put out, or brought in.
    const now = new Set(hello.rooms.map(({ id }) => id))
    for (const room of rooms) if (!now.has(room)) chat.unsubscribeUser(visitor.user.id, room)
    for (const room of now) if (!rooms.has(room)) chat.subscribeUser(visitor.user.id, room)
    say(socket, hello)
  })
}

/** Size was checked by Bun; then rate, parse, shape, and into the verb. */
function receive(needs: Needs, socket: Socket, raw: string | Buffer): void {
  socket.data.heardAt = performance.now()
  if (typeof raw !== 'string') return socket.close(1003, 'text only')
  const retryMs = spendFor(needs.spend, 'frames', socket.data.visitor)
  if (retryMs > 0) return refuse(socket, null, 'too_many', retryMs)
  const frame = parseFrame(raw)
  if (frame.type === 'problem') return refuse(socket, frame.clientId, frame.code)
  act(needs, socket, frame)
}
