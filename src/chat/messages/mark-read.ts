import type { Chat } from '../chat'
import { tell } from '../rooms/membership'

/**
 * Moves a person's read marker in a room forward to `seq` and tells the person's other tabs and
 * devices. A room the person is not in is nothing at all.
 */
export async function markRead(
  chat: Chat,
  userId: number,
  roomId: number,
  seq: number,
): Promise<void> {
  const room = await chat.store.rooms.find(userId, roomId)
  if (room === null || seq <= room.readSeq) return
  const readSeq = Math.min(seq, room.revision)
  await chat.store.rooms.markRead(room, userId, readSeq)
  const left = await chat.store.rooms.find(userId, roomId)
  if (left === null) return
  const { unread, mentions } = left
  tell(chat, userId, { type: 'read', room: roomId, seq: readSeq, unread, mentions })
}
