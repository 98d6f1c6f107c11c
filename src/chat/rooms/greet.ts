import type { User } from '../../store/store'
import type { Chat } from '../chat'
import { toSummary } from '../messages/events'
import type { ChatEvent } from '../../shared/protocol'

/** The first thing a socket hears: who it is, where it is, and how far each room has come. */
export async function greet(chat: Chat, user: User): Promise<ChatEvent & { type: 'hello' }> {
  const rooms = await chat.store.rooms.ofUser(user.id)
  return {
    type: 'hello',
    epoch: chat.store.epoch,
    build: chat.build,
    user,
    rooms: rooms.map((room) => toSummary(room, chat.presence.countIn(room.id))),
  }
}

/** Each room's newest revision, so that the loss of the very last frame is noticed. */
export async function answerPing(chat: Chat, userId: number): Promise<ChatEvent> {
  const rooms = await chat.store.rooms.heads(userId)
  const heads = Object.fromEntries(rooms.map((room) => [room.id, room.revision]))
  return { type: 'pong', heads }
}
