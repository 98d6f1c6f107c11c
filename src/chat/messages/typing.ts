import { guard } from '../../server/guard'
import type { ChatEvent } from '../../shared/protocol'
import type { Chat } from '../chat'
import { gatherByRoom } from '../publication'

/** Often enough to look live. */
const flushMs = 250

/** Publishes who is typing; never stored. */
export type Typing = {
  /** The caller has checked that the user is a member of the room. */
  mark: (room: number, user: number, isActive: boolean) => void
  close: () => void
}

/** However many people type, a room gets one frame a few times a second. */
export function createTyping(chat: Pick<Chat, 'publishIfIdle' | 'log'>): Typing {
  const publish = guard(chat.log, 'typing', (room: number, people: Map<number, boolean>) => {
    const toEvent = ([user, active]: [number, boolean]): ChatEvent => ({
      type: 'typing',
      room,
      user,
      active,
    })
    chat.publishIfIdle(room, JSON.stringify([...people].map(toEvent)))
  })
  const changes = gatherByRoom(flushMs, publish)
  return {
    mark: (room, user, isActive) => void changes.of(room).set(user, isActive),
    close: changes.close,
  }
}
