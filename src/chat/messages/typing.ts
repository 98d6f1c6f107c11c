import { guard } from '../../server/guard'
import type { Chat } from '../chat'
import type { ChatEvent } from '../../shared/protocol'

/** Often enough to look live. */
const flushMs = 250

/** Says who is writing: gathered for a moment, never stored, never waited for. */
export type Typing = {
  /** Somebody in a room began or stopped; the caller has made sure that they are in it. */
  mark: (room: number, user: number, isActive: boolean) => void
  close: () => void
}

/**
 * Makes the gatherer of one house. However many write at once, a room hears of it a few times a
 * second, in one frame each, and readers who are behind are left out.
 */
export function createTyping(chat: Pick<Chat, 'publishIfIdle' | 'log'>): Typing {
  const changed = new Map<number, Map<number, boolean>>()
  let timer: Timer | null = null
  const flush = guard(chat.log, 'typing', () => {
    timer = null
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
    close: () => void (timer !== null && clearTimeout(timer)),
  }
}
