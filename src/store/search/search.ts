import { excerptOf } from '../../shared/excerpt'
import {
  cutFromUnits,
  excerptOf as plainExcerptOf,
  hideSpoilers,
} from '../../shared/markup/excerpt'
import { fold } from '../../shared/fold'
import type { Has, Hit, Line, Place, SearchPage, SearchQuery } from './query'
import { readAttachments } from '../sql/attachments'
import type { Database, Work } from '../sql/database'
import { type MessageRow, selectMessagesWithOther, toMessageWithOther } from '../sql/message-rows'
import { markOf } from '../sql/persons'
import { namesOfGroup, type OtherRow } from '../sql/rooms'
import { readSetting } from '../sql/settings'
import { indexedToSetting } from './search-index'
import {
  hasToken,
  kindsOf,
  roomToken,
  senderToken,
  tokensForTime,
  tokensForWord,
} from './search-tokens'

/** What each engine does in its own way. */
export type Engine = {
  /** Ids of the first window; the next ones are larger while they are fast. */
  windowMin: number
  windowMax: number
  /** Candidates that are read at once. */
  atOnce: number
  /** Tokens in the language of the index. */
  toMatch: (tokens: Tokens) => string
  /** The newest candidates; of messages that are not in the index, `match` is null. */
  look: (span: Span, match: string | null) => Work<Iterable<Candidate>>
}

/** Tokens that a message must all have, and one of each of these groups. */
type Tokens = { all: string[]; anyOf: string[][] }

/** Naming this many rooms, with less than a quarter of all messages, makes a search faster. */
const searchRoomsMax = 48
const searchRoomsShare = 4
/** Hits are counted this far beyond the page, and this long; then "more than" is shown. */
const searchCountMax = 400
const searchCountMsMax = 15

/**
 * Makes the function that finds messages, newest first. It goes back in windows of ids, so that it
 * can stop when its time is over: a search that takes longer than `msMax`, which may change
 * meanwhile, gives what it found and says that it is incomplete. Messages that are not in the index
 * yet are scanned; of the others, the candidates that the index gives are compared with their text.
 */
export function createSearch(
  db: Database,
  engine: Engine,
  msMax: () => number,
): (query: SearchQuery) => Work<SearchPage | { refused: 'place_missing' }> {
  const statements = { ...prepare(db, engine), msMax }
  return function* (query) {
    const top = yield* topOf(statements, query)
    return top === null
      ? { refused: 'place_missing' as const }
      : yield* find(statements, query, top)
  }
}

type Statements = ReturnType<typeof prepare> & { msMax: () => number }

/** The id below which to search; null when this person cannot see the place to go on from. */
function* topOf({ newest, place }: Statements, { after, user }: SearchQuery): Work<number | null> {
  if (after === null) return ((yield* newest.get())?.id ?? 0) + 1
  return (yield* place.get(after.room, after.seq, user))?.id ?? null
}

function* find(statements: Statements, query: SearchQuery, top: number): Work<SearchPage> {
  const { engine, msMax } = statements
  const words = query.words.map(fold)
  const look = yield* createLook(statements, query, words)
  const found: Candidate[] = []
  const wanted = query.after === null ? query.limit + searchCountMax : query.limit + 1
  const searchedFrom = performance.now()
  let filledAt = Number.POSITIVE_INFINITY
  let [bottom, size] = [look === null ? 0 : top, engine.windowMin]
  // At least one message is looked at, so that each page gets on.
  for (let isOver = false; look !== null && bottom > 0 && !isOver;) {
    const startedAt = performance.now()
    const { rows, lowest } = yield* look(bottom, size)
    bottom = lowest
    let looked = 0
    for (const row of rows) {
      looked += 1
      if (fits(row, words, query.has)) found.push(row)
      if (found.length > query.limit) filledAt = Math.min(filledAt, performance.now())
      isOver = found.length >= wanted || !isInTime(searchedFrom + msMax(), filledAt)
      // There may be more of them in this window.
      if (isOver || looked === engine.atOnce) {
        bottom = row.id
        break
      }
    }
    isOver ||= !isInTime(searchedFrom + msMax(), filledAt)
    if (performance.now() - startedAt < windowMs) size = Math.min(size * 4, engine.windowMax)
  }
  const hits = yield* readHits(statements, found.slice(0, query.limit), query.user, words)
  return { hits, ...(yield* rest(statements, query, found, bottom)) }
}

const windowMs = 20

/** Candidates below an id, newest first, and the id down to which they are all. */
type Look = (high: number, size: number) => Work<{ rows: Iterable<Candidate>; lowest: number }>

