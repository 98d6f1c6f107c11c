import type { Chat } from '../chat'
import { asPublication } from '../publication'

/**
 * Moves a user's read marker in a room forward to `seq` and tells their sockets. No effect in a
 * room the user is not in.
 */
export async function markRead(
  chat: Chat,
  userId: number,
  roomId: number,
  seq: number,
): Promise<void> {
  const room = await chat.store.rooms.find(userId, roomId)
  if (room === null || seq <= room.readSeq) return
  await chat.store.rooms.markRead(room, userId, seq)
  await publishMarker(chat, userId, roomId)
}

/** Moves the read marker back to before `seq`; see markRead. */
export async function markUnread(
  chat: Chat,
  userId: number,
  roomId: number,
  seq: number,
): Promise<void> {
  const room = await chat.store.rooms.find(userId, roomId)
  if (room === null) return
  await chat.store.rooms.markUnread(room, userId, seq)
  await publishMarker(chat, userId, roomId)
}

async function publishMarker(chat: Chat, user: number, roomId: number): Promise<void> {
  const room = await chat.store.rooms.find(user, roomId)
  if (room === null) return
  const { readSeq: seq, unread, mentions } = room
  chat.publish({ user }, asPublication({ type: 'read', room: roomId, seq, unread, mentions }))
}
