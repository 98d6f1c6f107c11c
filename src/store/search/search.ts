import type { Database } from 'bun:sqlite'
import { excerptOf } from './excerpt'
import { fold } from './fold'
import type { Has, Hit, Line, Place, SearchOutcome, SearchPage, SearchQuery } from './query'
import { readAttachments } from '../sqlite/attachments'
import { type MessageRow, selectMessages, toMessageWithOther } from '../sqlite/message-rows'
import { joinOther, type OtherRow, selectOther } from '../sqlite/rooms'
import { indexedToSetting } from './search-index'
import {
  hasToken,
  type Indexed,
  kindsOf,
  roomToken,
  senderToken,
  tokensForTime,
  tokensForWord,
} from './search-tokens'
import { readSetting } from '../sqlite/settings'

/** Hits are counted this far beyond the page, and this long; then "more than" is shown. */
const searchCountMax = 400
const searchCountMsMax = 15
/** A search that takes longer gives what it found and says that it is incomplete. */
const searchMsMax = 1_000
/** Naming this many rooms, with less than a quarter of all messages, makes a search faster. */
const searchRoomsMax = 48
const searchRoomsShare = 4

/**
 * Makes the function that finds messages, newest first, on a connection of its own. It goes back in
 * windows of ids, so that it can stop when its time is over: those that the index does not know yet
 * are looked at one by one, of the others what the index offers is compared with the text itself.
 */
export function createSearch(
  db: Database,
  msMax: number = searchMsMax,
): (query: SearchQuery) => SearchOutcome {
  const statements = prepare(db)
  return db.transaction((query: SearchQuery): SearchOutcome => {
    const top = topOf(statements, query)
    return top === null ? { refused: 'place_missing' } : find(statements, query, top, msMax)
  })
}

type Statements = ReturnType<typeof prepare>

/** The id below which to look; null when the place to go on from is not this person's. */
function topOf({ newest, place }: Statements, { after, user }: SearchQuery): number | null {
  if (after === null) return (newest.get()?.id ?? 0) + 1
  return place.get(after.room, after.seq, user)?.id ?? null
}

function find(statements: Statements, query: SearchQuery, top: number, msMax: number): SearchPage {
  const words = query.words.map(fold)
  const match = matchOf(query, words)
  const found: Candidate[] = []
  const wanted = query.after === null ? query.limit + searchCountMax : query.limit + 1
  const deadline = performance.now() + msMax
  const indexedTo = Number(readSetting(statements.db, indexedToSetting) ?? 0)
  let filledAt = Number.POSITIVE_INFINITY
  let [bottom, size] = [match === null ? 0 : top, windowMin]
  // Something is looked at in any case, so that going on leads on.
  for (let isOver = false; bottom > 0 && !isOver;) {
    const high = bottom
    const isIndexed = high <= indexedTo + 1
    bottom = Math.max(isIndexed ? 0 : indexedTo + 1, high - size)
    const startedAt = performance.now()
    const candidates = candidatesIn(statements, [high, bottom], query, isIndexed ? match : null)
    for (const row of candidates) {
      if (fits(row, words, query.has)) found.push(row)
      if (found.length > query.limit) filledAt = Math.min(filledAt, performance.now())
      isOver = found.length >= wanted || !isInTime(deadline, filledAt)
      if (isOver) {
        bottom = row.id
        break
      }
    }
    isOver ||= !isInTime(deadline, filledAt)
    if (performance.now() - startedAt < windowMs) size *= 4
  }
  const hits = readHits(statements, found.slice(0, query.limit), query.user, words)
  return { hits, ...rest(statements, query, found, bottom) }
}

type Span = [high: number, bottom: number]

/** What may be it among the messages of a span; without a match all that this person may see. */
function candidatesIn(
  { indexed, unindexed }: Statements,
  span: Span,
  query: SearchQuery,
  match: string | null,
): IterableIterator<Candidate> {
  const filters = filtersOf(query)
  if (match === null) return unindexed.iterate(...filters, ...span)
  return indexed.iterate(...filters, ...span, match)
}

