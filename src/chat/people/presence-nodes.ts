import type { Awake } from '../../server/awake'
import type { Bus } from '../../server/bus'
import { guard } from '../../server/guard'
import { serverLimits } from '../../server/limits'
import type { Log } from '../../server/log'
import type { PresenceNews } from './presence-news'
import {
  add,
  enter,
  exit,
  type OnlineUser,
  type Roster,
  roomsOf,
  setElsewhere,
  type StateAtNode,
  stateHere,
  tellOfWithdrawal,
} from './roster'

/** Changes are gathered for so long. */
const gatherMs = 100
const beatMs = 2_000
/** A node that was not heard for so long is gone, or cut off. */
const silentMsMax = 8_000
/** Between two questions to one node for all of its people. */
const askAgainMs = 1_000
/** PostgreSQL takes less than 8,000 bytes, and the bus writes the message as a text in JSON. */
const messageBytesMax = 7_400
/** A person in more is told of in several entries. */
const roomsPerEntry = 250

/** What is to be told of a person: all, their state, or whether they are in a room. */
export type Note = (userId: number, what: 'all' | 'state' | number) => void

/** A state by its place; 0 for somebody who is no longer at the node. */
const states: (StateAtNode | undefined)[] = [undefined, 'online', 'away', 'waiting']

/**
 * A person at a node: with the key of their name it begins anew; otherwise rooms that they left
 * are negative.
 */
type Entry = [id: number, state: number, rooms: number[], key?: string]

type Message =
  /** The number of the last change. */
  | { beat: number }
  /** That node, or every node, shall tell of all its people. */
  | { ask: string }
  | { bye: true }
  | { change: number; people: Entry[] }
  /** All people after a change, in so many parts. */
  | { all: number; part: number; parts: number; people: Entry[] }

type Peer = {
  /** Of the last change that was heard; null until all of its people were. */
  change: number | null
  parts: { all: number; heard: Map<number, Entry[]> }
  heardAt: number
  askedAt: number
  /** Ends the wait for its return, or for that of its people elsewhere; null while it is there. */
  stay: (() => void) | null
}

type Deps = { roster: Roster; news: PresenceNews; waits: Awake; log: Log }

/**
 * Tells the other nodes who is at this one, and hears of theirs. Each node numbers its changes, and
 * beats with the last number; a node that sees a gap asks for all.
 */
export function joinNodes(bus: Bus, deps: Deps): { note: Note; close: () => void } {
  const { roster, waits, log } = deps
  const peers = new Map<string, Peer>()
  const own = createOwn(bus, roster)
  const send = (message: Message): void => bus.send('presence', JSON.stringify(message))

  const hear = (text: string, node: string): void => {
    const message: Message = JSON.parse(text)
    const peer = peers.get(node) ?? newPeer()
    peers.set(node, peer)
    peer.heardAt = roster.clock()
    if ('bye' in message) return release(deps, peers, node)
    peer.stay?.()
    peer.stay = null
    if ('ask' in message) {
      if (message.ask === '' || message.ask === bus.node) own.tellAll()
    } else if (!take(deps, node, peer, message) && roster.clock() >= peer.askedAt + askAgainMs) {
      peer.askedAt = roster.clock()
      send({ ask: node })
    }
  }
  bus.subscribe('presence', guard(log, 'presence.hear', hear), () => {
    for (const peer of peers.values()) peer.heardAt = roster.clock()
    own.tellAll()
    send({ ask: '' })
  })
  const beat = setInterval(() => {
    send({ beat: own.change() })
    if (!bus.isUp()) return
    for (const [node, { heardAt, stay }] of peers)
      if (stay === null && waits.since(heardAt) > silentMsMax) release(deps, peers, node)
  }, beatMs)

  return {
    note: own.note,
    close() {
      clearInterval(beat)
      own.close()
      for (const { stay } of peers.values()) stay?.()
      send({ bye: true })
    },
  }
}

function newPeer(): Peer {
  const parts = { all: 0, heard: new Map() }
  return { change: null, parts, heardAt: 0, askedAt: Number.NEGATIVE_INFINITY, stay: null }
}

/** This node's people as the others are told of them. */
function createOwn(bus: Bus, roster: Roster) {
  // Begins where no earlier node of this name was.
  let change = Math.floor(Math.random() * 2 ** 50)
  let isAllDue = false
  const due = new Map<number, 'all' | Set<number>>()
  let timer: Timer | undefined
  const here = (id: number): OnlineUser | undefined => {
    const person = roster.online.get(id)
    return person?.isHere === true ? person : undefined
  }
  const tell = (): void => {
    timer = undefined
    if (isAllDue) {
      change += 1
      const all = [...roster.online.values()].filter(({ isHere }) => isHere)
      const packs = pack(all.flatMap(wholeEntries))
      for (const [part, people] of packs.entries())
        send({ all: change, part, parts: packs.length, people })
    } else {
      const entries = [...due].flatMap(([id, what]) => entriesOf(id, here(id), what))
      for (const people of pack(entries)) {
        change += 1
        send({ change, people })
      }
    }
    isAllDue = false
    due.clear()
  }
  const send = (message: Message): void => bus.send('presence', JSON.stringify(message))
  const tellSoon = (): void => void (timer ??= setTimeout(tell, gatherMs))
  return {
    change: () => change,
    tellAll(): void {
      isAllDue = true
      tellSoon()
    },
    note(id: number, what: 'all' | 'state' | number): void {
      const known = due.get(id)
      if (what === 'all') due.set(id, 'all')
      else if (known !== 'all') {
        const rooms = known ?? new Set()
        due.set(id, what === 'state' ? rooms : rooms.add(what))
      }
      tellSoon()
    },
    close: () => clearTimeout(timer),
  }
}

