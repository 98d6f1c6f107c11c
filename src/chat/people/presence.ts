import { type Awake, awake } from '../../server/awake'
import { serverLimits } from '../../server/limits'
import type { PresenceState } from '../../shared/protocol'
import { addWeight, compareByCodePoint, presenceWeight } from '../../shared/presence'
import type { User } from '../../store/store'
import type { Publish } from '../publication'
import { foldName } from './name'
import { createPresenceNews, nothingUntold, type OnlineIn, type Reader } from './presence-news'

export type { OnlineIn }

/** A place in the list of those who are online in a room: hosts first, then by name. */
export type OnlinePlace = { isHost: boolean; key: string; id: number }

type OnlinePerson = OnlinePlace & { state: PresenceState }

/**
 * Who is online. Several sockets of one person are one presence, which is away only when all of
 * them are. It is never stored, and told only to people who share a room.
 */
export type Presence = {
  /** A socket of this user opened. */
  arrive: (user: User, rooms: Iterable<number>) => void
  leave: (userId: number, wasAway: boolean) => void
  /** The user has left for good: at once, without news that they are offline. */
  forget: (userId: number) => void
  setAway: (userId: number, isAway: boolean) => void
  /** The user became a member of the room, or is none any more; no effect while offline. */
  enter: (userId: number, room: number) => void
  exit: (userId: number, room: number) => void
  /** The user has another name; no effect while offline. */
  rename: (user: User) => void
  stateOf: (userId: number) => PresenceState
  onlineIn: (room: number) => OnlineIn
  /** How many people are online on the server. */
  countAll: () => number
  /** The first of those who are online in the room after a place, and with these others. */
  peopleIn: (room: number, wanted: WantedOnline) => OnlinePerson[]
  /** All of them. */
  idsIn: (room: number) => number[]
  close: () => void
}

type WantedOnline = {
  hosts: ReadonlySet<number>
  after: OnlinePlace | null
  limit: number
  /** Counts as online, though their socket may not be open yet. */
  reader: User
}

type OnlineUser = Reader & {
  /** By what the name is ordered in lists. */
  key: string
  rooms: Set<number>
  sockets: number
  awaySockets: number
  /** Ends the wait for the person's return. */
  stay: () => void
}

/** Who is in a room, and the sum of their weights. */
type Gathering = { people: Set<OnlineUser>; checksum: number }

type Roster = {
  online: Map<number, OnlineUser>
  rooms: Map<number, Gathering>
  clock: () => number
}

const nobody: Gathering = { people: new Set(), checksum: 0 }

/** Makes the presence of a server, with nobody online; `clock` gives monotonic milliseconds. */
export function createPresence(
  publish: Publish,
  clock: () => number = () => performance.now(),
  { after }: Pick<Awake, 'after'> = awake,
): Presence {
  const roster: Roster = { online: new Map(), rooms: new Map(), clock }
  const { online, rooms } = roster
  const gathering = (room: number): Gathering => rooms.get(room) ?? nobody
  const stateById = (userId: number): PresenceState => stateOf(online.get(userId))
  const onlineIn = (room: number): OnlineIn => {
    const { people, checksum } = gathering(room)
    return { count: people.size, checksum }
  }
  const readersIn = (room: number): ReadonlySet<Reader> => gathering(room).people
  const news = createPresenceNews(publish, { readersIn, onlineIn, stateOf: stateById, clock })

  return {
    ...createMoves(roster, news, after),
    stateOf: stateById,
    onlineIn,
    countAll: () => online.size,
    peopleIn: (room, wanted) => choose(gathering(room).people, wanted),
    idsIn: (room) => Array.from(gathering(room).people, ({ id }) => id),
    close() {
      for (const { stay } of online.values()) stay()
      news.close()
    },
  }
}

type Moves = 'arrive' | 'leave' | 'forget' | 'setAway' | 'enter' | 'exit' | 'rename'