/** Ids of the first window; each next one is larger while they are fast. */
const windowMin = 65_536
const windowMs = 20

/** Once the page is full, a moment is left to count how much more there is. */
function isInTime(deadline: number, filledAt: number): boolean {
  const now = performance.now()
  return now < deadline && now < filledAt + searchCountMsMax
}

/**
 * In the index' own language; every token is quoted, so nothing that was typed is an operator.
 * Null when nothing can be found: no day lies in such a span, or no word is left of an accent.
 */
function matchOf(query: SearchQuery, words: string[]): string | null {
  const { has, room, sender, since, until } = query
  const tokens = [
    ...words.flatMap((word) => word.split(/\s+/u).filter(Boolean).flatMap(tokensForWord)),
    ...has.map(hasToken),
    ...(sender === null ? [] : [senderToken(sender)]),
    ...(room === null ? [] : [roomToken(room)]),
  ]
  const isTimed = since !== null || until !== null
  const time = isTimed ? tokensForTime(since, until) : []
  if (isTimed && time.length === 0) return null
  const parts = [...new Set(tokens)].map(quote)
  if (isTimed) parts.push(`(${time.map(quote).join(' OR ')})`)
  return parts.length === 0 ? null : parts.join(' AND ')
}

function quote(token: string): string {
  return `"${token.replaceAll('"', '""')}"`
}

type Filters = [
  user: number,
  sender: number | null,
  room: number | null,
  since: number | null,
  until: number | null,
]

function filtersOf({ user, sender, room, since, until }: SearchQuery): Filters {
  return [user, sender, room, since, until]
}

type Candidate = Place & { id: number; content: string; attachments: string | null }

/** In the text, or in the name of a file that came with it; and with what it is to have. */
function fits(candidate: Candidate, words: string[], has: Has[]): boolean {
  const { content } = candidate
  const attachments = readAttachments(candidate.attachments)
  if (has.length > 0 && !hasAll(has, { content, attachments })) return false
  const folded = fold([content, ...attachments.map(({ name }) => name)].join('\n'))
  return words.every((word) => folded.includes(word))
}

function hasAll(wanted: Has[], message: Pick<Indexed, 'content' | 'attachments'>): boolean {
  const kinds = kindsOf(message)
  return wanted.every((kind) => kinds.includes(kind))
}

/** What there is beyond this page. */
function rest(
  { nearest }: Statements,
  { limit, user, after }: SearchQuery,
  found: Candidate[],
  bottom: number,
): Omit<SearchPage, 'hits'> {
  const more = bottom > 0
  const isFull = found.length > limit
  const last = found[limit - 1]
  const isUnseen = more && !isFull
  const reached = isUnseen ? nearest.get(bottom, user) : null
  return {
    next: isFull && last !== undefined ? { room: last.room, seq: last.seq } : reached,
    isAll: !isUnseen,
    count:
      after === null
        ? { messages: found.length, rooms: new Set(found.map(({ room }) => room)).size, more }
        : null,
  }
}

/** The messages themselves, in the order in which they were found. */
function readHits(
  { context, hits }: Statements,
  page: Candidate[],
  user: number,
  words: string[],
): Hit[] {
  const rows = hits.all(JSON.stringify(page.map(({ id }) => id)), user)
  const byPlace = new Map(rows.map((row) => [`${row.room} ${row.seq}`, row]))
  return page.flatMap(({ room, seq }) => {
    const row = byPlace.get(`${room} ${seq}`)
    if (row === undefined) return []
    const { kind, roomName, ...rest } = row
    const message = toMessageWithOther(rest)
    const names = message.attachments.map(({ name }) => name)
    const excerpt = excerptOf([row.content, ...names].join('\n').trim(), words)
    return [{ message, kind, roomName, excerpt, ...context(row) }]
  })
}

type HitRow = MessageRow & OtherRow & Pick<Hit, 'kind' | 'roomName'>

