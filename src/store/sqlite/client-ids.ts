import type { Database } from 'bun:sqlite'
import { limits } from '../../shared/limits'
import { readSetting, writeSetting } from './settings'

/**
 * Which message somebody sent under which id of their own. The newest are kept in memory and are
 * written when they are many, in order, some with each group of messages: an id by chance would
 * else be a page to write for each message. After a crash they are read from the messages again.
 */
export type ClientIds = {
  /** The number of the message that this person sent under this id; null when there is none. */
  find: (author: number, clientId: string) => number | null
  /** A message was stored, in a transaction that may still fail. */
  add: (author: number, clientId: string, message: number) => void
  /** In that transaction: writes some of those that wait, for a group of so many messages. */
  write: (size: number) => void
  /** After it: it is on the disk, or nothing of it is. */
  settle: (isStored: boolean) => void
  /** Writes all that is left, in a transaction of its own, so that the next start reads none. */
  close: () => void
}

/** Numbers of messages by `keyOf`. */
type StoredIds = Map<string, number>

/** Client ids have no spaces. */
function keyOf(author: number, clientId: string): string {
  return `${clientId} ${author}`
}

/** Makes the statements, and reads the ids that the last run did not come to write. */
export function createClientIds(db: Database): ClientIds {
  const { find, insert } = prepare(db)
  let fresh = readUnwritten(db)
  let series = toSeries(new Map())
  // How many of the series are written, and will be when the transaction is over.
  let [written, writing] = [0, 0]
  let added: string[] = []
  const write = (size: number): void => {
    const { ids, keys, newest } = series
    writing = Math.min(keys.length, written + size * portionPerMessage)
    for (let n = written; n < writing; n += 1) {
      const key = keys[n] ?? ''
      const [clientId = '', author] = key.split(' ')
      insert.run(clientId, Number(author), ids.get(key) ?? 0)
    }
    if (writing > written && writing === keys.length) writeSetting(db, writtenTo, String(newest))
  }
  const settle = (isStored: boolean): void => {
    if (isStored) written = writing
    else for (const key of added) fresh.delete(key)
    added = []
    if (written < series.keys.length) return
    const isTime = fresh.size >= limits.clientIdsWaitingMax
    series = toSeries(isTime ? fresh : new Map())
    written = 0
    if (isTime) fresh = new Map()
  }
  return {
    find(author, clientId) {
      const key = keyOf(author, clientId)
      const waiting = fresh.get(key) ?? series.ids.get(key)
      return waiting ?? find.get(clientId, author)?.id ?? null
    },
    add(author, clientId, message) {
      const key = keyOf(author, clientId)
      fresh.set(key, message)
      added.push(key)
    },
    write,
    settle,
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
  return new Map(rows.map(({ id, author, clientId }) => [keyOf(author, clientId), id]))
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