/** What people do: it changes the roster, and is told. */
function createMoves(
  roster: Roster,
  news: ReturnType<typeof createPresenceNews>,
  after: Awake['after'],
): Pick<Presence, Moves> {
  const { online } = roster
  const depart = (person: OnlineUser): void => {
    news.add(person.id, remove(roster, person))
    news.forget(person)
  }
  /** Changes somebody who is online, and tells their rooms when that is seen. */
  const change = (userId: number, work: (person: OnlineUser) => void): void => {
    const person = online.get(userId)
    if (person !== undefined && changeWeight(roster, person, () => work(person)))
      news.add(userId, person.rooms)
  }

  return {
    arrive(user, entered) {
      const person = online.get(user.id) ?? add(roster, user)
      change(user.id, () => {
        person.stay()
        person.sockets += 1
      })
      for (const room of entered) if (enter(roster, person, room)) news.add(user.id, [room])
    },
    leave: (userId, wasAway) =>
      change(userId, (person) => {
        person.sockets -= 1
        if (wasAway) person.awaySockets -= 1
        if (person.sockets > 0) return
        person.stay = after(serverLimits.offlineGraceMs, () => depart(person))
      }),
    forget(userId) {
      const person = online.get(userId)
      if (person === undefined) return
      person.stay()
      news.forget(person)
      for (const room of remove(roster, person)) news.addCount(room, userId)
    },
    setAway: (userId, isAway) =>
      change(userId, (person) => {
        person.awaySockets += isAway ? 1 : -1
      }),
    enter(userId, room) {
      const person = online.get(userId)
      if (person !== undefined && enter(roster, person, room)) news.add(userId, [room])
    },
    exit(userId, room) {
      const person = online.get(userId)
      if (person === undefined || !exit(roster, person, room)) return
      news.forget(person, room)
      news.addCount(room, userId)
    },
    rename(user) {
      const person = online.get(user.id)
      if (person !== undefined) person.key = keyOf(user)
    },
  }
}

function keyOf({ nickname }: User): string {
  return foldName(nickname) ?? nickname
}

function stateOf(person: OnlineUser | undefined): PresenceState {
  if (person === undefined) return 'offline'
  // Without a socket it is still online, until the grace period is over.
  return person.sockets > 0 && person.awaySockets === person.sockets ? 'away' : 'online'
}

function weightOf(person: OnlineUser): number {
  return presenceWeight(person.id, stateOf(person))
}

function add({ online, clock }: Roster, user: User): OnlineUser {
  const { id } = user
  const person = { id, key: keyOf(user), untold: nothingUntold(clock), rooms: new Set<number>() }
  const added = { ...person, sockets: 0, awaySockets: 0, stay: () => {} }
  online.set(id, added)
  return added
}

/** Gives the rooms that the person was in. */
function remove(roster: Roster, person: OnlineUser): number[] {
  const rooms = [...person.rooms]
  for (const room of rooms) exit(roster, person, room)
  roster.online.delete(person.id)
  return rooms
}

/** Whether the state is another one after the work. */
function changeWeight({ rooms }: Roster, person: OnlineUser, work: () => void): boolean {
  const before = weightOf(person)
  work()
  const more = weightOf(person) - before
  if (more === 0) return false
  for (const room of person.rooms) {
    const gathering = rooms.get(room)
    if (gathering !== undefined) gathering.checksum = addWeight(gathering.checksum, more)
  }
  return true
}

function enter({ rooms }: Roster, person: OnlineUser, room: number): boolean {
  if (person.rooms.has(room)) return false
  const gathering = rooms.get(room) ?? { people: new Set(), checksum: 0 }
  rooms.set(room, gathering)
  gathering.people.add(person)
  gathering.checksum = addWeight(gathering.checksum, weightOf(person))
  person.rooms.add(room)
  return true
}

function exit({ rooms }: Roster, person: OnlineUser, room: number): boolean {
  const gathering = rooms.get(room)
  if (gathering === undefined || !person.rooms.delete(room)) return false
  gathering.people.delete(person)
  gathering.checksum = addWeight(gathering.checksum, -weightOf(person))
  if (gathering.people.size === 0) rooms.delete(room)
  return true
}

/** Keeps the first while it looks at all of them, as there may be thousands. */
function choose(
  people: ReadonlySet<OnlineUser>,
  { hosts, after, limit, reader }: WantedOnline,
): OnlinePerson[] {
  const chosen: OnlinePerson[] = []
  const offer = ({ id, key }: { id: number; key: string }, state: PresenceState): void => {
    const last = chosen[limit - 1]
    const offered = { isHost: hosts.has(id), key, id, state }
    if (after !== null && comparePlaces(offered, after) <= 0) return
    if (last !== undefined && comparePlaces(last, offered) <= 0) return
    const place = chosen.findIndex((one) => comparePlaces(one, offered) > 0)
    chosen.splice(place < 0 ? chosen.length : place, 0, offered)
    chosen.length = Math.min(chosen.length, limit)
  }
  let isReaderNew = true
  for (const person of people) {
    offer(person, stateOf(person))
    if (person.id === reader.id) isReaderNew = false
  }
  if (isReaderNew) offer({ id: reader.id, key: keyOf(reader) }, 'online')
  return chosen
}

function comparePlaces(a: OnlinePlace, b: OnlinePlace): number {
  const rank = Number(b.isHost) - Number(a.isHost)
  return rank || compareByCodePoint(a.key, b.key) || a.id - b.id
}