const mine = `SELECT room_id FROM memberships WHERE user_id =`

function prepare(db: Database) {
  const newest = db.query<{ id: number | null }, []>(`SELECT max(id) AS id FROM messages`)
  const place = db.query<{ id: number }, [number, number, number]>(
    `SELECT id FROM messages WHERE room_id = ?1 AND seq = ?2 AND room_id IN (${mine} ?3)`,
  )
  // The names of one's rooms save looking at what others say elsewhere, but cost a lot where there
  // is little elsewhere. The condition on room_id holds in any case.
  const ownRooms = `(SELECT ' AND ("room' || group_concat(room_id, '" OR "room') || '")'
    FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?1
    HAVING count(*) <= ${searchRoomsMax}
      AND sum(revision) * ${searchRoomsShare} < (SELECT max(id) FROM messages))`
  // With a plus, so that they are read in the order of their ids.
  const filters = `+room_id IN (${mine} ?1) AND deleted_at IS NULL
    AND (?2 IS NULL OR author_id = ?2) AND (?3 IS NULL OR room_id = ?3)
    AND (?4 IS NULL OR created_at >= ?4) AND (?5 IS NULL OR created_at < ?5)`
  const columns = `messages.id, room_id AS room, seq, content, attachments`
  const unindexed = db.query<Candidate, [...Filters, high: number, bottom: number]>(
    `SELECT ${columns} FROM messages WHERE id < ?6 AND id >= ?7 AND ${filters} ORDER BY id DESC`,
  )
  const indexed = db.query<Candidate, [...Filters, high: number, bottom: number, match: string]>(
    `SELECT ${columns} FROM search JOIN messages ON messages.id = search.rowid
     WHERE search MATCH ?8 || coalesce(${ownRooms}, '')
       AND search.rowid < ?6 AND search.rowid >= ?7 AND ${filters}
     ORDER BY search.rowid DESC`,
  )
  const nearest = db.query<Place, [number, number]>(
    `SELECT room_id AS room, seq FROM messages
     WHERE id >= ? AND room_id IN (${mine} ?) ORDER BY id LIMIT 1`,
  )
  const hits = db.query<HitRow, [string, number]>(
    `SELECT said.*, rooms.kind, rooms.name AS roomName, ${selectOther}
     FROM (${selectMessages(
       `messages.id IN (SELECT value FROM json_each(?1)) AND room_id IN (${mine} ?2)`,
     )}) AS said
     JOIN rooms ON rooms.id = said.room
     ${joinOther('said.senderId')}`,
  )
  return { db, newest, place, indexed, unindexed, nearest, hits, context: createContext(db) }
}

/** Makes the function that gives the messages just before and just after a place. */
function createContext(db: Database) {
  const before = db.query<LineRow, [number, number]>(
    `${selectLine} AND seq < ?2 ORDER BY seq DESC LIMIT 1`,
  )
  const after = db.query<LineRow, [number, number]>(
    `${selectLine} AND seq > ?2 ORDER BY seq LIMIT 1`,
  )
  return ({ room, seq }: Place): { before: Line | null; after: Line | null } => ({
    before: toLine(before.get(room, seq)),
    after: toLine(after.get(room, seq)),
  })
}

type LineRow = { name: string; content: string; attachments: string | null }

const selectLine = `SELECT nickname AS name, content, attachments
  FROM messages JOIN users ON users.id = author_id
  WHERE room_id = ?1 AND deleted_at IS NULL`

/** What fits into one line; of what has no words, the names of its files. */
function toLine(row: LineRow | null): Line | null {
  if (row === null) return null
  const files = readAttachments(row.attachments).map(({ name }) => name)
  const text = [row.content.slice(0, lineUnits * 2), ...files].join(' ').trim()
  const line = text.replace(/\s+/gu, ' ').slice(0, lineUnits).toWellFormed()
  return { name: row.name, text: line }
}

/** A line of the widest list; the rest is cut where it is shown. */
const lineUnits = 120
