import { guard } from '../../server/guard'
import type { Chat } from '../chat'
import type { ChatEvent } from '../../shared/protocol'

/** Often enough to look live. */
const flushMs = 250

/** Publishes who is typing; never stored. */
export type Typing = {
  /** Takes a change of a member of the room; the caller has checked the membership. */
  mark: (room: number, user: number, isActive: boolean) => void
  close: () => void
}

/** Makes it: however many people type, a room gets one frame a few times a second. */
export function createTyping(chat: Pick<Chat, 'publishIfIdle' | 'log'>): Typing {
  const changed = new Map<number, Map<number, boolean>>()
  let timer: Timer | undefined
  const flush = guard(chat.log, 'typing', () => {
    timer = undefined
    const rooms = [...changed]
    changed.clear()
    for (const [room, people] of rooms) {
      const events = [...people].map(([user, active]): ChatEvent => ({
        type: 'typing',
        room,
        user,
        active,
      }))
      chat.publishIfIdle(room, JSON.stringify(events))
    }
  })
  return {
    mark(room, user, isActive) {
      changed.set(room, (changed.get(room) ?? new Map()).set(user, isActive))
      timer ??= setTimeout(flush, flushMs)
    },
    close: () => clearTimeout(timer),
  }
}
