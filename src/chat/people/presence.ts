import { type Awake, awake } from '../../server/awake'
import type { Bus } from '../../server/bus'
import { serverLimits } from '../../server/limits'
import type { Log } from '../../server/log'
import type { PresenceState } from '../../shared/protocol'
import { compareByCodePoint } from '../../shared/presence'
import type { User } from '../../store/store'
import type { Publish } from '../publication'
import {
  createPresenceNews,
  nothingUntold,
  type OnlineIn,
  type PresenceNews,
  type Reader,
} from './presence-news'
import { joinNodes, type Note } from './presence-nodes'
import {
  add,
  changeState,
  enter,
  exit,
  gatheringOf,
  isReader,
  keyOf,
  type OnlineUser,
  type Roster,
  roomsOf,
  stateHere,
  stateOf,
  tellOfWithdrawal,
  withdraw,
} from './roster'

export type { OnlineIn }

/** A place in the list of those who are online in a room: hosts first, then by name. */
export type OnlinePlace = { isHost: boolean; key: string; id: number }

type OnlinePerson = OnlinePlace & { state: PresenceState }

/**
 * Who is online, at this node or another. Several sockets of one person are one presence, which is
 * away only when all of them are. It is never stored, and told only to people who share a room.
 */
export type Presence = {
  /** A socket of this user opened at this node; so all of these are of sockets here. */
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

type Options = {
  /** Monotonic milliseconds. */
  clock?: () => number
  waits?: Awake
  /** The other nodes, if this server has any. */
  bus?: Bus | null
  log?: Log
}

/** Makes the presence of a server, with nobody online here. */
export function createPresence(
  publish: Publish,
  { clock = () => performance.now(), waits = awake, bus = null, log = () => {} }: Options = {},
): Presence {
  const roster: Roster = { online: new Map(), rooms: new Map(), clock }
  const { online } = roster
  const stateById = (userId: number): PresenceState => stateOf(online.get(userId))
  const onlineIn = (room: number): OnlineIn => {
    const { people, checksum } = gatheringOf(roster, room)
    return { count: people.size, checksum }
  }
  const readersIn = (room: number): Iterable<Reader> => readersOf(roster, room)
  const news = createPresenceNews(publish, { readersIn, onlineIn, stateOf: stateById, clock })
  const nodes = bus === null ? null : joinNodes(bus, { roster, news, waits, log })

  return {
    ...createMoves({ roster, news, after: waits.after, note: nodes?.note ?? (() => {}) }),
    stateOf: stateById,
    onlineIn,
    countAll: () => online.size,
    peopleIn: (room, wanted) => choose(gatheringOf(roster, room).people, wanted),
    idsIn: (room) => Array.from(gatheringOf(roster, room).people, ({ id }) => id),
    close() {
      nodes?.close()
      for (const { stay } of online.values()) stay()
      news.close()
    },
  }
}

type Moves = 'arrive' | 'leave' | 'forget' | 'setAway' | 'enter' | 'exit' | 'rename'

type Deps = { roster: Roster; news: PresenceNews; after: Awake['after']; note: Note }

/** What people do at this node: it changes the roster, and is told. */
function createMoves(deps: Deps): Pick<Presence, Moves> {
  const { roster, news, after, note } = deps
  const { online } = roster
  const here = (userId: number): OnlineUser | undefined => {
    const person = online.get(userId)
    return person?.isHere === true ? person : undefined
  }

  return {
    arrive(user, entered) {
      const person = online.get(user.id) ?? add(roster, user.id, keyOf(user))
      // What they were not told at another node is in the page that they opened.
      if (!person.isHere) person.untold = nothingUntold(roster.clock)
      change(deps, person, () => {
        person.stay()
        person.isHere = true
        person.sockets += 1
      })
      for (const room of entered) come(deps, person, room)
    },
    leave: (userId, wasAway) =>
      change(deps, here(userId), (person) => {
        person.sockets -= 1
        if (wasAway) person.awaySockets -= 1
        if (person.sockets > 0) return
        person.stay = after(serverLimits.offlineGraceMs, () => depart(deps, person))
      }),
    forget(userId) {
      const person = online.get(userId)
      if (person !== undefined) forget(deps, person)
    },
    setAway: (userId, isAway) =>
      change(deps, here(userId), (person) => {
        person.awaySockets += isAway ? 1 : -1
      }),
    enter(userId, room) {
      const person = here(userId)
      if (person !== undefined) come(deps, person, room)
    },
    exit(userId, room) {
      const person = here(userId)
      if (person === undefined || !person.rooms.has(room)) return
      news.forget(person, room)
      if (exit(roster, person, room)) news.addCount(room, userId)
      note(userId, room)
    },
    rename(user) {
      const person = online.get(user.id)
      if (person === undefined) return
      person.key = keyOf(user)
      if (person.isHere) note(user.id, 'all')
    },
  }
}

/** Changes somebody who is here, and tells their rooms when that is seen. */
function change(
  { roster, news, note }: Deps,
  person: OnlineUser | undefined,
  work: (person: OnlineUser) => void,
): void {
  if (person === undefined) return
  const before = stateHere(person)
  if (changeState(roster, person, () => work(person))) news.add(person.id, roomsOf(person))
  if (stateHere(person) !== before) note(person.id, before === null ? 'all' : 'state')
}

function come({ roster, news, note }: Deps, person: OnlineUser, room: number): void {
  if (person.rooms.has(room)) return
  if (enter(roster, person, room)) news.add(person.id, [room])
  note(person.id, room)
}

function depart({ roster, news, note }: Deps, person: OnlineUser): void {
  tellOfWithdrawal(roster, news, person, null)
  news.forget(person)
  note(person.id, 'all')
}

function forget({ roster, news, note }: Deps, person: OnlineUser): void {
  person.stay()
  news.forget(person)
  if (person.isHere) note(person.id, 'all')
  const rooms = [...roomsOf(person)]
  for (const node of [null, ...person.elsewhere.keys()]) withdraw(roster, person, node)
  for (const room of rooms) news.addCount(room, person.id)
}

/** Those in the room whom this node may tell of it. */
function* readersOf(roster: Roster, room: number): Generator<Reader> {
  for (const person of gatheringOf(roster, room).people) if (isReader(person, room)) yield person
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
