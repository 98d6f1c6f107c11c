import type { Server, WebSocketHandler } from 'bun'
import type { Spend } from '../budgets'
import { catchUp } from '../chat/catch-up'
import type { Chat, Visitor } from '../chat/chat'
import { deleteMessage, editMessage } from '../chat/edit-message'
import { answerPing, greet } from '../chat/greet'
import { markRead } from '../chat/mark-read'
import type { PostAnswer, PostMessage } from '../chat/post-message'
import type { Typing } from '../chat/typing'
import { ChatError } from '../errors'
import { guard } from '../guard'
import { limits } from '../limits'
import { fail, later, refuse, say } from './answers'
import { type Connections, hearRoom, type Socket, type SocketState } from './connections'
import { type Frame, parseFrame } from './frames'
import { chooseSubprotocol, topicOf } from './topics'

export type SocketDoor = {
  upgrade: (
    server: Server<SocketState>,
    request: Request,
    visitor: Visitor,
    rooms: number[],
  ) => void
  websocket: WebSocketHandler<SocketState>
}

type Needs = {
  chat: Chat
  connections: Connections
  postMessage: PostMessage
  typing: Typing
  spend: Spend
}

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
      maxPayloadLength: limits.frameBytesMax,
      backpressureLimit: limits.outboundBytesMax,
      closeOnBackpressureLimit: true,
      idleTimeout: limits.socketIdleSecondsMax,
      open: guard(chat.log, 'socket.open', (socket) => open(needs, socket), endSocket),
      message: guard(
        chat.log,
        'socket.message',
        (socket: Socket, raw: string | Buffer) => receive(needs, socket, raw),
        endSocket,
      ),
      ping: hearSign,
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
    const hello = await greet(chat, visitor.user)
    // Between the upgrade and here somebody may have been put out, or brought in.
    const now = new Set(hello.rooms.map(({ id }) => id))
    for (const room of rooms) if (!now.has(room)) chat.expel(visitor.user.id, room)
    for (const room of now) if (!rooms.has(room)) chat.admit(visitor.user.id, room)
    say(socket, hello)
  })
}

/** Size was checked by Bun; then rate, parse, shape, and into the verb. */
function receive(needs: Needs, socket: Socket, raw: string | Buffer): void {
  socket.data.heardAt = performance.now()
  if (typeof raw !== 'string') return socket.close(1003, 'text only')
  const retryMs = needs.spend('frames', socket.data.visitor.session)
  if (retryMs > 0) return refuse(socket, null, 'too_many', retryMs)
  const frame = parseFrame(raw)
  if (frame.type === 'problem') return refuse(socket, frame.clientId, frame.code)
  act(needs, socket, frame)
}

function act(needs: Needs, socket: Socket, frame: Frame): void {
  const { chat } = needs
  const { user } = socket.data.visitor
  switch (frame.type) {
    case 'message.post':
      return post(needs, socket, frame)
    case 'message.edit':
    case 'message.delete':
      return change(needs, socket, frame)
    case 'read':
      return later(chat, socket, 'read', () => markRead(chat, user.id, frame.room, frame.seq))
    case 'typing':
      // Only where this socket hears the room: nobody is told of a room they are not in.
      return void (
        socket.data.rooms.has(frame.room) && needs.typing.mark(frame.room, user.id, frame.isActive)
      )
    case 'presence':
      return setAway(chat, socket, frame.isAway)
    case 'resume':
      return resume(needs, socket, frame)
    case 'ping':
      return later(chat, socket, 'ping', async () => say(socket, await answerPing(chat, user.id)))
  }
}

function setAway(chat: Chat, socket: Socket, isAway: boolean): void {
  if (socket.data.isAway === isAway) return
  socket.data.isAway = isAway
  chat.presence.setAway(socket.data.visitor.user.id, isAway)
}

function post(needs: Needs, socket: Socket, frame: Frame & { type: 'message.post' }): void {
  const { chat, postMessage, spend } = needs
  const { user, session } = socket.data.visitor
  const { clientId } = frame.message
  const retryMs = spend('messages', session)
  if (retryMs > 0) return refuse(socket, clientId, 'too_many', retryMs)
  const answer = (answered: PostAnswer): void => {
    if (answered.type === 'accepted') say(socket, answered)
    else refuse(socket, clientId, answered.code, answered.retryMs)
  }
  try {
    const { room, message } = frame
    postMessage({ ...message, room, author: user.id, createdAt: chat.now() }, answer)
  } catch (fault) {
    if (!(fault instanceof ChatError)) throw fault
    refuse(socket, clientId, fault.code, fault.retryMs)
  }
}

type Change = Frame & { type: 'message.edit' | 'message.delete' }

function change(needs: Needs, socket: Socket, frame: Change): void {
  const { chat, spend } = needs
  const { user, session } = socket.data.visitor
  const retryMs = spend('messages', session)
  if (retryMs > 0) return refuse(socket, frame.clientId, 'too_many', retryMs)
  later(chat, socket, frame.type, async () => {
    const answered =
      frame.type === 'message.edit'
        ? await editMessage(chat, user.id, frame)
        : await deleteMessage(chat, user.id, frame)
    if (answered.type === 'accepted') say(socket, answered)
    else refuse(socket, frame.clientId, answered.code)
  })
}

function resume(needs: Needs, socket: Socket, frame: Frame & { type: 'resume' }): void {
  const { chat, spend } = needs
  const { visitor, subprotocol } = socket.data
  const retryMs = spend('catchUps', visitor.session)
  if (retryMs > 0) return refuse(socket, null, 'too_many', retryMs)
  const outlet = {
    subprotocol,
    send: (text: string): void => void (socket.data.isOpen && socket.send(text)),
    drained: () => drained(socket),
  }
  // One after another: two replays at once would only fill the same buffer twice.
  socket.data.catchingUp = socket.data.catchingUp.then(() =>
    catchUp(chat, visitor.user.id, frame, outlet).catch((fault) => fail(chat, socket, fault)),
  )
}

const drainPollMs = 20

async function drained(socket: Socket): Promise<boolean> {
  // A pause even when nothing waits: others get their turn between two pages.
  do await Bun.sleep(socket.getBufferedAmount() > 0 ? drainPollMs : 0)
  while (socket.data.isOpen && socket.getBufferedAmount() > 0)
  return socket.data.isOpen
}
