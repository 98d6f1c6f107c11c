import { PersonRow } from '../../views/people'
import { limits } from '../limits'
import type { User } from '../store/store'
import type { Chat } from './chat'
import type { ChatEvent } from './events'

/**
 * Who is here. Several sockets of one person are one presence; a person whose last socket closed
 * stays online for a grace period, so that a reload does not flicker. Never stored.
 */
export type Presence = {
  /** A socket of this person opened; `rooms` are the rooms the person is in. */
  arrive: (user: User, rooms: number[]) => void
  leave: (user: User) => void
  isOnline: (userId: number) => boolean
  online: () => Set<number>
  /** How many people of this room are online. */
  countIn: (room: number) => number
  close: () => void
}

/** Makes the presence of a house; `chat` is asked for late, as it holds the presence itself. */
export function createPresence(chat: () => Pick<Chat, 'publish'>): Presence {
  const socketCounts = new Map<number, number>()
  const peopleOf = new Map<number, Set<number>>()
  const departures = new Map<number, Timer>()
  const changed = new Map<number, User>()
  let flushTimer: Timer | null = null

  const flush = (): void => {
    flushTimer = null
    const users = [...changed.values()]
    changed.clear()
    const json = (): string =>
      JSON.stringify(users.map((user) => toPresenceEvent(user, stateOf(user.id))))
    const html = (): string => users.map((user) => renderPerson(user, stateOf(user.id))).join('')
    // After a restart everybody comes back at once; their lines are on all pages already.
    const isStorm = users.length > limits.presenceRowsMax
    chat().publish('everyone', { html: isStorm ? json : html, json })
  }
  const announce = (user: User): void => {
    changed.set(user.id, user)
    flushTimer ??= setTimeout(flush, limits.presenceFlushMs)
  }
  const stateOf = (userId: number): 'online' | 'offline' =>
    socketCounts.has(userId) ? 'online' : 'offline'

  return {
    arrive(user, rooms) {
      const wasHere = socketCounts.has(user.id)
      socketCounts.set(user.id, (socketCounts.get(user.id) ?? 0) + 1)
      clearTimeout(departures.get(user.id))
      departures.delete(user.id)
      for (const room of rooms) {
        peopleOf.set(room, (peopleOf.get(room) ?? new Set()).add(user.id))
      }
      if (!wasHere) announce(user)
    },
    leave(user) {
      const count = socketCounts.get(user.id) ?? 0
      if (count > 1) return void socketCounts.set(user.id, count - 1)
      const depart = (): void => {
        departures.delete(user.id)
        socketCounts.delete(user.id)
        for (const people of peopleOf.values()) people.delete(user.id)
        announce(user)
      }
      // Zero sockets, still counted as online until the grace is over.
      socketCounts.set(user.id, 0)
      clearTimeout(departures.get(user.id))
      departures.set(user.id, setTimeout(depart, limits.offlineGraceMs))
    },
    isOnline: (userId) => socketCounts.has(userId),
    online: () => new Set(socketCounts.keys()),
    countIn: (room) => peopleOf.get(room)?.size ?? 0,
    close() {
      for (const timer of departures.values()) clearTimeout(timer)
      if (flushTimer !== null) clearTimeout(flushTimer)
    },
  }
}

function renderPerson(user: User, state: 'online' | 'offline'): string {
  return String(<PersonRow user={user} state={state} />)
}

function toPresenceEvent(user: User, state: 'online' | 'offline'): ChatEvent {
  return { type: 'presence', user: user.id, state }
}