/** Makes the function that looks for candidates; null when nothing can be found. */
function* createLook(
  { db, engine, ownRooms }: Statements,
  query: SearchQuery,
  words: string[],
): Work<Look | null> {
  const tokens = tokensOf(query, words)
  if (tokens === null) return null
  const own = yield* ownRooms.get(query.user)
  const rooms: number[] = own === null ? [] : JSON.parse(own.rooms)
  if (own !== null) tokens.anyOf.push(rooms.map(roomToken))
  const match = engine.toMatch(tokens)
  const { user, sender, room, since, until } = query
  const indexedTo = Number((yield* readSetting(db, indexedToSetting)) ?? 0)
  return function* (high, size) {
    const isIndexed = high <= indexedTo + 1
    const lowest = Math.max(isIndexed ? 0 : indexedTo + 1, high - size)
    const span: Span = [user, sender, room, since, until, high, lowest, engine.atOnce]
    return { rows: yield* engine.look(span, isIndexed ? match : null), lowest }
  }
}

/** What the statements for candidates take: filters, null for any, and where to look. */
export type Span = [
  user: number,
  sender: number | null,
  room: number | null,
  since: number | null,
  until: number | null,
  high: number,
  bottom: number,
  max: number,
]

/** Once the page is full, a short time is left to count further hits. */
function isInTime(deadline: number, filledAt: number): boolean {
  const now = performance.now()
  return now < deadline && now < filledAt + searchCountMsMax
}

/** What a message must have; null when nothing can: no time, or the words are only accents. */
function tokensOf(query: SearchQuery, words: string[]): Tokens | null {
  const { has, room, sender, since, until } = query
  const all = [
    ...words.flatMap((word) => word.split(/\s+/u).filter(Boolean).flatMap(tokensForWord)),
    ...has.map(hasToken),
    ...(sender === null ? [] : [senderToken(sender)]),
    ...(room === null ? [] : [roomToken(room)]),
  ]
  const isTimed = since !== null || until !== null
  const days = isTimed ? tokensForTime(since, until) : []
  if (days.length === 0 && (isTimed || all.length === 0)) return null
  return { all: [...new Set(all)], anyOf: isTimed ? [days] : [] }
}

/** A message that may be what is looked for. */
export type Candidate = Place & { id: number; content: string; attachments: string | null }

/** Whether each word is in the text or a file name, and the message has what is asked for. */
function fits(candidate: Candidate, words: string[], has: Has[]): boolean {
  const { content } = candidate
  const attachments = readAttachments(candidate.attachments)
  const kinds = has.length > 0 ? kindsOf({ content, attachments }) : []
  if (!has.every((kind) => kinds.includes(kind))) return false
  const folded = fold([content, ...attachments.map(({ name }) => name)].join('\n'))
  return words.every((word) => folded.includes(word))
}

/** What is beyond this page. */
function* rest(
  { nearest }: Statements,
  { limit, user, after }: SearchQuery,
  found: Candidate[],
  bottom: number,
): Work<Omit<SearchPage, 'hits'>> {
  const more = bottom > 0
  const last = found.length > limit ? found[limit - 1] : undefined
  const isAll = !more || last !== undefined
  const rooms = new Set(found.map(({ room }) => room)).size
  return {
    next:
      last === undefined
        ? more
          ? yield* nearest.get(bottom, user)
          : null
        : { room: last.room, seq: last.seq },
    isAll,
    count: after === null ? { messages: found.length, rooms, more } : null,
  }
}

/** The found messages with their context, in the order in which they were found. */
function* readHits(
  { hits, neighbours, lines }: Statements,
  page: Candidate[],
  user: number,
  words: string[],
): Work<Hit[]> {
  if (page.length === 0) return []
  const ids = JSON.stringify(page.map(({ id }) => id))
  const rows = yield* hits.all(ids, user)
  const around = yield* neighbours.all(ids)
  const nextTo = JSON.stringify(around.flatMap(({ before, after }) => [before ?? 0, after ?? 0]))
  const said = new Map((yield* lines.all(nextTo)).map(({ id, ...row }) => [id, toLine(row)]))
  const lineAt = (id: number | null | undefined): Line | null => said.get(id ?? 0) ?? null
  const byPlace = new Map(rows.map((row) => [`${row.room} ${row.seq}`, row]))
  const byId = new Map(around.map((one) => [one.id, one]))
  return page.flatMap(({ id, room, seq }) => {
    const row = byPlace.get(`${room} ${seq}`)
    if (row === undefined) return []
    const { kind, roomName, ...rest } = row
    const message = toMessageWithOther(rest)
    const names = message.attachments.map(({ name }) => name)
    const text = hideSpoilers(row.content)
    const excerpt = excerptOf([text, ...names].join('\n').trim(), words)
    const [before, after] = [lineAt(byId.get(id)?.before), lineAt(byId.get(id)?.after)]
    return [{ message, kind, roomName, excerpt, before, after }]
  })
}

