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
import type { Connections, Peer } from './connections'
import { clientIdOf, type Frame, parseFrame } from './frames'
import type { Publishing } from './publishing'
import { fail, refuse, reply, runAsync } from './replies'

export type SocketDeps = {
  chat: Chat
  connections: Connections
  publishing: Pick<Publishing, 'flush'>
  postMessage: PostMessage
  typing: Typing
  readMarkers: ReadMarkers
  rateLimits: RateLimits
  inTurn: FairQueue
}

/** What is left to do for a frame: nothing, or until its reply is given. Never rejects. */
type Answered = Promise<void> | void

/** Checks rate and shape of a frame, and does what it asks for or refuses it. */
export function hear(deps: SocketDeps, peer: Peer, text: string): Answered {
  let clientId: string | null = null
  try {
    consumeForUser(deps.rateLimits, 'frames', peer.data.visitor)
    const frame = parseFrame(text)
    clientId = clientIdOf(frame)
    if (frame.type === 'problem') throw new ChatError(frame.code)
    return dispatch(deps, peer, frame)
  } catch (fault) {
    if (!(fault instanceof ChatError)) throw fault
    refuse(peer, clientId, fault.code, fault.retryMs)
  }
}

/**
 * Calls the operation of a well-formed frame. Never awaits: the reply follows when the work is
 * done. Throws ChatError for a frame that is refused at once.
 */
function dispatch(deps: SocketDeps, peer: Peer, frame: Frame): Answered {
  const { chat } = deps
  const { user } = peer.data.visitor
  switch (frame.type) {
    case 'message.post':
      return post(deps, peer, frame)
    case 'message.edit':
      return change(deps, peer, frame, () => editMessage(chat, user.id, frame), frame.content)
    case 'message.delete':
      return change(deps, peer, frame, () => deleteMessage(chat, user.id, frame))
    case 'reaction.set':
      return change(deps, peer, frame, () => setReaction(chat, user.id, frame))
    case 'read':
    case 'unread':
      return deps.readMarkers.move(peer.data.visitor, frame)
    case 'typing':
      return runAsync(chat, peer, 'typing', () => markTyping(deps, peer, frame))
    case 'presence':
      return setAway(chat, peer, frame.isAway)
    case 'resume':
      return resume(deps, peer, frame)
    case 'ping':
      return runAsync(chat, peer, 'ping', async () => reply(peer, await createPong(chat, user.id)))
  }
}

/** Only in rooms in which this person may write: nobody else may appear there. */
async function markTyping(
  { chat, typing }: SocketDeps,
  peer: Peer,
  { room, isActive }: Frame & { type: 'typing' },
): Promise<void> {
  const userId = peer.data.visitor.user.id
  const mayWrite = await chat.store.holds.mayWrite({ roomId: room, userId }, chat.now())
  const mayStop = !isActive && peer.data.rooms.has(room)
  if (mayWrite || mayStop) typing.mark(room, userId, isActive)
}

function setAway(chat: Chat, peer: Peer, isAway: boolean): void {
  if (peer.data.isAway === isAway) return
  peer.data.isAway = isAway
  chat.presence.setAway(peer.data.visitor.user.id, isAway)
}

function post(
  { postMessage, rateLimits }: SocketDeps,
  peer: Peer,
  { room, message }: Frame & { type: 'message.post' },
): Promise<void> {
  const { visitor } = peer.data
  consumeForMessage(rateLimits, visitor, message.content)
  const { promise, resolve } = Promise.withResolvers<void>()
  postMessage({ ...message, room }, visitor, (answer) => {
    replyToRequest(peer, message.clientId, answer)
    resolve()
  })
  return promise
}

/** Changes a message, and replies when the change is stored. */
function change(
  { chat, rateLimits, inTurn }: SocketDeps,
  peer: Peer,
  { type, clientId }: { type: string; clientId: string },
  work: () => Promise<ChangeAnswer>,
  content = '',
): Promise<void> {
  const { visitor, changing } = peer.data
  consumeForMessage(rateLimits, visitor, content)
  const run = async (): Promise<void> => {
    await changing
    // Rendering a large message takes long: posts of others come between two changes.
    const { answer, units } = await inTurn(visitor.address, async () => {
      // While it waited for its turn the device may have been signed out.
      if (!(await isSignedIn(chat, visitor))) throw new ChatError('not_signed_in')
      return work()
    })
    chargeForChange(rateLimits, visitor, { content, units })
    replyToRequest(peer, clientId, answer)
  }
  peer.data.changing = runAsync(chat, peer, type, run, clientId)
  return peer.data.changing
}

function replyToRequest(peer: Peer, clientId: string, answer: PostAnswer): void {
  if (answer.type === 'accepted') reply(peer, answer)
  else refuse(peer, clientId, answer.code, answer.retryMs)
}

function resume(
  { chat, rateLimits }: SocketDeps,
  peer: Peer,
  frame: Frame & { type: 'resume' },
): Promise<void> {
  const { visitor, subprotocol } = peer.data
  consumeForUser(rateLimits, 'catchUps', visitor)
  const outlet = {
    subprotocol,
    send: (text: string): void => void (peer.data.isOpen && peer.send(text)),
    drained: () => drained(peer),
  }
  // One after another: two replays at once would only fill the same buffer twice.
  peer.data.catchingUp = peer.data.catchingUp.then(() =>
    catchUp(chat, visitor.user.id, frame, outlet).catch((fault) =>
      fail(chat, peer, 'resume', fault),
    ),
  )
  return peer.data.catchingUp
}

const drainPollMs = 20

/** Waits until the socket's buffer is empty; false when the socket closed. */
async function drained(peer: Peer): Promise<boolean> {
  // Pauses even when nothing is buffered: other sockets get their turn between two pages.
  do await Bun.sleep(peer.getBufferedAmount() > 0 ? drainPollMs : 0)
  while (peer.data.isOpen && peer.getBufferedAmount() > 0)
  return peer.data.isOpen
}
