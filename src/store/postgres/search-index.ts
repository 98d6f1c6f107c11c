import {
  indexedToSetting,
  type IndexedRow,
  indexFormat,
  indexFormatSetting,
  type MessageIndex,
  searchIndexRows,
  searchIndexUnitsMax,
  selectIndexed,
  tokensOfRow,
} from '../search/search-index'
import type { Work } from '../sql/database'
import { readSetting, writeSetting } from '../sql/settings'
import { storageReasonOf } from '../storage-fault'
import type { Driver } from './driver'

/** The full-text index: as in SQLite, it has the messages up to an id. */
type SearchIndex = MessageIndex & {
  /** Indexes the next portion; gives the number of messages, none when no more wait. */
  takeNext: () => Promise<number>
}

/**
 * Makes the index; `bringIndexUpToDate` must have been done. A portion locks its messages, so that
 * none of them changes before its tokens are stored.
 */
export function createSearchIndex(driver: Driver): SearchIndex {
  const { lock, drop, find, insert, waiting, newest } = prepare(driver)
  const countWaiting = driver.read(function* () {
    return (yield* waiting.get(indexedToSetting))?.count ?? 0
  })
  // A smaller id may be stored later than a larger one. While nobody writes, none is on the way.
  const findSettled = driver.transaction(function* () {
    return (yield* newest.get())?.id ?? 0
  })
  const take = driver.beside(createTaking(driver))
  return {
    *remove(room, seq) {
      // The next statement sees what a portion has stored meanwhile.
      const row = yield* lock.get(room, seq)
      if (row !== null) yield* drop.run(row.id)
    },
    *add(room, seq) {
      const row = yield* find.get(room, seq)
      const indexedTo = Number((yield* readSetting(driver, indexedToSetting)) ?? 0)
      if (row !== null && row.id <= indexedTo) yield* insert.run(listOf([row]))
    },
    // Rows go at once.
    removeMany: (_count, work) => work(nothing),
    *compact() {
      return false
    },
    // No id is used again.
    *shrink() {},
    async takeNext() {
      return (await countWaiting()) > 0 ? take(await findSettled()) : 0
    },
  }
}

function* nothing(): Work<void> {}

/** Empties the index when the rules of the tokens have changed; portions fill it anew. */
export function* bringIndexUpToDate(driver: Driver): Work<void> {
  if ((yield* readSetting(driver, indexFormatSetting)) === indexFormat) return
  // In this order, as portions wait for the setting, too.
  yield* writeSetting(driver, indexedToSetting, '0')
  yield* writeSetting(driver, indexFormatSetting, indexFormat)
  yield* driver.query<never, []>('TRUNCATE search').run()
}

/** Messages wait this long for others. */
const indexPauseMs = 2_000

/** Indexes what waits, portion by portion; what fails is told and tried again after the pause. */
export function keepIndexing(
  { takeNext }: Pick<SearchIndex, 'takeNext'>,
  pauseMs: number = indexPauseMs,
  onFault: (fault: unknown) => void = () => {},
): { stop: () => Promise<void> } {
  let isStopped = false
  const tell = (fault: unknown): number => {
    // Who asks for messages notices that the database is away.
    if (storageReasonOf(fault) !== 'away') onFault(fault)
    return 0
  }
  const takeAll = async (): Promise<void> => {
    let taken = 1
    while (taken > 0 && !isStopped) taken = await takeNext().catch(tell)
    if (!isStopped) timer = setTimeout(() => (running = takeAll()), pauseMs)
  }
  let timer: Timer | undefined
  let running = takeAll()
  return {
    async stop() {
      isStopped = true
      clearTimeout(timer)
      await running
    },
  }
}

/** Makes what indexes the next messages up to an id. */
function createTaking(driver: Driver): (settled: number) => Work<number> {
  const { indexedTo, insert, page } = prepare(driver)
  return function* (settled) {
    const before = Number((yield* indexedTo.get(indexedToSetting))?.value ?? 0)
    // A newer version of this program has other rules.
    if ((yield* readSetting(driver, indexFormatSetting)) !== indexFormat) return 0
    const rows = yield* page.all(before, settled, searchIndexRows)
    const taken = takeUnits(rows)
    const wanted = taken.filter(({ isLeftOut }) => isLeftOut === 0)
    if (wanted.length > 0) yield* insert.run(listOf(wanted))
    const isAll = rows.length < searchIndexRows && taken.length === rows.length
    const last = isAll ? Math.max(before, settled) : (taken.at(-1)?.id ?? before)
    yield* writeSetting(driver, indexedToSetting, String(last))
    return taken.length
  }
}

function takeUnits(rows: IndexedRow[]): IndexedRow[] {
  let units = 0
  const end = rows.findIndex(({ content }) => (units += content.length) >= searchIndexUnitsMax)
  return end === -1 ? rows : rows.slice(0, end + 1)
}

function listOf(rows: IndexedRow[]): string {
  // The server refuses halves of pairs, which long runs of marks are cut into.
  return JSON.stringify(rows.map((row) => [row.id, tokensOfRow(row).toWellFormed()]))
}

function prepare({ query }: Driver) {
  return {
    lock: query<{ id: number }, [number, number]>(
      `SELECT id FROM messages WHERE room_id = ? AND seq = ? FOR UPDATE`,
    ),
    drop: query<never, [number]>(`DELETE FROM search WHERE message_id = ?`),
    find: query<IndexedRow, [number, number]>(
      `${selectIndexed} WHERE room_id = ? AND seq = ? AND deleted_at IS NULL AND system IS NULL`,
    ),
    insert: query<never, [string]>(
      `INSERT INTO search (message_id, tokens)
       SELECT CAST(item ->> 0 AS INTEGER),
         array_to_tsvector(array_remove(string_to_array(item ->> 1, ' '), ''))
       FROM jsonb_array_elements(CAST(? AS jsonb)) AS each (item)
       ON CONFLICT (message_id) DO UPDATE SET tokens = excluded.tokens`,
    ),
    waiting: query<{ count: number }, [string]>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM messages
       WHERE id > (SELECT CAST(value AS INTEGER) FROM settings WHERE key = ?) LIMIT 1)`,
    ),
    newest: query<{ id: number | null }, []>(`SELECT max(id) AS id FROM messages`),
    indexedTo: query<{ value: string }, [string]>(
      `SELECT value FROM settings WHERE key = ? FOR UPDATE`,
    ),
    page: query<IndexedRow, [number, number, number]>(
      `${selectIndexed} WHERE id > ? AND id <= ? ORDER BY id LIMIT ? FOR UPDATE`,
    ),
  }
}
