import { ChatError } from '../../server/errors'
import type { Room } from '../../store/store'
import type { Chat } from '../chat'
import { readRoomName, readTopic } from './create-room'
import { announce } from './membership'

/**
 * Gives a room another name, which is its owner's to do, or another topic, which is any member's.
 * Throws `owner_only`, `room_missing` for a direct room, and what creating one throws.
 */
export async function changeRoom(
  chat: Chat,
  room: Room,
  typed: { name: string | null; topic: string | null },
): Promise<void> {
  if (room.kind === 'direct') throw new ChatError('room_missing')
  const name = typed.name === null ? null : readRoomName(typed.name)
  const topic = typed.topic === null ? null : readTopic(typed.topic)
  const isRenamed = name !== null && name.shown !== room.name
  if (isRenamed && room.role !== 'owner') throw new ChatError('owner_only')
  if (isRenamed) {
    const { shown, folded, skeleton } = name
    const isFree = await chat.store.rooms.rename(room, { name: shown, folded, skeleton })
    if (!isFree) throw new ChatError('room_name_taken')
  }
  if (topic !== null && topic !== room.topic) await chat.store.rooms.setTopic(room, topic)
  announce(chat, room.id, {
    type: 'room.changed',
    room: room.id,
    name: name?.shown ?? room.name,
    topic: topic ?? room.topic,
  })
}
