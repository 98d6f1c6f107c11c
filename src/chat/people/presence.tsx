import { PersonRow } from '../../../views/people/people'
import type { User } from '../../store/store'
import type { Chat } from '../chat'
import type { ChatEvent, PresenceState } from '../../shared/protocol'

/** A person whose last socket closed stays online this long, so that a reload does not flicker. */
const offlineGraceMs = 10_000
/** Changes are gathered this long and published together. */
const flushMs = 300
/** More changes than this at once are published as short events instead of whole rows. */
const rowsMax = 50

/**
 * Who is here. Several sockets of one person are one presence, away only when all of them are; a
 * person whose last socket closed stays for a grace period, so that a reload does not flicker.
 * Never stored, and told only to those who share a room.
 */
export type Presence = {
  /** A socket of this person opened; `rooms` are the rooms the person is in. */
  arrive: (user: User, rooms: Iterable<number>) => void
  leave: (userId: number, wasAway: boolean) => void
  /** One of their sockets went away from the keyboard, or came back. */
  setAway: (userId: number, isAway: boolean) => void
  /** Somebody who may be here got a place in a room, or lost it. */
  enter: (userId: number, room: number) => void
  exit: (userId: number, room: number) => void
  /** Somebody who may be here has another name or picture. */
  rename: (user: User) => void
  stateOf: (userId: number) => PresenceState
  /** Everybody who is not offline. */
  states: () => Map<number, PresenceState>
  /** How many people of this room are here. */
  countIn: (room: number) => number
  close: () => void
}

type Guest = {
  user: User
  rooms: Set<number>
  sockets: number
  away: number
  departure: Timer | undefined
}

type Crowd = { guests: Map<number, Guest>; peopleIn: Map<number, Set<number>>; news: News }

/** Makes the presence of a house; `chat` is asked for late, as it holds the presence itself. */
export function createPresence(chat: () => Pick<Chat, 'publish'>): Presence {
  const guests: Crowd['guests'] = new Map()
  const peopleIn: Crowd['peopleIn'] = new Map()
  const countIn = (room: number): number => peopleIn.get(room)?.size ?? 0
  const news = createNews(chat, countIn, (userId) => stateOf(guests.get(userId)))
  const crowd: Crowd = { guests, peopleIn, news }
  /** Does something to somebody who is here, and tells whoever sees them when it shows. */
  const change = (userId: number, work: (guest: Guest) => void): void => {
    const guest = guests.get(userId)
    if (guest === undefined) return
    const before = stateOf(guest)
    work(guest)
    if (before !== stateOf(guest)) news.add(guest.user, guest.rooms)
  }

  return {
    arrive: (user, rooms) => arrive(crowd, user, rooms),
    leave: (userId, wasAway) =>
      change(userId, (guest) => {
        guest.sockets -= 1
        if (wasAway) guest.away -= 1
        // Zero sockets, still counted as here until the grace is over.
        if (guest.sockets > 0) return
        guest.departure = setTimeout(() => depart(crowd, guest), offlineGraceMs)
      }),
    setAway: (userId, isAway) =>
      change(userId, (guest) => {
        guest.away += isAway ? 1 : -1
      }),
    enter: (userId, room) =>
      change(userId, (guest) => {
        enter(crowd, guest, room)
        news.add(guest.user, [room])
      }),
    exit: (userId, room) =>
      change(userId, (guest) => {
        exit(crowd, guest, room)
        news.count(room)
      }),
    rename(user) {
      const guest = guests.get(user.id)
      if (guest !== undefined) guest.user = user
    },
    stateOf: (userId) => stateOf(guests.get(userId)),
    states: () => new Map([...guests].map(([userId, guest]) => [userId, stateOf(guest)])),
    countIn,
    close() {
      for (const { departure } of guests.values()) clearTimeout(departure)
      news.close()
    },
  }
}

function stateOf(guest: Guest | undefined): PresenceState {
  if (guest === undefined) return 'offline'
  return guest.sockets > 0 && guest.away === guest.sockets ? 'away' : 'online'
}

function arrive(crowd: Crowd, user: User, rooms: Iterable<number>): void {
  const { guests, news } = crowd
  const known = guests.get(user.id)
  const before = stateOf(known)
  const guest = known ?? { user, rooms: new Set(), sockets: 0, away: 0, departure: undefined }
  clearTimeout(guest.departure)
  guest.sockets += 1
  guests.set(user.id, guest)
  for (const room of rooms) enter(crowd, guest, room)
  if (before !== stateOf(guest)) news.add(user, guest.rooms)
}

function depart(crowd: Crowd, guest: Guest): void {
  crowd.guests.delete(guest.user.id)
  const rooms = [...guest.rooms]
  for (const room of rooms) exit(crowd, guest, room)
  crowd.news.add(guest.user, rooms)
}

function enter({ peopleIn }: Crowd, guest: Guest, room: number): void {
  guest.rooms.add(room)
  peopleIn.set(room, (peopleIn.get(room) ?? new Set()).add(guest.user.id))
}

function exit({ peopleIn }: Crowd, guest: Guest, room: number): void {
  guest.rooms.delete(room)
  const people = peopleIn.get(room)
  people?.delete(guest.user.id)
  if (people?.size === 0) peopleIn.delete(room)
}

type News = ReturnType<typeof createNews>

/** Changes of a moment, published together: to each room those of its people and its count. */
function createNews(
  chat: () => Pick<Chat, 'publish'>,
  countIn: (room: number) => number,
  stateOf: (userId: number) => PresenceState,
) {
  const changed = new Map<number, Map<number, User>>()
  let timer: Timer | undefined
  const flush = (): void => {
    timer = undefined
    const rooms = [...changed]
    changed.clear()
    for (const [room, people] of rooms) publishRoom(room, [...people.values()])
  }
  const publishRoom = (room: number, users: User[]): void => {
    const events = (): ChatEvent[] => [
      ...users.map(({ id }): ChatEvent => ({ type: 'presence', user: id, state: stateOf(id) })),
      { type: 'online', room, count: countIn(room) },
    ]
    const json = (): string => JSON.stringify(events())
    // After a restart everybody comes back at once; their lines are on all pages already.
    if (users.length > 0 && users.length <= rowsMax) {
      const rows = (): string =>
        users
          .map((user) => String(<PersonRow user={user} state={stateOf(user.id)} room={room} />))
          .join('')
      chat().publish({ room }, { html: rows, json: () => '' })
    }
    chat().publish({ room }, { html: json, json })
  }
  const count = (room: number): Map<number, User> => {
    const people = changed.get(room) ?? new Map()
    changed.set(room, people)
    timer ??= setTimeout(flush, flushMs)
    return people
  }
  return {
    count: (room: number): void => void count(room),
    add(user: User, rooms: Iterable<number>): void {
      for (const room of rooms) count(room).set(user.id, user)
    },
    close: () => clearTimeout(timer),
  }
}