function wholeEntries(person: OnlineUser): Entry[] {
  const [first, ...rest] = entriesOf(person.id, person, person.rooms)
  if (first === undefined) return []
  return [[first[0], first[1], first[2], person.key], ...rest]
}

function entriesOf(
  id: number,
  person: OnlineUser | undefined,
  what: 'all' | ReadonlySet<number>,
): Entry[] {
  if (person === undefined) return [[id, 0, []]]
  if (what === 'all') return wholeEntries(person)
  const rooms = Array.from(what, (room) => (person.rooms.has(room) ? room : -room))
  const state = states.indexOf(stateHere(person) ?? undefined)
  const count = Math.max(1, Math.ceil(rooms.length / roomsPerEntry))
  return Array.from({ length: count }, (_, n) => {
    const from = n * roomsPerEntry
    return [id, state, rooms.slice(from, from + roomsPerEntry)]
  })
}

/** Entries in as few messages as hold them: one of nobody when there are none. */
function pack(entries: Entry[]): Entry[][] {
  let last: Entry[] = []
  const packs = [last]
  let left = messageBytesMax
  for (const entry of entries) {
    const bytes = Buffer.byteLength(JSON.stringify(JSON.stringify(entry)))
    if (bytes > left && last.length > 0) {
      last = []
      packs.push(last)
      left = messageBytesMax
    }
    last.push(entry)
    left -= bytes
  }
  return packs
}

/** Whether this node knows all that the other had to tell until now. */
function take(
  deps: Deps,
  node: string,
  peer: Peer,
  message: Exclude<Message, { ask: string } | { bye: true }>,
): boolean {
  if ('beat' in message) return message.beat === peer.change
  if ('change' in message) {
    if (peer.change === null || message.change !== peer.change + 1) return false
    for (const entry of message.people) put(deps, node, entry)
    peer.change = message.change
    return true
  }
  // What only another build knows.
  if (!('all' in message)) return true
  const { all, part, parts, people } = message
  if (peer.parts.all !== all) peer.parts = { all, heard: new Map() }
  const { heard } = peer.parts
  heard.set(part, people)
  if (heard.size < parts) return true
  const told = mergeParts([...heard].toSorted(([a], [b]) => a - b).flatMap(([, some]) => some))
  for (const person of peopleAt(deps.roster, node))
    if (!told.has(person.id)) tellOfWithdrawal(deps.roster, deps.news, person, node)
  for (const entry of told.values()) put(deps, node, entry)
  heard.clear()
  peer.change = all
  return true
}

/** One entry for each person, as rooms that leave and come back would be news. */
function mergeParts(entries: Entry[]): Map<number, Entry> {
  const merged = new Map<number, Entry>()
  for (const entry of entries) {
    const known = merged.get(entry[0])
    if (known === undefined) merged.set(entry[0], entry)
    else known[2].push(...entry[2])
  }
  return merged
}

function peopleAt({ online }: Roster, node: string): OnlineUser[] {
  return [...online.values()].filter(({ elsewhere }) => elsewhere.has(node))
}

/** Changes what is known of a person at another node. */
function put({ roster, news }: Deps, node: string, [id, code, told, key]: Entry): void {
  const state = states[code]
  const known = roster.online.get(id)
  const isThere = known?.elsewhere.has(node) === true
  if (state === undefined) {
    if (isThere) tellOfWithdrawal(roster, news, known, node)
    return
  }
  // Somebody who has left for good here is forgotten there in a moment.
  if (key === undefined && !isThere) return
  const person = known ?? add(roster, id, key ?? '')
  const { rooms, hasChanged } = setElsewhere(roster, person, node, state)
  if (hasChanged) news.add(id, roomsOf(person))
  const leave = (room: number): void => {
    if (exit(roster, person, room, rooms)) news.addCount(room, id)
  }
  if (key !== undefined) {
    person.key = key
    const kept = new Set(told)
    for (const room of rooms) if (!kept.has(room)) leave(room)
  }
  for (const room of told)
    if (room < 0) leave(-room)
    else if (enter(roster, person, room, rooms)) news.add(id, [room])
}

/**
 * The node is gone: its people have as long to come back elsewhere as those who close their last
 * page.
 */
function release({ roster, news, waits }: Deps, peers: Map<string, Peer>, node: string): void {
  const peer = peers.get(node)
  if (peer === undefined) return
  peer.change = null
  for (const person of peopleAt(roster, node)) {
    const { hasChanged } = setElsewhere(roster, person, node, 'waiting')
    if (hasChanged) news.add(person.id, roomsOf(person))
  }
  peer.stay?.()
  peer.stay = waits.after(serverLimits.offlineGraceMs, () => {
    peers.delete(node)
    for (const person of peopleAt(roster, node)) tellOfWithdrawal(roster, news, person, node)
  })
}
