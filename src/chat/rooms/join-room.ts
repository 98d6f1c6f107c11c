import { ChatError } from '../../server/errors'
import type { Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { welcome } from './membership'

/**
 * Goes into an open room. Throws `room_missing` for one that is closed or is not there, which are
 * the same.
 */
export async function joinRoom(chat: Chat, user: User, roomId: number): Promise<Room> {
  const known = await chat.store.rooms.find(user.id, roomId)
  if (known !== null) return known
  const room = await chat.store.rooms.join(user.id, roomId, chat.now())
  if (room === null) throw new ChatError('room_missing')
  welcome(chat, user, room)
  return room
}

/** Brings somebody into a room one is in. Throws `person_missing`. */
export async function inviteMember(chat: Chat, room: Room, userId: number): Promise<void> {
  const user = await chat.store.users.find(userId)
  if (user === null || room.kind === 'direct') throw new ChatError('person_missing')
  if ((await chat.store.rooms.find(userId, room.id)) !== null) return
  const seen = await chat.store.rooms.invite(room, userId, chat.now())
  if (seen === null) throw new ChatError('person_missing')
  welcome(chat, user, seen)
}
