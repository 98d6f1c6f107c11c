import { ChatError } from '../../server/errors'
import type { Room } from '../../store/store'
import type { Chat } from '../chat'
import { farewell } from './membership'

/** Leaves a room. Throws `room_stays`: the first room and direct rooms are nobody's to leave. */
export async function leaveRoom(chat: Chat, room: Room, userId: number): Promise<void> {
  const first = await chat.store.rooms.first()
  if (room.kind === 'direct' || room.id === first) throw new ChatError('room_stays')
  if (await chat.store.rooms.leave(room, userId)) farewell(chat, userId, room.id)
}

/** Puts somebody out of a room one owns. Throws `owner_only`; oneself is put out by leaving. */
export async function removeMember(
  chat: Chat,
  room: Room,
  ownerId: number,
  userId: number,
): Promise<void> {
  if (room.role !== 'owner') throw new ChatError('owner_only')
  if (userId === ownerId) return leaveRoom(chat, room, ownerId)
  if (await chat.store.rooms.leave(room, userId)) farewell(chat, userId, room.id)
}
