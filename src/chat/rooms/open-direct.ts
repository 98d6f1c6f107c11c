import { ChatError } from '../../server/errors'
import type { Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { welcome } from './membership'

/**
 * Finds or makes the one direct room of two people; however many ask at once, it is one. The other
 * person sees it with the first message. Throws `person_missing` for oneself and for nobody.
 */
export async function openDirect(chat: Chat, user: User, otherId: number): Promise<Room> {
  const room = await chat.store.rooms.direct(user.id, otherId, chat.now())
  if (room?.pair == null) throw new ChatError('person_missing')
  if (room.revision > 0) return room
  for (const person of room.pair) {
    const seen = await chat.store.rooms.find(person.id, room.id)
    if (seen !== null) welcome(chat, person, seen)
  }
  return room
}
