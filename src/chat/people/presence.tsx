import { PersonRow } from '../../../views/people/people'
import { awake } from '../../server/awake'
import type { ChatEvent, PresenceState } from '../../shared/protocol'
import type { User } from '../../store/store'
import { gatherByRoom, type Publish } from '../publication'

/** A person whose last socket closed stays online this long, so that a reload does not flicker. */
const offlineGraceMs = 10_000
const flushMs = 300
/** More changes than this at once are published as short events instead of whole rows. */
const rowsMax = 50

/**
 * Who is online. Several sockets of one person are one presence, which is away only when all of
 * them are. It is never stored, and published only to the rooms the person is in.
 */
export type Presence = {
  /** A socket of this user opened. */
  arrive: (user: User, rooms: Iterable<number>) => void
  leave: (userId: number, wasAway: boolean) => void
  /** The user has left for good: at once, without a row that says offline. */
  forget: (userId: number) => void
  setAway: (userId: number, isAway: boolean) => void
  /** The user became a member of the room, or is none any more; no effect while offline. */
  enter: (userId: number, room: number) => void
  exit: (userId: number, room: number) => void
  /** The user has another name or picture; no effect while offline. */
  rename: (user: User) => void
  stateOf: (userId: number) => PresenceState
  /** Everybody who is not offline. */
  states: () => Map<number, PresenceState>
  countIn: (room: number) => number
  /** Those who are in the room, at most so many, by name. */
  peopleIn: (room: number, limit: number) => User[]
  close: () => void
}

type OnlineUser = {
  user: User
  rooms: Set<number>
  sockets: number
  awaySockets: number
  /** Ends the wait for the person's return. */
  stay: () => void
}

type Roster = {
  online: Map<number, OnlineUser>
  /** How many of them are in each room. */
  counts: Map<number, number>
  addChange: (user: User, rooms: Iterable<number>) => void
}

/** Makes the presence of a server, with nobody online. */
export function createPresence(publish: Publish): Presence {
  const online: Roster['online'] = new Map()
  const counts: Roster['counts'] = new Map()
  const countIn = (room: number): number => counts.get(room) ?? 0
  const states = { countIn, stateOf: (userId: number) => stateOf(online.get(userId)) }
  const changes = gatherByRoom<User>(flushMs, (room, users) =>
    publishStates(publish, states, room, [...users.values()]),
  )
  const addChange: Roster['addChange'] = (user, rooms) => {
    for (const room of rooms) changes.of(room).set(user.id, user)
  }
  const roster = { online, counts, addChange }
  const change = (userId: number, work: (person: OnlineUser) => void): void => {
    const person = online.get(userId)
    if (person === undefined) return
    const before = stateOf(person)
    work(person)
    if (before !== stateOf(person)) addChange(person.user, person.rooms)
  }

  return {
    arrive: (user, rooms) => arrive(roster, user, rooms),
    leave: (userId, wasAway) =>
      change(userId, (person) => {
        person.sockets -= 1
        if (wasAway) person.awaySockets -= 1
        if (person.sockets > 0) return
        person.stay = awake.after(offlineGraceMs, () => depart(roster, person))
      }),
    forget: (userId) => forget(roster, changes.of, userId),
    setAway: (userId, isAway) =>
      change(userId, (person) => {
        person.awaySockets += isAway ? 1 : -1
      }),
    enter: (userId, room) =>
      change(userId, (person) => {
        enter(roster, person, room)
        addChange(person.user, [room])
      }),
    exit: (userId, room) =>
      change(userId, (person) => {
        exit(roster, person, room)
        changes.of(room)
      }),
    rename: (user) =>
      change(user.id, (person) => {
        person.user = user
      }),
    stateOf: states.stateOf,
    states: () => new Map([...online].map(([userId, person]) => [userId, stateOf(person)])),
    countIn,
    peopleIn: (room, limit) => peopleIn(online.values(), room, limit),
    close() {
      for (const { stay } of online.values()) stay()
      changes.close()
    },
  }
}

/** Keeps the first by name while it looks at all of them, as there may be thousands. */
function peopleIn(online: Iterable<OnlineUser>, room: number, limit: number): User[] {
  const chosen: User[] = []
  for (const { rooms, user } of online) {
    const last = chosen[limit - 1]
    if (!rooms.has(room) || (last !== undefined && last.nickname <= user.nickname)) continue
    const place = chosen.findIndex(({ nickname }) => nickname > user.nickname)
    chosen.splice(place < 0 ? chosen.length : place, 0, user)
    chosen.length = Math.min(chosen.length, limit)
  }
  return chosen
}

function stateOf(person: OnlineUser | undefined): PresenceState {
  if (person === undefined) return 'offline'
  // Without a socket it is still online, until the grace period is over.
  return person.sockets > 0 && person.awaySockets === person.sockets ? 'away' : 'online'
}

function arrive(roster: Roster, user: User, rooms: Iterable<number>): void {
  const { online, addChange } = roster
  const known = online.get(user.id)
  const before = stateOf(known)
  const fresh = { user, rooms: new Set<number>(), sockets: 0, awaySockets: 0, stay: () => {} }
  const person = known ?? fresh
  person.stay()
  person.sockets += 1
  online.set(user.id, person)
  for (const room of rooms) enter(roster, person, room)
  if (before !== stateOf(person)) addChange(user, person.rooms)
}

function depart(roster: Roster, person: OnlineUser): void {
  roster.online.delete(person.user.id)
  const rooms = [...person.rooms]
  for (const room of rooms) exit(roster, person, room)
  roster.addChange(person.user, rooms)
}

/** The rooms hear only how many are online now. */
function forget(
  roster: Roster,
  changesOf: (room: number) => Map<number, User>,
  userId: number,
): void {
  const person = roster.online.get(userId)
  if (person === undefined) return
  person.stay()
  roster.online.delete(userId)
  for (const room of [...person.rooms]) {
    exit(roster, person, room)
    changesOf(room).delete(userId)
  }
}

function enter({ counts }: Roster, { rooms }: OnlineUser, room: number): void {
  if (!rooms.has(room)) counts.set(room, (counts.get(room) ?? 0) + 1)
  rooms.add(room)
}

function exit({ counts }: Roster, { rooms }: OnlineUser, room: number): void {
  if (rooms.delete(room)) counts.set(room, (counts.get(room) ?? 0) - 1)
}

/** Publishes to a room the states of these of its people, and how many are online. */
function publishStates(
  publish: Publish,
  { countIn, stateOf }: Pick<Presence, 'countIn' | 'stateOf'>,
  room: number,
  users: User[],
): void {
  // After a restart everybody comes back at once, and all pages have their rows already.
  if (users.length > 0 && users.length <= rowsMax) {
    const row = (user: User): string =>
      String(<PersonRow user={user} state={stateOf(user.id)} room={room} />)
    publish({ room }, { html: () => users.map(row).join(''), json: () => '' })
  }
  const json = (): string =>
    JSON.stringify([
      ...users.map(({ id }): ChatEvent => ({ type: 'presence', user: id, state: stateOf(id) })),
      { type: 'online', room, count: countIn(room) } satisfies ChatEvent,
    ])
  publish({ room }, { html: json, json })
}
