import type { Chat } from '../chat'
import { tell } from '../rooms/membership'

/**
 * Moves a person's read marker in a room back to before `seq`, on all their devices. A room the
 * person is not in is nothing at all.
 */
export async function markUnread(
  chat: Chat,
  userId: number,
  roomId: number,
  seq: number,
): Promise<void> {
  const room = await chat.store.rooms.find(userId, roomId)
  if (room === null) return
  await chat.store.rooms.markUnread(room, userId, seq)
  const left = await chat.store.rooms.find(userId, roomId)
  if (left === null) return
  const { readSeq, unread, mentions } = left
  tell(chat, userId, { type: 'read', room: roomId, seq: readSeq, unread, mentions })
}
