import { ChatError } from '../../server/errors'
import { limits } from '../../shared/limits'
import type { Has } from '../../store/store'
import { foldName } from '../people/name'
import { dayAt, parseZone, startOfDay, utc, type Zone } from './zone'

const searchWordsMax = 16

/** What somebody typed or chose to find something, as it came. */
export type Asked = {
  q: string
  sender: string
  room: string
  when: string
  since: string
  until: string
  has: string[]
  tz: string
}

export const whens = ['today', 'yesterday', 'week', 'month', 'custom'] as const
export type When = (typeof whens)[number]

export const kinds: Has[] = ['link', 'image', 'file']

/** Somebody or somewhere that a typed name may mean. */
export type Named = { id: number; name: string }

/** A search as it is shown and as it is done. */
export type Search = {
  /** What is left to be found in the text, as it was typed. */
  text: string
  words: string[]
  sender: number | null
  room: number | null
  when: When | null
  /** As they came: a day of the calendar, or a moment. */
  since: string
  until: string
  sinceAt: number | null
  untilAt: number | null
  has: Has[]
  zone: Zone
  /** Something typed turned into a filter: `from:`, `in:`, `before:`, `after:`, `has:`. */
  isTyped: boolean
}

/** Whoever is reading, and the people and rooms that `from:` and `in:` may name. */
export type Known = { reader: number; people: Named[]; rooms: Named[]; now: number }

/**
 * Reads what was asked for. Throws `search_long` for more than anybody types and `bad_request` for
 * filters that no form of ours sends; what merely looks like a filter is searched for as it is.
 */
export function parseSearch(asked: Asked, known: Known): Search {
  if (asked.q.length > limits.searchUnitsMax) throw new ChatError('search_long')
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
    isTyped: false,
  }
  const left: string[] = []
  // No text holds a NUL, and for SQLite everything ends there.
  for (const { 0: whole, groups = {} } of asked.q.replaceAll('\0', ' ').matchAll(pieces)) {
    const { filter, quoted, value, phrase } = groups
    const meant = filter === undefined ? '' : (quoted ?? value ?? '')
    if (filter !== undefined && apply(search, filter.toLowerCase(), meant, known)) continue
    left.push(whole)
    const word = (phrase ?? whole).trim()
    if (word !== '') search.words.push(word)
  }
  if (search.words.length > searchWordsMax) throw new ChatError('search_long')
  search.text = left.join(' ')
  setTime(search, known.now)
  return search
}

/** Whether anything at all was asked for. */
export function isEmpty({ words, sender, room, has, sinceAt, untilAt }: Search): boolean {
  const filters = [sender, room, sinceAt, untilAt]
  return words.length + has.length === 0 && filters.every((filter) => filter === null)
}

const pieces = new RegExp(
  '(?<filter>from|in|before|after|has):(?:"(?<quoted>[^"]*)"|(?<value>\\S+))' +
    '|"(?<phrase>[^"]+)"|\\S+',
  'giu',
)

function readId(text: string): number | null {
  if (text === '') return null
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new ChatError('bad_request')
  return Number(text)
}

function readKinds(texts: string[]): Has[] {
  const names = texts.flatMap((text) => text.split(',')).filter((name) => name !== '')
  const found = kinds.filter((kind) => names.includes(kind))
  if (found.length < new Set(names).size) throw new ChatError('bad_request')
  return found
}

/** Takes a typed filter; false when it means nothing, and is searched for as it stands. */
function apply(search: Search, filter: string, value: string, known: Known): boolean {
  const done = applyTo(search, filter, value, known)
  search.isTyped ||= done
  return done
}

function applyTo(search: Search, filter: string, value: string, known: Known): boolean {
  if (filter === 'from') {
    const meant = value.toLowerCase() === 'me' ? known.reader : findNamed(known.people, value)
    if (meant !== null) search.sender = meant
    return meant !== null
  }
  if (filter === 'in') {
    const meant = findNamed(known.rooms, value)
    if (meant !== null) search.room = meant
    return meant !== null
  }
  if (filter === 'has') {
    const kind = kinds.find((each) => each === value.toLowerCase().replace(/s$/, ''))
    if (kind !== undefined && !search.has.includes(kind)) search.has.push(kind)
    return kind !== undefined
  }
  return applyDay(search, filter, value)
}

/** The fields hold the first and the last day that count. */
function applyDay(search: Search, filter: string, value: string): boolean {
  if (startOfDay(search.zone, value) === null) return false
  const isBefore = filter === 'before'
  const day = dayAt(utc, Date.parse(`${value}T12:00:00Z`), isBefore ? -1 : 1)
  // The calendar of the fields has four digits for a year.
  if (startOfDay(utc, day) === null) return false
  if (isBefore) search.until = day
  else search.since = day
  search.when = 'custom'
  return true
}

/** Whoever is called so, else the only one whose name begins so. */
function findNamed(all: Named[], typed: string): number | null {
  const wanted = foldName(typed.replace(/^[@#]/, ''))
  if (wanted === null || wanted === '') return null
  const folded = all.map(({ id, name }) => ({ id, name: foldName(name) ?? '' }))
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

/** ISO 8601: a moment, or a day, of which the first or the last instant is meant. */
function readMoment(zone: Zone, text: string, days: 0 | 1): number | null {
  if (text === '') return null
  const day = startOfDay(zone, text)
  if (day !== null && days === 1) return startOfDay(zone, dayAt(zone, day, 1)) ?? day
  if (day !== null) return day
  const isMoment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/.test(
    text,
  )
  const at = isMoment ? Date.parse(text) : Number.NaN
  if (Number.isNaN(at)) throw new ChatError('bad_request')
  return at
}
