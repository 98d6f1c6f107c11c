import type { Chat } from '../chat/chat'
import { catchUp } from '../chat/messages/catch-up'
import {
  type ChangeAnswer,
  deleteMessage,
  editMessage,
  setReaction,
} from '../chat/messages/change-message'
import { isSignedIn } from '../chat/people/account'
import type { ReadMarkers } from '../chat/rooms/read-markers'
import type { PostAnswer, PostMessage } from '../chat/messages/post-message'
import type { Typing } from '../chat/messages/typing'
import { createPong } from '../chat/rooms/rooms'
import { ChatError } from '../server/errors'
import {
  chargeForChange,
  consumeForMessage,
  consumeForUser,
  type RateLimits,
} from '../server/rate-limits'
import type { FairQueue } from '../server/fair-queue'
import type { Connections, Socket } from './connections'
import type { Frame } from './frames'
import { fail, refuse, reply, runAsync } from './replies'

export type SocketDeps = {
  chat: Chat
  connections: Connections
  postMessage: PostMessage
  typing: Typing
  readMarkers: ReadMarkers
  rateLimits: RateLimits
  inTurn: FairQueue
}

/**
 * Calls the operation of a well-formed frame. Never awaits: the reply follows when the work is
 * done. Throws ChatError for a frame that is refused at once.
 */
export function dispatch(deps: SocketDeps, socket: Socket, frame: Frame): void {
  const { chat } = deps
  const { user } = socket.data.visitor
  switch (frame.type) {
    case 'message.post':
      return post(deps, socket, frame)
    case 'message.edit':
      return change(deps, socket, frame, () => editMessage(chat, user.id, frame), frame.content)
    case 'message.delete':
      return change(deps, socket, frame, () => deleteMessage(chat, user.id, frame))
    case 'reaction.set':
      return change(deps, socket, frame, () => setReaction(chat, user.id, frame))
    case 'read':
    case 'unread':
      return deps.readMarkers.move(socket.data.visitor, frame)
    case 'typing':
      // Only in rooms of this socket: nobody else may appear there.
      return void (
        socket.data.rooms.has(frame.room) && deps.typing.mark(frame.room, user.id, frame.isActive)
      )
    case 'presence':
      return setAway(chat, socket, frame.isAway)
    case 'resume':
      return resume(deps, socket, frame)
    case 'ping':
      return runAsync(chat, socket, 'ping', async () =>
        reply(socket, await createPong(chat, user.id)),
      )
  }
}

function setAway(chat: Chat, socket: Socket, isAway: boolean): void {
  if (socket.data.isAway === isAway) return
  socket.data.isAway = isAway
  chat.presence.setAway(socket.data.visitor.user.id, isAway)
}

function post(
  { postMessage, rateLimits }: SocketDeps,
  socket: Socket,
  { room, message }: Frame & { type: 'message.post' },
): void {
  const { visitor } = socket.data
  consumeForMessage(rateLimits, visitor, message.content)
  postMessage({ ...message, room }, visitor, (answer) =>
    replyToRequest(socket, message.clientId, answer),
  )
}

/** Changes a message, and replies when the change is stored. */
function change(
  { chat, rateLimits, inTurn }: SocketDeps,
  socket: Socket,
  { type, clientId }: { type: string; clientId: string },
  work: () => Promise<ChangeAnswer>,
  content = '',
): void {
  const { visitor } = socket.data
  consumeForMessage(rateLimits, visitor, content)
  const run = async (): Promise<void> => {
    // Rendering a large message takes long: posts of others come between two changes.
    const { answer, units } = await inTurn(visitor.address, async () => {
      // While it waited for its turn the device may have been signed out.
      if (!(await isSignedIn(chat, visitor))) throw new ChatError('not_signed_in')
      return work()
    })
    chargeForChange(rateLimits, visitor, { content, units })
    replyToRequest(socket, clientId, answer)
  }
  runAsync(chat, socket, type, run, clientId)
}

function replyToRequest(socket: Socket, clientId: string, answer: PostAnswer): void {
  if (answer.type === 'accepted') reply(socket, answer)
  else refuse(socket, clientId, answer.code, answer.retryMs)
}

function resume(
  { chat, rateLimits }: SocketDeps,
  socket: Socket,
  frame: Frame & { type: 'resume' },
): void {
  const { visitor, subprotocol } = socket.data
  consumeForUser(rateLimits, 'catchUps', visitor)
  const outlet = {
    subprotocol,
    send: (text: string): void => void (socket.data.isOpen && socket.send(text)),
    drained: () => drained(socket),
  }
  // One after another: two replays at once would only fill the same buffer twice.
  socket.data.catchingUp = socket.data.catchingUp.then(() =>
    catchUp(chat, visitor.user.id, frame, outlet).catch((fault) =>
      fail(chat, socket, 'resume', fault),
    ),
  )
}

const drainPollMs = 20

/** Waits until the socket's buffer is empty; false when the socket closed. */
async function drained(socket: Socket): Promise<boolean> {
  // Pauses even when nothing is buffered: other sockets get their turn between two pages.
  do await Bun.sleep(socket.getBufferedAmount() > 0 ? drainPollMs : 0)
  while (socket.data.isOpen && socket.getBufferedAmount() > 0)
  return socket.data.isOpen
}
