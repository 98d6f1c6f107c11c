import { limits } from '../../shared/limits'
import type { ChatEvent, PresenceState } from '../../shared/protocol'
import { gatherByRoom, type Publish } from '../publication'

/** What one reader is sent of presence: so many bytes at once, and so many more each second. */
export const newsBytesMax = 3_000
export const newsBytesPerSecond = 80
const flushMs = 300
/** Publishing to more readers at once would keep messages waiting. */
const readersPerFlush = 1_000
/** Somebody alone in a room with the reader, as in a private conversation, is always told of. */
const pairMax = 2

/** What a reader has not been told yet, by room, and how many bytes they may be sent. */
type Untold = {
  rooms: Map<number, RoomNews>
  bytes: number
  filledAt: number
  /** When there will be enough of them. */
  readyAt: number
  /** Their page was opened a moment ago, and shows that they are online. */
  isFresh: boolean
}

/** Whose states have changed; in a room with one other person they are always told. */
type RoomNews = { people: Set<number>; isPair: boolean }

export type Reader = { id: number; untold: Untold }

export type OnlineIn = { count: number; checksum: number }

type Known = {
  /** Those of this node. */
  readersIn: (room: number) => Iterable<Reader>
  onlineIn: (room: number) => OnlineIn
  stateOf: (userId: number) => PresenceState
  /** Monotonic milliseconds. */
  clock: () => number
}

/** Nothing, of a reader who has just come. */
export function nothingUntold(clock: () => number): Untold {
  return { rooms: new Map(), bytes: newsBytesMax, filledAt: clock(), readyAt: 0, isFresh: true }
}

export type PresenceNews = ReturnType<typeof createPresenceNews>

/**
 * Tells readers of presence. In rooms of few everybody's state is told, in larger ones how many are
 * online; what a reader's bytes do not allow comes later, or is left to the checksum.
 */
export function createPresenceNews(publish: Publish, known: Known) {
  const waiting = new Set<Reader>()
  const fresh = new Set<Reader>()
  let timer: Timer | undefined
  const tell = (): void => {
    timer = undefined
    for (const { untold } of fresh) untold.isFresh = false
    fresh.clear()
    const texts = createTexts(known)
    const now = known.clock()
    let left = readersPerFlush
    for (const reader of [...waiting]) {
      if (left === 0) break
      if (reader.untold.readyAt > now) continue
      const text = takeNews(reader.untold, texts, now)
      if (text === null) continue
      left -= 1
      publish({ user: reader.id }, { html: () => text, json: () => text })
      // Who was told goes to the end of the line.
      waiting.delete(reader)
      if (reader.untold.rooms.size > 0) waiting.add(reader)
    }
    if (waiting.size > 0) timer = setTimeout(tell, flushMs)
  }
  const changes = gatherByRoom<boolean>(flushMs, (room, people) => {
    const told = Array.from(people).flatMap(([person, isTold]) => (isTold ? person : []))
    const { count } = known.onlineIn(room)
    for (const reader of known.readersIn(room)) {
      const { id, untold } = reader
      if (untold.isFresh) fresh.add(reader)
      const isAlone = people.size === 1 && people.has(id)
      if (untold.isFresh && isAlone && known.stateOf(id) === 'online') continue
      noteNews(untold, room, told, count)
      waiting.add(reader)
    }
    timer ??= setTimeout(tell)
  })
  return {
    /** The state of a person has changed, for their rooms. */
    add(userId: number, rooms: Iterable<number>): void {
      for (const room of rooms) changes.of(room).set(userId, true)
    },
    /** The person is in the room no more, which is told by other events; the number is not. */
    addCount(room: number, userId: number): void {
      changes.of(room).set(userId, false)
    },
    /** The reader is offline, or in the room no more. */
    forget(reader: Reader, room?: number): void {
      if (room === undefined) waiting.delete(reader)
      else reader.untold.rooms.delete(room)
    },
    close(): void {
      changes.close()
      clearTimeout(timer)
    },
  }
}

/** Notes whose states have changed in a room where so many are online. */
function noteNews(untold: Untold, room: number, people: number[], here: number): void {
  const { rooms } = untold
  const news: RoomNews = rooms.get(room) ?? { people: new Set(), isPair: false }
  news.isPair = here <= pairMax
  if (news.isPair) untold.readyAt = 0
  if (here <= limits.peopleListMax) for (const person of people) news.people.add(person)
  rooms.set(room, news)
}

type Texts = ReturnType<typeof createTexts>

/** The events as text, each made once for all readers. */
function createTexts({ onlineIn, stateOf }: Known) {
  const rooms = new Map<number, string>()
  const people = new Map<number, string>()
  const recall = (known: Map<number, string>, id: number, make: () => string): string => {
    const text = known.get(id) ?? make()
    known.set(id, text)
    return text
  }
  return {
    ofPerson: (user: number) =>
      recall(people, user, () => {
        const event: ChatEvent = { type: 'presence', user, state: stateOf(user) }
        return JSON.stringify(event)
      }),
    /** Its part of an event. */
    ofRoom: (room: number) =>
      recall(rooms, room, () => {
        const { count, checksum } = onlineIn(room)
        return `"${room}":[${count},${checksum}]`
      }),
  }
}

/** What the reader may be told now; null when that is nothing. */
function takeNews(untold: Untold, texts: Texts, now: number): string | null {
  const more = ((now - untold.filledAt) / 1_000) * newsBytesPerSecond
  untold.bytes = Math.min(newsBytesMax, untold.bytes + more)
  untold.filledAt = now
  const told = takePartners(untold)
  const counts = takeCounts(untold, texts, told)
  const events = Array.from(told, texts.ofPerson)
  if (counts.length > 0) events.push(`{"type":"online","rooms":{${counts.join()}}}`)
  return events.length === 0 ? null : `[${events.join()}]`
}

/**
 * Of the rooms that have waited longest, as many as the bytes allow, and half as many bytes of
 * people, who are added to `told`. Those who do not fit are missing in the checksum of their room.
 */
function takeCounts(untold: Untold, { ofPerson, ofRoom }: Texts, told: Set<number>): string[] {
  // Of a private conversation the state of the other says it.
  const order = [...untold.rooms].sort(([, a], [, b]) => Number(a.isPair) - Number(b.isPair))
  let left = untold.bytes - onlineEventBytes
  const missing = Math.min(countsBytesMin, order.length * countBytes) - left
  untold.readyAt = untold.filledAt + Math.max(0, (missing / newsBytesPerSecond) * 1_000)
  if (missing > 0) return []
  let leftForPeople = left / 2
  const counts: string[] = []
  for (const [room, { people }] of order) {
    const count = ofRoom(room)
    left -= count.length + 1
    if (left < 0) break
    counts.push(count)
    untold.rooms.delete(room)
    const others = [...people].filter((person) => !told.has(person))
    const size = others.reduce((sum, person) => sum + ofPerson(person).length + 1, 0)
    if (size > Math.min(left, leftForPeople)) continue
    for (const person of others) told.add(person)
    left -= size
    leftForPeople -= size
  }
  untold.bytes = Math.max(0, left)
  return counts
}

/** Of many rooms together, as one by one each would cost as much again. */
const countsBytesMin = 500
const countBytes = 26
/** Of an event without a room. */
const onlineEventBytes = 32

/** The others of private conversations, who cost nothing. */
function takePartners({ rooms }: Untold): Set<number> {
  const partners = new Set<number>()
  for (const { people, isPair } of rooms.values()) {
    if (!isPair) continue
    for (const person of people) partners.add(person)
    people.clear()
  }
  return partners
}