type HitRow = MessageRow & OtherRow & Pick<Hit, 'kind' | 'roomName'>

/** The ids of the messages just before and just after one. */
type Neighbours = { id: number; before: number | null; after: number | null }

const mine = `SELECT room_id FROM memberships JOIN users ON users.id = user_id
  WHERE left_at IS NULL AND user_id =`

/** What is read of a candidate. */
export const candidateColumns = `messages.id, room_id AS room, seq, content, attachments`

/** The filters of a `Span`. The plus keeps engines from another index than that of the ids. */
export const candidateFilters = `+room_id IN (${mine} ?1) AND deleted_at IS NULL AND system IS NULL
  AND (?2 IS NULL OR author_id = ?2) AND (?3 IS NULL OR room_id = ?3)
  AND (?4 IS NULL OR created_at >= ?4) AND (?5 IS NULL OR created_at < ?5)`

/** The statement for messages that are not in the index; it takes a `Span`. */
export const selectUnindexed = `SELECT ${candidateColumns} FROM messages
  WHERE id < ?6 AND id >= ?7 AND ${candidateFilters} ORDER BY id DESC LIMIT ?8`

function prepare(db: Database, engine: Engine) {
  const neighbour = (than: '<' | '>', order: 'ASC' | 'DESC'): string =>
    `(SELECT id FROM messages WHERE room_id = hit.room_id AND seq ${than} hit.seq
        AND deleted_at IS NULL AND system IS NULL ORDER BY seq ${order} LIMIT 1)`
  const listed = `(SELECT CAST(value AS INTEGER) FROM json_each(?1))`
  return {
    db,
    engine,
    newest: db.query<{ id: number | null }, []>(`SELECT max(id) AS id FROM messages`),
    // The condition on room_id holds in any case. Naming the rooms saves candidates of other rooms,
    // but costs more than it saves where most messages are in these.
    ownRooms: db.query<{ rooms: string }, [number]>(
      `SELECT json_group_array(room_id) AS rooms
       FROM memberships JOIN rooms ON rooms.id = room_id WHERE user_id = ?1
       HAVING count(*) <= ${searchRoomsMax}
         AND sum(revision) * ${searchRoomsShare} < (SELECT max(id) FROM messages)`,
    ),
    place: db.query<{ id: number }, [number, number, number]>(
      `SELECT id FROM messages WHERE room_id = ?1 AND seq = ?2 AND room_id IN (${mine} ?3)`,
    ),
    nearest: db.query<Place, [number, number]>(
      `SELECT room_id AS room, seq FROM messages
       WHERE id >= ? AND room_id IN (${mine} ?) ORDER BY id LIMIT 1`,
    ),
    hits: db.query<HitRow, [string, number]>(
      selectMessagesWithOther(
        `messages.id IN ${listed} AND room_id IN (${mine} ?2)`,
        `rooms.kind, iif(is_group = 1, ${namesOfGroup('?2')}, rooms.name) AS roomName,`,
      ),
    ),
    neighbours: db.query<Neighbours, [string]>(
      `SELECT id, ${neighbour('<', 'DESC')} AS before, ${neighbour('>', 'ASC')} AS after
       FROM messages AS hit WHERE id IN ${listed}`,
    ),
    lines: db.query<LineRow & { id: number }, [string]>(
      `SELECT messages.id, nickname, ${markOf('users')} AS mark, content, attachments
       FROM messages JOIN users ON users.id = author_id WHERE messages.id IN ${listed}`,
    ),
  }
}

type LineRow = Omit<Line, 'text'> & { content: string; attachments: string | null }

/** One line of a message's text as it is read, then the names of its files. */
function toLine(row: LineRow): Line {
  const files = readAttachments(row.attachments).map(({ name }) => name)
  const text = [plainExcerptOf(row.content.slice(0, cutFromUnits)), ...files].join(' ').trim()
  const line = text.slice(0, lineUnits).toWellFormed()
  return { nickname: row.nickname, mark: row.mark, text: line }
}

/** The widest list shows no more. */
const lineUnits = 120
