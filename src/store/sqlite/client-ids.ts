import type { Database } from 'bun:sqlite'
import { limits } from '../../limits'
import { readSetting, writeSetting } from './settings'

/**
 * Which message somebody sent under which id of their own. The newest are kept in memory and are
 * written when they are many, in order, some with each group of messages: an id by chance would
 * else be a page to write for each message. After a crash they are read from the messages again.
 */
export type ClientIds = {
  /** The number of the message that this person sent under this id; null when there is none. */
  find: (author: number, clientId: string) => number | null
  /** In the transaction that stores a group of so many messages; it may still fail. */
  write: (size: number) => Written
  /** After that transaction: what it stored and wrote. */
  keep: (stored: StoredIds, written: Written) => void
  /** Writes all that is left, in a transaction of its own, so that the next start reads none. */
  close: () => void
}

/** Ids of messages by `idKey`. */
export type StoredIds = Map<string, number>

/** How many of those in order are written. */
type Written = number

/** Client ids have no spaces. */
export function idKey(author: number, clientId: string): string {
  return `${clientId} ${author}`
}

/** Makes the statements, and reads the ids that the last run did not come to write. */
export function createClientIds(db: Database): ClientIds {
  const { find, insert } = prepare(db)
  let fresh = readUnwritten(db)
  let series = toSeries(new Map())
  let written: Written = 0
  const write = (size: number): Written => {
    const isDone = written === series.keys.length
    if (isDone && fresh.size >= limits.clientIdsWaitingMax) {
      series = toSeries(fresh)
      fresh = new Map()
      written = 0
    }
    const portion = series.keys.slice(written, written + size * portionPerMessage)
    for (const key of portion) {
      const [clientId = '', author] = key.split(' ')
      insert.run(clientId, Number(author), series.ids.get(key) ?? 0)
    }
    const end = written + portion.length
    const isLast = portion.length > 0 && end === series.keys.length
    if (isLast) writeSetting(db, writtenTo, String(series.newest))
    return end
  }
  const keep = (stored: StoredIds, end: Written): void => {
    written = end
    if (end === series.keys.length) [series, written] = [toSeries(new Map()), 0]
    for (const [key, id] of stored) fresh.set(key, id)
  }
  return {
    find(author, clientId) {
      const key = idKey(author, clientId)
      const waiting = fresh.get(key) ?? series.ids.get(key)
      return waiting ?? find.get(clientId, author)?.id ?? null
    },
    write,
    keep,
    close() {
      series = toSeries(new Map([...series.ids, ...fresh]))
      written = 0
      if (series.keys.length > 0) db.transaction(() => write(series.keys.length)).immediate()
    },
  }
}

/** A group writes twice what it brings, so that a series ends before the next is full. */
const portionPerMessage = 2

/** Up to which message all ids are in the table. */
const writtenTo = 'client_ids_to'

/** Ids in the order of the table, so that neighbours are written together; `newest` message. */
type Series = { ids: StoredIds; keys: string[]; newest: number }

function toSeries(ids: StoredIds): Series {
  const newest = ids.values().reduce((one, other) => Math.max(one, other), 0)
  return { ids, keys: [...ids.keys()].sort(), newest }
}

function readUnwritten(db: Database): StoredIds {
  const rest = db.query<{ id: number; author: number; clientId: string }, [number]>(
    `SELECT id, author_id AS author, client_id AS clientId FROM messages WHERE id > ?`,
  )
  const rows = rest.all(Number(readSetting(db, writtenTo)))
  return new Map(rows.map(({ id, author, clientId }) => [idKey(author, clientId), id]))
}

function prepare(db: Database) {
  const find = db.query<{ id: number }, [string, number]>(
    `SELECT message_id AS id FROM client_ids WHERE client_id = ? AND author_id = ?`,
  )
  // What a crash left half written is written again.
  const insert = db.query<never, [string, number, number]>(
    `INSERT OR IGNORE INTO client_ids (client_id, author_id, message_id) VALUES (?, ?, ?)`,
  )
  return { find, insert }
}
