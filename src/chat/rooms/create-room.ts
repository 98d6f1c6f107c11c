import { ChatError } from '../../server/errors'
import { limits } from '../../shared/limits'
import type { Room, User } from '../../store/store'
import type { Chat } from '../chat'
import { welcome } from './membership'
import { type Name, parseRoomName } from '../people/name'

export type TypedRoom = { name: string; topic: string; isClosed: boolean }

/**
 * Makes a room that belongs to `user`. Throws `name_…`, `topic_long`, `room_name_taken`,
 * `rooms_too_many` or `storage_full`. A closed room's name is never the reason why another one is
 * refused.
 */
export async function createRoom(chat: Chat, user: User, typed: TypedRoom): Promise<Room> {
  const { shown, folded, skeleton } = readRoomName(typed.name)
  const topic = readTopic(typed.topic)
  const made = await chat.store.rooms.countMade(user.id)
  if (made >= limits.roomsPerOwnerMax) throw new ChatError('rooms_too_many')
  chat.requireSpace()
  const room = await chat.store.rooms.create({
    kind: typed.isClosed ? 'closed' : 'open',
    name: shown,
    folded,
    skeleton,
    topic,
    owner: user.id,
    createdAt: chat.now(),
  })
  if (room === null) throw new ChatError('room_name_taken')
  welcome(chat, user, room)
  return room
}

/** What was typed as a room's name, or the rule it breaks, thrown. */
export function readRoomName(typed: string): Name {
  const name = parseRoomName(typed)
  if (name === 'name_empty') throw new ChatError('room_name_empty')
  if (typeof name === 'string') throw new ChatError(name)
  return name
}

/** A topic is one line of plain text. Throws `topic_long` or `message_characters`. */
export function readTopic(typed: string): string {
  const topic = typed.trim().replace(/\s+/g, ' ')
  if (topic.length > limits.topicUnitsMax) throw new ChatError('topic_long')
  if (!topic.isWellFormed() || /\p{Cc}|\p{M}{9}/u.test(topic)) {
    throw new ChatError('message_characters')
  }
  return topic
}
