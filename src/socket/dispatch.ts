import { type Spend, spendFor, spendOnMessage } from '../server/rate-limits'
import { catchUp } from '../chat/messages/catch-up'
import type { Chat } from '../chat/chat'
import { deleteMessage, editMessage, setReaction } from '../chat/messages/change-message'
import { createPong } from '../chat/rooms/rooms'
import { markRead, markUnread } from '../chat/messages/mark-read'
import type { PostAnswer, PostMessage } from '../chat/messages/post-message'
import type { Typing } from '../chat/messages/typing'
import { ChatError } from '../server/errors'
import { fail, later, refuse, say } from './replies'
import type { Socket } from './connections'
import type { Frame } from './frames'

export type ActNeeds = { chat: Chat; postMessage: PostMessage; typing: Typing; spend: Spend }

/** Does what a well-formed frame asks for, by its verb; never awaits, answers when it is done. */
export function act(needs: ActNeeds, socket: Socket, frame: Frame): void {
  const { chat } = needs
  const { user } = socket.data.visitor
  switch (frame.type) {
    case 'message.post':
      return post(needs, socket, frame)
    case 'message.edit':
    case 'message.delete':
    case 'reaction.set':
      return change(needs, socket, frame)
    case 'read':
      return later(chat, socket, 'read', () => markRead(chat, user.id, frame.room, frame.seq))
    case 'unread':
      return later(chat, socket, 'unread', () => markUnread(chat, user.id, frame.room, frame.seq))
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
      return later(chat, socket, 'ping', async () => say(socket, await createPong(chat, user.id)))
  }
}

function setAway(chat: Chat, socket: Socket, isAway: boolean): void {
  if (socket.data.isAway === isAway) return
  socket.data.isAway = isAway
  chat.presence.setAway(socket.data.visitor.user.id, isAway)
}

function post(needs: ActNeeds, socket: Socket, frame: Frame & { type: 'message.post' }): void {
  const { postMessage, spend } = needs
  const { user } = socket.data.visitor
  const { clientId, content } = frame.message
  const retryMs = spendOnMessage(spend, socket.data.visitor, content)
  if (retryMs > 0) return refuse(socket, clientId, 'too_many', retryMs)
  const answer = (answered: PostAnswer): void => {
    if (answered.type === 'accepted') say(socket, answered)
    else refuse(socket, clientId, answered.code, answered.retryMs)
  }
  try {
    const { room, message } = frame
    postMessage({ ...message, room, author: user.id }, answer)
  } catch (fault) {
    if (!(fault instanceof ChatError)) throw fault
    refuse(socket, clientId, fault.code, fault.retryMs)
  }
}

type Change = Frame & { type: 'message.edit' | 'message.delete' | 'reaction.set' }

function change(needs: ActNeeds, socket: Socket, frame: Change): void {
  const { chat, spend } = needs
  const { user } = socket.data.visitor
  const content = 'content' in frame ? frame.content : ''
  const retryMs = spendOnMessage(spend, socket.data.visitor, content)
  if (retryMs > 0) return refuse(socket, frame.clientId, 'too_many', retryMs)
  const work = async (): Promise<void> => {
    const answered = await changeMessage(chat, user.id, frame)
    if (answered.type === 'accepted') say(socket, answered)
    else refuse(socket, frame.clientId, answered.code)
  }
  later(chat, socket, frame.type, work, frame.clientId)
}

function changeMessage(chat: Chat, user: number, frame: Change): Promise<PostAnswer> {
  switch (frame.type) {
    case 'message.edit':
      return editMessage(chat, user, frame)
    case 'message.delete':
      return deleteMessage(chat, user, frame)
    case 'reaction.set':
      return setReaction(chat, user, frame)
  }
}

function resume(needs: ActNeeds, socket: Socket, frame: Frame & { type: 'resume' }): void {
  const { chat, spend } = needs
  const { visitor, subprotocol } = socket.data
  const retryMs = spendFor(spend, 'catchUps', visitor)
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
