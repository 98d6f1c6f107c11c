import type { Database, Work } from './database'
import type { Erased, RoomLife } from '../store'
import type { MessageIndex } from '../search/search-index'
import { readSetting, writeSetting } from './settings'

/** The key of the number of ids up to the newest one whose messages were erased with their room. */
export const erasedSetting = 'erased_messages'

/** Members who go in one transaction, private notes, and messages at most. */
const membersAtOnce = 500
const notesAtOnce = 50
const messagesAtOnceMax = 500
/** What a portion may take, like a large post, as everybody waits meanwhile. */
const portionMs = 6

/**
 * Erases rooms that were deleted: portion by portion, so that nobody waits, and again
 * from where it was when the process ended meanwhile.
 */
export function createErasing(
  db: Database,
  index: MessageIndex,
): Pick<RoomLife, 'dropMembers' | 'erase'> {
  const statements = prepare(db)
  const dropMembers = function* (room: number): Work<number[]> {
    return (yield* statements.dropMembers.all(room, membersAtOnce)).map(({ user }) => user)
  }
  const shrink = db.write(() => index.shrink())
  let atOnce = 50
  const erase = db.transaction(function* (): Work<Erased | null> {
    const room = (yield* statements.next.get())?.id
    if (room === undefined) return null
    const part = { room, files: [], isLast: false }
    if ((yield* dropMembers(room)).length > 0) return part
    if ((yield* statements.dropNotes.run(room, notesAtOnce)).changes > 0) return part
    const places = yield* statements.places.all(room, atOnce)
    if (places.length > 0) {
      // Not the commit, whose time does not depend on how many they are.
      const startedAt = performance.now()
      const before = (yield* statements.newest.get())?.id ?? 0
      const { count, files } = yield* eraseMessages(statements, index, room, places)
      const after = (yield* statements.newest.get())?.id ?? 0
      const erased = Number((yield* readSetting(db, erasedSetting)) ?? 0) + count
      // The ids of the newest messages are used again.
      yield* writeSetting(db, erasedSetting, String(erased - (before - after)))
      const fitting = (count * portionMs) / (performance.now() - startedAt)
      atOnce = Math.max(1, Math.min(messagesAtOnceMax, atOnce * 2, Math.floor(fitting)))
      return { ...part, files }
    }
    if (yield* index.compact()) return part
    for (const drop of statements.rest) yield* drop.run(room)
    return { ...part, isLast: true }
  })
  return {
    dropMembers: db.transaction(dropMembers),
    async erase() {
      const erased = await erase()
      if (erased !== null) await shrink()
      return erased
    },
  }
}

type Statements = ReturnType<typeof prepare>

/** Gives how many of the messages the time was enough for, and the ids of their files. */
function* eraseMessages(
  statements: Statements,
  index: MessageIndex,
  room: number,
  places: { seq: number }[],
): Work<{ count: number; files: string[] }> {
  const startedAt = performance.now()
  let [count, upTo] = [0, 0]
  yield* index.removeMany(places.length, function* (settle) {
    for (const { seq } of places) {
      yield* index.remove(room, seq)
      yield* settle()
      ;[count, upTo] = [count + 1, seq]
      if (performance.now() - startedAt > portionMs) break
    }
  })
  yield* statements.dropMentions.run(room, upTo)
  yield* statements.dropReactions.run(room, upTo)
  const files = (yield* statements.dropFiles.all(room, upTo)).map(({ id }) => id)
  yield* statements.dropMessages.run(room, upTo)
  return { count, files }
}

function prepare(db: Database) {
  const ofRoom = (table: string) => `DELETE FROM ${table} WHERE room_id = ? AND seq <= ?`
  return {
    next: db.query<{ id: number }, []>(
      `SELECT id FROM rooms WHERE deleted_at IS NOT NULL ORDER BY id LIMIT 1`,
    ),
    newest: db.query<{ id: number | null }, []>(`SELECT max(id) AS id FROM messages`),
    dropMembers: db.query<{ user: number }, [number, number]>(
      `DELETE FROM memberships WHERE room_id = ?1 AND user_id IN (
         SELECT user_id FROM memberships WHERE room_id = ?1 LIMIT ?2)
         AND EXISTS (SELECT 1 FROM rooms WHERE id = ?1 AND deleted_at IS NOT NULL)
       RETURNING user_id AS user`,
    ),
    // Private notes stay what they are in their conversations.
    dropNotes: db.query<never, [number, number]>(
      `UPDATE messages SET written_in = NULL, written_after = NULL
       WHERE id IN (SELECT id FROM messages WHERE written_in = ? LIMIT ?)`,
    ),
    // The oldest first: the index looks for each from the beginning of its lists.
    places: db.query<{ seq: number }, [number, number]>(
      `SELECT seq FROM messages WHERE room_id = ? ORDER BY seq LIMIT ?`,
    ),
    dropMentions: db.query<never, [number, number]>(ofRoom('mentions')),
    dropReactions: db.query<never, [number, number]>(ofRoom('reactions')),
    dropFiles: db.query<{ id: string }, [number, number]>(`${ofRoom('attachments')} RETURNING id`),
    dropMessages: db.query<never, [number, number]>(ofRoom('messages')),
    rest: [
      db.query<never, [number]>(`DELETE FROM invitations WHERE room_id = ?`),
      db.query<never, [number]>(`DELETE FROM waiting_comings WHERE room_id = ?`),
      db.query<never, [number]>(`DELETE FROM rooms WHERE id = ?`),
    ],
  }
}
