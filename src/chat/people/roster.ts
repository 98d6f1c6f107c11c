import { addWeight, presenceWeight } from '../../shared/presence'
import type { PresenceState } from '../../shared/protocol'
import type { User } from '../../store/store'
import { foldName } from './name'
import { nothingUntold, type PresenceNews, type Reader } from './presence-news'

/** Of a person at one node; `waiting` for their return after their last socket there closed. */
export type StateAtNode = 'online' | 'away' | 'waiting'

/** A person at another node. */
type Elsewhere = { state: StateAtNode; rooms: Set<number> }

/** Somebody who is online: at this node, at others, or both. */
export type OnlineUser = Reader & {
  /** By what the name is ordered in lists. */
  key: string
  isHere: boolean
  /** Those that this node subscribed them to. */
  rooms: Set<number>
  sockets: number
  awaySockets: number
  /** Ends the wait for the person's return. */
  stay: () => void
  elsewhere: ReadonlyMap<string, Elsewhere>
}

/** Who is in a room, and the sum of their weights. */
type Gathering = { people: Set<OnlineUser>; checksum: number }

export type Roster = {
  online: Map<number, OnlineUser>
  rooms: Map<number, Gathering>
  clock: () => number
}

const nobody: Gathering = { people: new Set(), checksum: 0 }
const nowhere: OnlineUser['elsewhere'] = new Map()

export function gatheringOf({ rooms }: Roster, room: number): Gathering {
  return rooms.get(room) ?? nobody
}

/** By what the name of a person is ordered in lists. */
export function keyOf({ nickname }: User): string {
  return foldName(nickname) ?? nickname
}

/** Null when the person is not at this node. */
export function stateHere({ isHere, sockets, awaySockets }: OnlineUser): StateAtNode | null {
  if (!isHere) return null
  if (sockets === 0) return 'waiting'
  return awaySockets === sockets ? 'away' : 'online'
}

export function stateOf(person: OnlineUser | undefined): PresenceState {
  if (person === undefined) return 'offline'
  const here = stateHere(person)
  let most = here === null ? 0 : counts[here]
  for (const { state } of person.elsewhere.values()) most = Math.max(most, counts[state])
  return seen[most] ?? 'offline'
}

/** Of a person's states the one that counts most is seen. */
const counts: Record<StateAtNode, number> = { waiting: 1, away: 2, online: 3 }
// Without a socket they are still online, until the grace period is over.
const seen: PresenceState[] = ['offline', 'online', 'away', 'online']

function weightOf(person: OnlineUser): number {
  return presenceWeight(person.id, stateOf(person))
}

/** Puts somebody into the roster who is nowhere yet. */
export function add({ online, clock }: Roster, id: number, key: string): OnlineUser {
  const here = { isHere: false, rooms: new Set<number>(), sockets: 0, awaySockets: 0 }
  const untold = nothingUntold(clock)
  const added = { id, key, untold, ...here, stay: () => {}, elsewhere: nowhere }
  online.set(id, added)
  return added
}

/** Whether the state is another one after the work. */
export function changeState(roster: Roster, person: OnlineUser, work: () => void): boolean {
  const before = weightOf(person)
  work()
  const more = weightOf(person) - before
  if (more === 0) return false
  for (const room of roomsOf(person)) {
    const gathering = roster.rooms.get(room)
    if (gathering !== undefined) gathering.checksum = addWeight(gathering.checksum, more)
  }
  return true
}

/** Those in which the person is seen. */
export function roomsOf({ rooms, elsewhere }: OnlineUser): ReadonlySet<number> {
  if (elsewhere.size === 0) return rooms
  const others = Array.from(elsewhere.values(), (one) => [...one.rooms])
  return new Set([...rooms, ...others.flat()])
}

/** Adds a room to those of the person at a node; whether they are seen there only now. */
export function enter(
  { rooms }: Roster,
  person: OnlineUser,
  room: number,
  at: Set<number> = person.rooms,
): boolean {
  at.add(room)
  const gathering = rooms.get(room) ?? { people: new Set(), checksum: 0 }
  if (gathering.people.has(person)) return false
  rooms.set(room, gathering)
  gathering.people.add(person)
  gathering.checksum = addWeight(gathering.checksum, weightOf(person))
  return true
}

/** Takes a room from those of the person at a node; whether they are seen there no more. */
export function exit(
  { rooms }: Roster,
  person: OnlineUser,
  room: number,
  at: Set<number> = person.rooms,
): boolean {
  const gathering = rooms.get(room)
  if (!at.delete(room) || gathering === undefined || isIn(person, room)) return false
  gathering.people.delete(person)
  gathering.checksum = addWeight(gathering.checksum, -weightOf(person))
  if (gathering.people.size === 0) rooms.delete(room)
  return true
}

function isIn({ rooms, elsewhere }: OnlineUser, room: number): boolean {
  if (rooms.has(room)) return true
  for (const one of elsewhere.values()) if (one.rooms.has(room)) return true
  return false
}

/** Whether this node may tell the person of the room, in which they are seen. */
export function isReader({ rooms, elsewhere }: OnlineUser, room: number): boolean {
  return elsewhere.size === 0 || rooms.has(room)
}

/** Sets the state of the person at another node, where they are in no room before the first. */
export function setElsewhere(
  roster: Roster,
  person: OnlineUser,
  node: string,
  state: StateAtNode,
): { rooms: Set<number>; hasChanged: boolean } {
  const rooms = person.elsewhere.get(node)?.rooms ?? new Set()
  const hasChanged = changeState(roster, person, () => {
    person.elsewhere = new Map(person.elsewhere).set(node, { state, rooms })
  })
  return { rooms, hasChanged }
}

/** Ends the person's presence at another node, or at this one, where that is `null`. */
export function withdraw(
  roster: Roster,
  person: OnlineUser,
  node: string | null,
): { left: number[]; hasChanged: boolean } {
  const rooms = node === null ? person.rooms : person.elsewhere.get(node)?.rooms
  const left = [...(rooms ?? [])].filter((room) => exit(roster, person, room, rooms))
  const hasChanged = changeState(roster, person, () => {
    if (node === null) Object.assign(person, { isHere: false, sockets: 0, awaySockets: 0 })
    else {
      const others = [...person.elsewhere].filter(([other]) => other !== node)
      person.elsewhere = others.length === 0 ? nowhere : new Map(others)
    }
  })
  if (!person.isHere && person.elsewhere.size === 0) roster.online.delete(person.id)
  return { left, hasChanged }
}

/** Withdraws the person from a node, and tells the rooms in which that is seen. */
export function tellOfWithdrawal(
  roster: Roster,
  news: PresenceNews,
  person: OnlineUser,
  node: string | null,
): void {
  const { left, hasChanged } = withdraw(roster, person, node)
  if (!roster.online.has(person.id)) return news.add(person.id, left)
  if (hasChanged) news.add(person.id, roomsOf(person))
  for (const room of left) news.addCount(room, person.id)
}
