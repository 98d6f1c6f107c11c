import type { Database } from './database'
import type { Store } from '../store'
import type { MessageIndex } from '../search/search-index'
import { writeSetting } from './settings'

type Place = { room: number; seq: number }

/** What a wrong clock wrote. `onNewEpoch` is told the epoch that follows. */
export function createTimes(
  db: Database,
  index: MessageIndex,
  onNewEpoch: (epoch: string) => void,
): Store['times'] {
  const newest = db.query<{ id: number; at: number | null }, []>(
    `SELECT coalesce(max(id), 0) AS id, max(created_at) AS at
     FROM (SELECT id, created_at FROM messages ORDER BY id DESC LIMIT 100)`,
  )
  const wrong = db.query<Place, [number, number, number]>(
    `SELECT room_id AS room, seq FROM messages
     WHERE id > ? AND created_at > ? AND created_at < ?`,
  )
  const shift = db.query(
    `UPDATE messages SET created_at = created_at + $byMs, edited_at = edited_at + $byMs,
       deleted_at = deleted_at + $byMs WHERE room_id = $room AND seq = $seq`,
  )
  const shiftFiles = db.query<never, [number, number, number]>(
    `UPDATE attachments SET created_at = created_at + ?1
     WHERE created_at > ?2 AND created_at < ?3 AND used_as IS NULL`,
  )
  const correct = db.transaction(function* (
    afterId: number,
    from: number,
    to: number,
    byMs: number,
  ) {
    const places = yield* wrong.all(afterId, from, to)
    for (const { room, seq } of places) {
      // The index has a token for the day.
      yield* index.remove(room, seq)
      yield* shift.run({ room, seq, byMs })
      yield* index.add(room, seq)
    }
    yield* shiftFiles.run(byMs, from, to)
    const epoch = crypto.getRandomValues(new Uint8Array(16)).toHex()
    if (places.length > 0) yield* writeSetting(db, 'epoch', epoch)
    return { count: places.length, epoch }
  })
  return {
    newest: db.read(function* () {
      return (yield* newest.get()) ?? { id: 0, at: null }
    }),
    async correct({ afterId, from, to, byMs }) {
      const { count, epoch } = await correct(afterId, from, to, byMs)
      if (count > 0) onNewEpoch(epoch)
      return count
    },
  }
}
