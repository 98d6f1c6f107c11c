import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { textLimits } from '../../shared/limits'
import { parseId } from '../../shared/paths'
import { once } from '../../shared/once'
import type { Has, Place, SearchPage } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { wantedName } from '../../shared/rank-name'
import { dayAt, parseZone, shiftDay, startOfDay, utc, type Zone } from './zone'

const searchWordsMax = 16
const retryMs = 1_000

type Asked = {
  q: string
  sender: string
  room: string
  when: string
  since: string
  until: string
  has: string[]
  tz: string
}

const whens = ['today', 'yesterday', 'week', 'month', 'custom'] as const
type When = (typeof whens)[number]

const kinds: Has[] = ['link', 'image', 'file']

type Named = { id: number; name: string }

export type Search = {
  /** The typed text without its filters. */
  text: string
  words: string[]
  sender: number | null
  room: number | null
  when: When | null
  /** As they were sent: a day or a moment. */
  since: string
  until: string
  sinceAt: number | null
  untilAt: number | null
  has: Has[]
  zone: Zone
  /** Filters that were typed: `from:`, `in:`, `before:`, `after:`, `has:`. */
  typed: Set<Filter>
}

type Filter = 'sender' | 'room' | 'since' | 'until' | 'has'

/** `people` and `rooms` are those that `from:` and `in:` may name. */
export type Known = { reader: number; people: Named[]; rooms: Named[]; now: number }

/** The same with all names folded, when the first filter asks for them. */
type Folded = Pick<Known, 'reader'> & { people: () => Named[]; rooms: () => Named[] }

/**
 * Reads a search. A typed filter without a meaning is searched for as text. Throws `search_long`,
 * and `bad_request` for field values that no form sends.
 */
export function parseSearch(asked: Asked, known: Known): Search {
  if (asked.q.length > textLimits.searchUnitsMax) throw new ChatError('search_long')
  const zone = asked.tz === '' ? utc : parseZone(asked.tz)
  if (zone === null) throw new ChatError('bad_request')
  const search: Search = {
    text: '',
    words: [],
    sender: readId(asked.sender),
    room: readId(asked.room),
    when: whens.find((when) => when === asked.when) ?? null,
    since: asked.since,
    until: asked.until,
    sinceAt: null,
    untilAt: null,
    has: readKinds(asked.has),
    zone,
    typed: new Set(),
  }
  const left: string[] = []
  const folded: Folded = {
    reader: known.reader,
    people: once(() => foldAll(known.people)),
    rooms: once(() => foldAll(known.rooms)),
  }
  // No message contains a NUL, which would end a string in SQLite.
  for (const { 0: whole, groups = {} } of asked.q.replaceAll('\0', ' ').matchAll(pieces)) {
    const { filter, quoted, value, phrase } = groups
    const meant = filter === undefined ? '' : (quoted ?? value ?? '')
    if (filter !== undefined && apply(search, filter.toLowerCase(), meant, folded)) continue
    left.push(whole)
    const word = (phrase ?? whole).trim()
    if (word !== '') search.words.push(word)
  }
  if (search.words.length > searchWordsMax) throw new ChatError('search_long')
  search.text = left.join(' ')
  setTime(search, known.now)
  return search
}

const pieces = new RegExp(
  '(?<filter>from|in|before|after|has):(?:"(?<quoted>[^"]*)"|(?<value>\\S+))' +
    '|"(?<phrase>[^"]+)"|\\S+',
  'giu',
)

/** What follows `from:` and `in:` in a typed text. */
export function typedNames(q: string): { from: string[]; in: string[] } {
  const names: { from: string[]; in: string[] } = { from: [], in: [] }
  for (const { groups = {} } of q.slice(0, textLimits.searchUnitsMax).matchAll(pieces)) {
    const { filter, quoted, value } = groups
    const name = filter?.toLowerCase()
    const list = name === 'from' || name === 'in' ? names[name] : undefined
    if (list !== undefined && list.length < searchWordsMax) list.push(quoted ?? value ?? '')
  }
  return names
}

function readId(text: string): number | null {
  if (text === '') return null
  const id = parseId(text)
  if (id === null) throw new ChatError('bad_request')
  return id
}

function readKinds(texts: string[]): Has[] {
  const names = texts.flatMap((text) => text.split(',')).filter((name) => name !== '')
  const found = kinds.filter((kind) => names.includes(kind))
  if (found.length < new Set(names).size) throw new ChatError('bad_request')
  return found
}

