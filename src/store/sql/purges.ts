import type { Database, Work } from './database'
import type { MessageIndex } from '../search/search-index'
import type { Acts, PurgeStep, User } from '../store'
import type { Acting, Told } from './acting'
import { createErase } from './changes'
import { userColumns } from './persons'
import type { SystemLines } from './system-lines'

/** A transaction looks at so many messages of everybody, deletes so many, and ends before that… */
const lookedAtMax = 10_000
const erasedMax = 200
/** …after so many milliseconds. */
const stepMsMax = 10

/**
 * Deletes what somebody wrote. One transaction of everything would stop the server for
 * as long as it takes, so the first one leaves a mark up to where the messages are still to be
 * looked at, and each of the next moves it on: a restart goes on from there.
 */
export function createPurges(
  db: Database,
  index: MessageIndex,
  lines: SystemLines,
  acting: Acting,
): Pick<Acts, 'purge' | 'purgeNext'> {
  return { purge: createBegin(db, acting), purgeNext: createNext(db, index, lines) }
}

function createBegin(db: Database, { refuse, writeAct }: Acting): Acts['purge'] {
  const find = db.query<User, [number]>(`SELECT ${userColumns()} FROM users WHERE id = ?`)
  const mark = db.query<never, [number, number]>(
    `INSERT INTO purges (user_id, since, before_id)
     SELECT ?, ?, coalesce(max(id), 0) + 1 FROM messages`,
  )
  // Also of messages that their author has deleted: a report keeps the text.
  const dropReports = db.query<never, [number, number]>(
    `DELETE FROM reports WHERE id IN (SELECT reports.id
       FROM reports JOIN messages USING (room_id, seq)
       WHERE author_id = ? AND created_at >= ?)`,
  )
  // The reports and invitations themselves are told to others, and go on.
  const forgetWhy = [
    `UPDATE reports SET why = '' WHERE reporter_id = ? AND reported_at >= ?`,
    `UPDATE invitations SET why = '' WHERE invited_by = ? AND invited_at >= ?`,
  ].map((sql) => db.query<never, [number, number]>(sql))
  const dropUnused = db.query<{ id: string }, [number, number]>(
    `DELETE FROM attachments WHERE owner_id = ? AND used_as IS NULL AND created_at >= ?
     RETURNING id`,
  )
  const dropFaces = db.query<{ id: string }, [number]>(
    `DELETE FROM attachments WHERE owner_id = ? AND used_as = 'face' RETURNING id`,
  )
  const setLetter = db.query<never, [number]>(`UPDATE users SET avatar = 'letter' WHERE id = ?`)
  const purge = db.transaction(function* (
    session: Uint8Array,
    person: number,
    since: number,
    { reason, at }: Told,
  ) {
    const asked = yield* refuse('person.purge', session, person)
    if ('refused' in asked) return asked
    if ((yield* find.get(person)) === null) return { refused: 'person_missing' } as const
    yield* mark.run(person, since)
    yield* dropReports.run(person, since)
    for (const forget of forgetWhy) yield* forget.run(person, since)
    const unused = yield* dropUnused.all(person, since)
    // With everything goes the picture, too.
    const faces = since === 0 ? yield* dropFaces.all(person) : []
    if (faces.length > 0) yield* setLetter.run(person)
    const detail = since === 0 ? 'everything' : `since ${new Date(since).toISOString()}`
    yield* writeAct({ at, actor: asked.actor, act: 'person.purge', person, detail, reason })
    const user = yield* find.get(person)
    if (user === null) throw new Error('a person stays')
    return { user, freed: [...unused, ...faces].map(({ id }) => id) }
  })
  return purge
}

function createNext(db: Database, index: MessageIndex, lines: SystemLines): Acts['purgeNext'] {
  type Purge = { id: number; user: number; since: number; before: number }
  const find = db.query<Purge, []>(
    `SELECT id, user_id AS user, since, before_id AS before FROM purges ORDER BY id LIMIT 1`,
  )
  type Written = { id: number; room: number; seq: number; isTopic: 0 | 1 }
  const written = db.query<Written, [number, number, number, number]>(
    `SELECT id, room_id AS room, seq, system IS NOT NULL AS isTopic FROM messages
     WHERE id < ?1 AND id >= ?2 AND author_id = ?3 AND created_at >= ?4
       AND deleted_at IS NULL AND (system IS NULL OR system ->> 'kind' = 'topic')
     ORDER BY id DESC LIMIT ${erasedMax}`,
  )
  const moveOn = db.query<never, [number, number]>(`UPDATE purges SET before_id = ?2 WHERE id = ?1`)
  const end = db.query<never, [number]>(`DELETE FROM purges WHERE id = ?`)
  const dropReports = db.query<never, [number, number]>(
    `DELETE FROM reports WHERE room_id = ? AND seq = ?`,
  )
  const erase = createErase(db, index)
  const next = db.transaction(function* (at: number): Work<PurgeStep | null> {
    const purge = yield* find.get()
    if (purge === null) return null
    const { id, user, since, before } = purge
    const from = Math.max(before - lookedAtMax, 0)
    const found = yield* written.all(before, from, user, since)
    const step: PurgeStep = { removed: [], freed: [], untitled: [] }
    const startedAt = performance.now()
    let count = 0
    yield* index.removeMany(found.length, function* (settle) {
      for (const { room, seq, isTopic } of found) {
        count += 1
        if (isTopic === 1) step.untitled.push(...(yield* lines.withdrawTopic(room, seq, at)))
        else {
          const { revision, notifiedUserIds, freed } = yield* erase(room, seq, at)
          yield* dropReports.run(room, seq)
          step.removed.push({ room, seq, revision, sender: user, mentions: notifiedUserIds })
          step.freed.push(...freed)
          yield* settle()
        }
        if (performance.now() - startedAt > stepMsMax) break
      }
    })
    const isRangeDone = count === found.length && count < erasedMax
    const last = isRangeDone ? from : (found[count - 1]?.id ?? from)
    if (last > 0) yield* moveOn.run(id, last)
    else if (!(yield* index.compact())) yield* end.run(id)
    else yield* moveOn.run(id, 0)
    return step
  })
  const look = db.read(() => find.get())
  return async (at) => ((await look()) === null ? null : next(at))
}
