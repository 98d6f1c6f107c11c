import type { Database } from 'bun:sqlite'
import { excerptOf } from '../../shared/excerpt'
import { hideSpoilers } from '../../shared/markup/excerpt'
import { fold } from '../../shared/fold'
import type { Has, Hit, Line, Place, SearchPage, SearchQuery } from './query'
import { readAttachments } from '../sql/attachments'
import { type MessageRow, selectMessagesWithOther, toMessageWithOther } from '../sql/message-rows'
import { markOf } from '../sql/persons'
import { namesOfGroup, type OtherRow } from '../sql/rooms'
import { indexedToSetting } from './search-index'
import {
  hasToken,
  kindsOf,
  roomToken,
  senderToken,
  tokensForTime,
  tokensForWord,
} from './search-tokens'
import { readSetting } from '../sqlite/settings'

/** Hits are counted this far beyond the page, and this long; then "more than" is shown. */
export const searchCountMax = 400
const searchCountMsMax = 15
/** Naming this many rooms, with less than a quarter of all messages, makes a search faster. */
const searchRoomsMax = 48
const searchRoomsShare = 4

/**
 * Makes the function that finds messages, newest first, on a connection of its own. It goes back in
 * windows of ids, so that it can stop when its time is over: a search that takes longer than
 * `msMax`, which may change meanwhile, gives what it found and says that it is incomplete. Messages
 * that are not in the index yet are scanned; of the others, the candidates that the index gives are
 * compared with their text.
 */
export function createSearch(
  db: Database,
  msMax: () => number,
): (query: SearchQuery) => SearchPage | { refused: 'place_missing' } {
  const statements = prepare(db)
  return db.transaction((query: SearchQuery) => {
    const top = topOf(statements, query)
    return top === null
      ? { refused: 'place_missing' as const }
      : find(statements, query, top, msMax)
  })
}

type Statements = ReturnType<typeof prepare>

/** The id below which to search; null when this person cannot see the place to go on from. */
function topOf({ newest, place }: Statements, { after, user }: SearchQuery): number | null {
  if (after === null) return (newest.get()?.id ?? 0) + 1
  return place.get(after.room, after.seq, user)?.id ?? null
}

function find(
  statements: Statements,
  query: SearchQuery,
  top: number,
  msMax: () => number,
): SearchPage {
  const { user, sender, room, since, until } = query
  const filters: Filters = [user, sender, room, since, until]
  const words = query.words.map(fold)
  const match = matchOf(query, words)
  const found: Candidate[] = []
  const wanted = query.after === null ? query.limit + searchCountMax : query.limit + 1
  const searchedFrom = performance.now()
  const indexedTo = Number(readSetting(statements.db, indexedToSetting) ?? 0)
  let filledAt = Number.POSITIVE_INFINITY
  let [bottom, size] = [match === null ? 0 : top, windowMin]
  // At least one message is looked at, so that each page gets on.
  for (let isOver = false; bottom > 0 && !isOver;) {
    const high = bottom
    const isIndexed = high <= indexedTo + 1
    bottom = Math.max(isIndexed ? 0 : indexedTo + 1, high - size)
    const startedAt = performance.now()
    const candidates =
      isIndexed && match !== null
        ? statements.indexed.iterate(...filters, high, bottom, match)
        : statements.unindexed.iterate(...filters, high, bottom)
    for (const row of candidates) {
      if (fits(row, words, query.has)) found.push(row)
      if (found.length > query.limit) filledAt = Math.min(filledAt, performance.now())
      isOver = found.length >= wanted || !isInTime(searchedFrom + msMax(), filledAt)
      if (isOver) {
        bottom = row.id
        break
      }
    }
    isOver ||= !isInTime(searchedFrom + msMax(), filledAt)
    if (performance.now() - startedAt < windowMs) size = Math.min(size * 4, windowMax)
  }
  const hits = readHits(statements, found.slice(0, query.limit), query.user, words)
  const nearest = bottom > 0 ? statements.nearest.get(bottom, user) : null
  return { hits, ...rest(query, found, bottom > 0, nearest) }
}

/** What the statements for candidates take first; null for any. */
export type Filters = [
  user: number,
  sender: number | null,
  room: number | null,
  since: number | null,
  until: number | null,
]

/** Ids of the first window; the next ones are larger while they are fast. */
const windowMin = 65_536
const windowMax = 4 * windowMin
const windowMs = 20

/** Once the page is full, a short time is left to count further hits. */
export function isInTime(deadline: number, filledAt: number): boolean {
  const now = performance.now()
  return now < deadline && now < filledAt + searchCountMsMax
}

/**
 * The query as an FTS5 expression; every token is quoted, so typed text is never an operator. Null
 * when nothing can be found: the time span is empty, or the words are only accents.
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

export type Candidate = Place & { id: number; content: string; attachments: string | null }

/** Whether each word is in the text or a file name, and the message has what is asked for. */
export function fits(candidate: Candidate, words: string[], has: Has[]): boolean {
  const { content } = candidate
  const attachments = readAttachments(candidate.attachments)
  const kinds = has.length > 0 ? kindsOf({ content, attachments }) : []
  if (!has.every((kind) => kinds.includes(kind))) return false
  const folded = fold([content, ...attachments.map(({ name }) => name)].join('\n'))
  return words.every((word) => folded.includes(word))
}

