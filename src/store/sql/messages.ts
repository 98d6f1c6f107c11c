import type { Database } from './database'
import type { Message, RoomHead, Store } from '../store'
import { takeFitting, weigh } from '../fitting'
import { createChanges } from './changes'
import { type MessageRow, selectMessages, toMessage, toMessageWithOther } from './message-rows'
import { type OtherRow, selectOther } from './rooms'
import type { MessageIndex } from '../search/search-index'

/** Messages: read by place (seq) or by change (revision). How they are added, each engine knows. */
export function createMessages(
  db: Database,
  index: MessageIndex,
): Omit<Store['messages'], 'append'> {
  const { before, after, changes, privateNotes } = prepare(db)
  return {
    ...createChanges(db, index),
    // What came after the room was found may come after its reader was put out.
    before: db.read(function* (room, seq, limit) {
      const rows = yield* before.all(room.id, Math.min(seq ?? Infinity, room.revision + 1), limit)
      return [...toMessages(room, rows)]
    }),
    after: db.read(function* (room, seq, limit) {
      return [...toMessages(room, yield* after.all(room.id, seq, room.revision, limit))]
    }),
    privateNotes: db.read(function* (room, userId, from, seq, limit) {
      const before = seq ?? Number.MAX_SAFE_INTEGER
      const rows = yield* privateNotes.all(room.id, from, before, userId, limit)
      return rows.toReversed().map(toMessageWithOther)
    }),
    changesAfter: db.read(function* (room, revision, limit, unitsMax) {
      const rows = yield* changes.all(room.id, revision, room.revision, limit + 1)
      const size = { rows: limit, units: unitsMax }
      const { taken, more } = takeFitting(toMessages(room, rows), size, weigh)
      const newest = more ? taken.at(-1)?.revision : Math.max(revision, room.revision)
      return { messages: taken, revision: newest ?? revision, more }
    }),
  }
}

function prepare(db: Database) {
  return {
    before: db.query<MessageRow, [number, number, number]>(
      `SELECT * FROM (${selectMessages('room_id = ? AND seq < ? AND deleted_at IS NULL')}
       ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
    ),
    after: db.query<MessageRow, [number, number, number, number]>(
      `${selectMessages('room_id = ? AND seq > ? AND seq <= ? AND deleted_at IS NULL')}
       ORDER BY seq LIMIT ?`,
    ),
    changes: db.query<MessageRow, [number, number, number, number]>(
      // Each part is in the order of an index, so that no more is read than is taken.
      `SELECT * FROM (
         ${selectMessages('room_id = ?1 AND seq > ?2 AND seq <= ?3 AND revision = seq')}
         ORDER BY seq LIMIT ?4)
       UNION ALL SELECT * FROM (
         ${selectMessages('room_id = ?1 AND revision > ?2 AND revision <= ?3 AND revision > seq')}
         ORDER BY revision LIMIT ?4)
       ORDER BY revision LIMIT ?4`,
    ),
    privateNotes: db.query<MessageRow & OtherRow, [number, number, number, number, number]>(
      `SELECT said.*, ${selectOther}
       FROM (${selectMessages(
         `written_in = ?1 AND written_after >= ?2 AND written_after < ?3 AND deleted_at IS NULL
          AND room_id IN (SELECT room_id FROM memberships WHERE user_id = ?4)`,
         'TRUE',
       )}) AS said
       JOIN memberships ON room_id = said.room AND user_id <> said.senderId
       JOIN users AS other ON other.id = user_id
       ORDER BY writtenAfter DESC, said.createdAt DESC, said.seq DESC LIMIT ?5`,
    ),
  }
}

/** One by one: long messages that are not taken are not read. */
function* toMessages({ pair }: RoomHead, rows: Iterable<MessageRow>): Generator<Message> {
  for (const row of rows) {
    yield toMessage(row, pair?.find(({ id }) => id !== row.senderId) ?? null)
  }
}