/** Applies a typed filter; false when it has no meaning. */
function apply(search: Search, filter: string, value: string, known: Folded): boolean {
  if (filter === 'from') {
    const meant = value.toLowerCase() === 'me' ? known.reader : findNamed(known.people, value)
    if (meant !== null) set(search, 'sender', meant)
    return meant !== null
  }
  if (filter === 'in') {
    const meant = findNamed(known.rooms, value)
    if (meant !== null) set(search, 'room', meant)
    return meant !== null
  }
  if (filter === 'has') {
    const kind = kinds.find((each) => each === value.toLowerCase().replace(/s$/, ''))
    if (kind !== undefined) set(search, 'has', [...new Set([...search.has, kind])])
    return kind !== undefined
  }
  return applyDay(search, filter, value)
}

/** The form shows the first and the last day that count. */
function applyDay(search: Search, filter: string, value: string): boolean {
  if (startOfDay(search.zone, value) === null) return false
  const isBefore = filter === 'before'
  const day = shiftDay(value, isBefore ? -1 : 1)
  if (startOfDay(utc, day) === null) return false
  set(search, isBefore ? 'until' : 'since', day)
  search.when = 'custom'
  return true
}

function set<Name extends Filter>(search: Search, name: Name, value: Search[Name]): void {
  search[name] = value
  search.typed.add(name)
}

function foldAll(all: Named[]): Named[] {
  return all.map(({ id, name }) => ({ id, name: wantedName(name) }))
}

/** The one with this name, else the only one whose name begins with it. */
function findNamed(all: () => Named[], typed: string): number | null {
  const wanted = wantedName(typed.replace(/^[@#]/, ''))
  if (wanted === '') return null
  const folded = all()
  const exact = folded.find(({ name }) => name === wanted)
  const begun = folded.filter(({ name }) => name.startsWith(wanted))
  return exact?.id ?? (begun.length === 1 ? (begun[0]?.id ?? null) : null)
}

function setTime(search: Search, now: number): void {
  const { zone } = search
  if (search.when !== null && search.when !== 'custom') {
    const days = { today: [0, 0], yesterday: [-1, -1], week: [-6, 0], month: [-29, 0] }[search.when]
    search.since = dayAt(zone, now, days[0])
    search.until = dayAt(zone, now, days[1])
  }
  search.sinceAt = readMoment(zone, search.since, 0)
  search.untilAt = readMoment(zone, search.until, 1)
  const isGiven = search.since !== '' || search.until !== ''
  if (search.when === null && isGiven) search.when = 'custom'
  if (search.when === 'custom' && !isGiven) search.when = null
}

/** Reads ISO 8601: a moment, or a day, which means its start or, for `days` 1, its end. */
function readMoment(zone: Zone, text: string, days: 0 | 1): number | null {
  if (text === '') return null
  const day = startOfDay(zone, text)
  if (day !== null && days === 1) return startOfDay(zone, shiftDay(text, 1)) ?? day
  if (day !== null) return day
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(
    text,
  )
  const at = isMoment ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new ChatError('bad_request')
  return at
}

/**
 * Finds messages, and how many milliseconds it took. Throws `busy`, `search_replaced`, and
 * `bad_request` for an invalid `after`.
 */
export async function findMessages(
  { store }: Pick<Chat, 'store'>,
  { user, address }: Visitor,
  search: Search,
  after: Place | null,
  limit: number = serverLimits.searchPageRows,
): Promise<SearchPage & { ms: number }> {
  if (isEmpty(search)) return { hits: [], next: null, isAll: true, count: null, ms: 0 }
  const { words, sender, room, has, sinceAt: since, untilAt: until } = search
  const query = { user: user.id, words, sender, room, has, since, until, after, limit }
  const page = await store.search(query, address)
  if (!('refused' in page)) return page
  if (page.refused === 'busy') throw new ChatError('busy', retryMs)
  throw new ChatError(page.refused === 'replaced' ? 'search_replaced' : 'bad_request')
}

function isEmpty({ words, sender, room, has, sinceAt, untilAt }: Search): boolean {
  const filters = [sender, room, sinceAt, untilAt]
  return words.length + has.length === 0 && filters.every((filter) => filter === null)
}
