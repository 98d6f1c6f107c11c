import type { Database, Work } from './database'
import type { Act } from '../../shared/rights'
import type { NewAct, NoRight } from '../store'
import { createRefuseOnServer } from './rights'

/** The person of a session; null when it has ended. */
export const actorOf = `(SELECT user_id FROM sessions WHERE token_hash = ?1)`

export type RefuseActing = (
  act: Act,
  acting: Uint8Array,
  target: number | null,
) => Work<{ actor: number } | { refused: NoRight | 'not_signed_in' }>

/** Makes the function that asks, within a transaction, whether the person of a session may act. */
export function createRefuseActing(db: Database): RefuseActing {
  const find = db.query<{ actor: number | null }, [Uint8Array]>(`SELECT ${actorOf} AS actor`)
  const refuse = createRefuseOnServer(db)
  return function* (act, acting, target) {
    const actor = (yield* find.get(acting))?.actor ?? null
    if (actor === null) return { refused: 'not_signed_in' }
    const refused = yield* refuse(act, actor, target)
    return refused === null ? { actor } : { refused }
  }
}

/** Makes the function that writes an act into the log, in the transaction of the act. */
export function createWriteAct(db: Database): (act: NewAct) => Work<void> {
  const write = db.query<never, [Required<NewAct>]>(
    `INSERT INTO acts (at, actor_id, act, person_id, room_id, room_name, room_kind, detail, reason)
     VALUES ($at, $actor, $act, $person, $room,
       coalesce((SELECT name FROM rooms WHERE id = $room), ''),
       (SELECT kind FROM rooms WHERE id = $room), $detail, $reason)`,
  )
  const nothing = { person: null, room: null, detail: '', reason: '' }
  return function* (act) {
    return void (yield* write.run({ ...nothing, ...act }))
  }
}
