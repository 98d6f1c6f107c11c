import { ChatError } from '../../server/errors'
import type { Notify, Room } from '../../store/store'
import type { Chat } from '../chat'
import { toSummary } from '../messages/events'
import { tell } from './membership'

/** Decides what in a room makes a sound for this person, on all their devices. */
export async function chooseNotify(
  chat: Chat,
  room: Room,
  userId: number,
  typed: unknown,
): Promise<void> {
  const notify = parseNotify(typed)
  if (notify === null) throw new ChatError('bad_request')
  await chat.store.rooms.setNotify(room, userId, notify)
  const online = chat.presence.countIn(room.id)
  tell(chat, userId, { type: 'room', room: { ...toSummary(room, online), notify } })
}

function parseNotify(value: unknown): Notify | null {
  return value === 'all' || value === 'mentions' || value === 'nothing' ? value : null
}
