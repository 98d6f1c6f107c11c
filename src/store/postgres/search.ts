import { fold } from '../../shared/fold'
import type { Place, SearchOutcome, SearchPage, SearchQuery } from '../search/query'
import {
  type Candidate,
  columns,
  type Filters,
  filters,
  fits,
  type HitRow,
  inOrder,
  isInTime,
  type LineRow,
  mine,
  ofRoom,
  rest,
  searchCountMax,
  selectNearest,
  selectPlace,
  toHit,
  toLine,
} from '../search/search'
import { selectMessagesWithOther } from '../sql/message-rows'
import type { Work } from '../sql/database'
import { markOf } from '../sql/persons'
import { createTurns } from '../sqlite/turns'
import type { Store } from '../store'
import type { Driver } from './driver'

/** A search that waits longer is refused, well before the connection of its client is closed. */
const waitMsMax = 5_000
/** A search ends then, and says that it has not looked at everything. */
const searchMsMax = 1_000
/** Messages that are looked at in one statement. */
const rowsAtOnce = 2_000

/**
 * Makes the function that finds messages, newest first: it looks through the messages of the
 * person's rooms, from the newest on, until its time is over. Addresses take turns.
 */
export function createSearch(driver: Driver): Store['search'] {
  const search = driver.read(createFind(driver))
  const turns = createTurns(() => {})
  return async (query, address = ''): Promise<SearchOutcome> => {
    const line = `search ${address}`
    const turn = await turns.enter({ line, person: query.user, msMax: waitMsMax })
    if (turn !== 'go') return { refused: turn }
    try {
      const startedAt = performance.now()
      const page = await search(query)
      return 'refused' in page ? page : { ...page, ms: performance.now() - startedAt }
    } finally {
      turns.leave()
    }
  }
}

type Found = SearchPage | { refused: 'place_missing' }

function createFind(driver: Driver): (query: SearchQuery) => Work<Found> {
  const statements = prepare(driver)
  return function* (query) {
    const { user, sender, room, since, until, after } = query
    const place = after === null ? null : yield* statements.place.get(after.room, after.seq, user)
    if (after !== null && place === null) return { refused: 'place_missing' }
    const words = query.words.map(fold)
    const found: Candidate[] = []
    const wanted = after === null ? query.limit + searchCountMax : query.limit + 1
    const deadline = performance.now() + searchMsMax
    let filledAt = Number.POSITIVE_INFINITY
    let bottom = place?.id ?? Number.MAX_SAFE_INTEGER
    for (let isOver = false; bottom > 0 && !isOver;) {
      const asked: Filters = [user, sender, room, since, until]
      const rows = yield* statements.page.all(...asked, bottom, rowsAtOnce)
      for (const row of rows) {
        bottom = row.id
        if (fits(row, words, query.has)) found.push(row)
        if (found.length > query.limit) filledAt = Math.min(filledAt, performance.now())
        isOver = found.length >= wanted || !isInTime(deadline, filledAt)
        if (isOver) break
      }
      if (rows.length < rowsAtOnce && !isOver) bottom = 0
    }
    const page = found.slice(0, query.limit)
    const ids = JSON.stringify(page.map(({ id }) => id))
    const rows = inOrder(page, yield* statements.hits.all(ids, user))
    const nearest = bottom > 0 ? yield* statements.nearest.get(bottom, user) : null
    return {
      hits: rows.map((row) => toWhole(row, words)),
      ...rest(query, found, bottom > 0, nearest),
    }
  }
}

/** A hit, with the lines before and after it as JSON. */
type WholeRow = HitRow & { before: string | null; after: string | null }

function toWhole({ before, after, ...row }: WholeRow, words: string[]): SearchPage['hits'][number] {
  return { ...toHit(row, words), before: readLine(before), after: readLine(after) }
}

function readLine(text: string | null) {
  if (text === null) return null
  const line: [string, LineRow['mark'], string, string | null] = JSON.parse(text)
  const [nickname, mark, content, attachments] = line
  return toLine({ nickname, mark, content, attachments })
}

const line = (where: string): string => `(
  SELECT json_array(nickname, ${markOf('users')}, content, attachments)
  FROM messages JOIN users ON users.id = author_id
  WHERE room_id = said.room AND deleted_at IS NULL AND system IS NULL AND ${where} LIMIT 1)`

function prepare({ query }: Driver) {
  return {
    place: query<{ id: number }, [number, number, number]>(selectPlace),
    nearest: query<Place, [number, number]>(selectNearest),
    page: query<Candidate, [...Filters, below: number, limit: number]>(
      `SELECT ${columns} FROM messages WHERE id < ?6 AND ${filters} ORDER BY id DESC LIMIT ?7`,
    ),
    hits: query<WholeRow, [string, number]>(
      selectMessagesWithOther(
        `messages.id IN (SELECT CAST(value AS INTEGER) FROM json_each(?1))
          AND room_id IN (${mine} ?2)`,
        `${ofRoom} ${line('seq < said.seq ORDER BY seq DESC')} AS before,
         ${line('seq > said.seq ORDER BY seq')} AS after,`,
      ),
    ),
  }
}