/** What is beyond this page; `nearest`: where to go on when there was no time to look further. */
export function rest(
  { limit, after }: SearchQuery,
  found: Candidate[],
  more: boolean,
  nearest: Place | null,
): Omit<SearchPage, 'hits'> {
  const last = found.length > limit ? found[limit - 1] : undefined
  const isAll = !more || last !== undefined
  const rooms = new Set(found.map(({ room }) => room)).size
  return {
    next: last === undefined ? nearest : { room: last.room, seq: last.seq },
    isAll,
    count: after === null ? { messages: found.length, rooms, more } : null,
  }
}

/** The found messages with their context, in the order in which they were found. */
function readHits(
  { context, hits }: Statements,
  page: Candidate[],
  user: number,
  words: string[],
): Hit[] {
  const rows = hits.all(JSON.stringify(page.map(({ id }) => id)), user)
  return inOrder(page, rows).map((row) => ({ ...toHit(row, words), ...context(row) }))
}

/** The rows of what was found, in the order of the candidates. */
export function inOrder<Row extends Place>(page: Candidate[], rows: Row[]): Row[] {
  const byPlace = new Map(rows.map((row) => [`${row.room} ${row.seq}`, row]))
  return page.flatMap(({ room, seq }) => byPlace.get(`${room} ${seq}`) ?? [])
}

export type HitRow = MessageRow & OtherRow & Pick<Hit, 'kind' | 'roomName'>

/** A row as a hit, without what was said before and after. */
export function toHit(
  { kind, roomName, ...row }: HitRow,
  words: string[],
): Omit<Hit, 'before' | 'after'> {
  const message = toMessageWithOther(row)
  const names = message.attachments.map(({ name }) => name)
  const text = hideSpoilers(row.content)
  const excerpt = excerptOf([text, ...names].join('\n').trim(), words)
  return { message, kind, roomName, excerpt }
}

/** The rooms of a person, which stands after it. */
export const mine = `SELECT room_id FROM memberships JOIN users ON users.id = user_id
  WHERE left_at IS NULL AND user_id =`

// The plus keeps SQLite from using another index than that of the ids, whose order is needed.
export const filters = `+room_id IN (${mine} ?1) AND deleted_at IS NULL AND system IS NULL
  AND (?2 IS NULL OR author_id = ?2) AND (?3 IS NULL OR room_id = ?3)
  AND (?4 IS NULL OR created_at >= ?4) AND (?5 IS NULL OR created_at < ?5)`
export const columns = `messages.id, room_id AS room, seq, content, attachments`

/** The id of a place that a person can see. */
export const selectPlace = `SELECT id FROM messages
  WHERE room_id = ?1 AND seq = ?2 AND room_id IN (${mine} ?3)`

/** The first place that a person can see, from an id on. */
export const selectNearest = `SELECT room_id AS room, seq FROM messages
  WHERE id >= ? AND room_id IN (${mine} ?) ORDER BY id LIMIT 1`

/** What a hit tells of its room. */
export const ofRoom = `rooms.kind,
  iif(is_group = 1, ${namesOfGroup('?2')}, rooms.name) AS roomName,`

function prepare(db: Database) {
  // Naming the person's rooms saves candidates from other rooms, but costs more than it saves where
  // most messages are in their rooms. The condition on room_id holds in any case.
  const ownRooms = `(SELECT ' AND ("room' || group_concat(room_id, '" OR "room') || '")'
    FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?1
    HAVING count(*) <= ${searchRoomsMax}
      AND sum(revision) * ${searchRoomsShare} < (SELECT max(id) FROM messages))`
  return {
    db,
    context: createContext(db),
    newest: db.query<{ id: number | null }, []>(`SELECT max(id) AS id FROM messages`),
    place: db.query<{ id: number }, [number, number, number]>(selectPlace),
    unindexed: db.query<Candidate, [...Filters, high: number, bottom: number]>(
      `SELECT ${columns} FROM messages WHERE id < ?6 AND id >= ?7 AND ${filters} ORDER BY id DESC`,
    ),
    indexed: db.query<Candidate, [...Filters, high: number, bottom: number, match: string]>(
      `SELECT ${columns} FROM search JOIN messages ON messages.id = search.rowid
       WHERE search MATCH ?8 || coalesce(${ownRooms}, '')
         AND search.rowid < ?6 AND search.rowid >= ?7 AND ${filters}
       ORDER BY search.rowid DESC`,
    ),
    nearest: db.query<Place, [number, number]>(selectNearest),
    hits: db.query<HitRow, [string, number]>(
      selectMessagesWithOther(
        `messages.id IN (SELECT value FROM json_each(?1)) AND room_id IN (${mine} ?2)`,
        ofRoom,
      ),
    ),
  }
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

export type LineRow = Omit<Line, 'text'> & { content: string; attachments: string | null }

const selectLine = `SELECT nickname, ${markOf('users')} AS mark, content, attachments
  FROM messages JOIN users ON users.id = author_id
  WHERE room_id = ?1 AND deleted_at IS NULL AND system IS NULL`

/** One line of a message's text, then the names of its files. */
export function toLine(row: LineRow | null): Line | null {
  if (row === null) return null
  const files = readAttachments(row.attachments).map(({ name }) => name)
  const text = [hideSpoilers(row.content).slice(0, lineUnits * 2), ...files].join(' ').trim()
  const line = text.replace(/\s+/gu, ' ').slice(0, lineUnits).toWellFormed()
  return { nickname: row.nickname, mark: row.mark, text: line }
}

/** The widest list shows no more. */
const lineUnits = 120
