import type { Database, Work } from './database'
import type { DoorMode, DoorRequest, NewDoorRequest, Store, WaitingRequest } from '../store'
import { actorOf, createRefuseActing, createWriteAct } from './acts'
import { settingOf } from './administration'
import { mayOnServer } from './rights'

/** A name is held for so long, from when its newcomer asks until they are in. */
const lifeMs = 60 * 60_000
const requestsMax = 200

const isFresh = `abs($at - asked_at) <= ${lifeMs}`

/** Who let somebody in may do so still. */
const isAllowed = mayOnServer('door.let_in', 'allowed_by')

type AtRequest = { tokenHash: Uint8Array; at: number }

type Requests = Pick<
  Store['door'],
  'ask' | 'waiting' | 'withdraw' | 'requests' | 'answer' | 'sweep' | 'doorkeepers'
>

/** Newcomers who ask to come in. Triggers hold their names. */
export function createDoorRequests(db: Database): Requests {
  const waiting = db.query<WaitingRow, [AtRequest]>(
    `SELECT nickname, nickname_folded AS folded, nickname_skeleton AS skeleton, avatar,
       ${settingOf('door')} = 'open' OR (${settingOf('door')} = 'ask' AND ${isAllowed})
         AS isAllowed
     FROM door_requests WHERE token_hash = $tokenHash AND ${isFresh}`,
  )
  const listed = db.query<DoorRequest, [{ acting: Uint8Array; at: number; limit: number }]>(
    `SELECT id, nickname, avatar, line, asked_at AS askedAt FROM door_requests
     WHERE allowed_by IS NULL AND ${isFresh}
       AND ${mayOnServer('door.let_in', actorOf.replace('?1', '$acting'))}
     ORDER BY id LIMIT $limit`,
  )
  const remove = db.query<never, [Uint8Array]>(`DELETE FROM door_requests WHERE token_hash = ?`)
  const dropOld = db.query<never, [{ at: number }]>(
    `DELETE FROM door_requests WHERE NOT ${isFresh}`,
  )
  const doorkeepers = db.query<{ id: number }, []>(
    `SELECT id FROM users WHERE role <> 'member' AND left_at IS NULL
       AND ${mayOnServer('door.let_in', 'users.id')}`,
  )
  return {
    ask: createAsk(db),
    waiting: db.read(function* (tokenHash, at) {
      const row = yield* waiting.get({ tokenHash, at })
      return row === null ? null : { ...row, isAllowed: row.isAllowed === 1 }
    }),
    withdraw: db.transaction(function* (tokenHash) {
      return (yield* remove.run(tokenHash)).changes > 0
    }),
    requests: db.read((acting, at) => listed.all({ acting, at, limit: requestsMax })),
    answer: createAnswer(db),
    sweep: db.transaction(function* (at) {
      return (yield* dropOld.run({ at })).changes > 0
    }),
    doorkeepers: db.read(function* () {
      return (yield* doorkeepers.all()).map(({ id }) => id)
    }),
  }
}

type WaitingRow = Omit<WaitingRequest, 'isAllowed'> & { isAllowed: 0 | 1 }

function createAsk(db: Database): Requests['ask'] {
  const mode = db.query<{ mode: DoorMode }, []>(`SELECT ${settingOf('door')} AS mode`)
  const drop = db.query<never, [{ at: number; replaced: Uint8Array | null }]>(
    `DELETE FROM door_requests WHERE NOT ${isFresh} OR token_hash IS $replaced`,
  )
  // An address has at most as many as are free: however many one takes, some are left.
  const count = db.query<{ taken: number }, [Uint8Array]>(
    `SELECT count(*) + count(*) FILTER (WHERE asked_from = ?) AS taken FROM door_requests`,
  )
  const holder = db.query<unknown, [{ folded: string; skeleton: string }]>(
    `SELECT 1 FROM users WHERE nickname_folded = $folded OR nickname_skeleton = $skeleton`,
  )
  const insert = db.query<never, [Omit<NewDoorRequest, 'replaced'>]>(
    `INSERT INTO door_requests (token_hash, nickname, nickname_folded, nickname_skeleton, avatar,
       line, asked_at, asked_from)
     VALUES ($tokenHash, $nickname, $folded, $skeleton, $avatar, $line, $at, $from)
     ON CONFLICT DO NOTHING`,
  )
  const ask = db.transaction(function* ({ replaced, ...request }: NewDoorRequest) {
    if ((yield* mode.get())?.mode !== 'ask') return 'request_over'
    yield* drop.run({ at: request.at, replaced })
    if (((yield* count.get(request.from))?.taken ?? 0) >= requestsMax) return 'requests_full'
    if ((yield* holder.get(request)) !== null) return 'name_taken'
    return (yield* insert.run(request)).changes > 0 ? null : 'name_taken'
  })
  return ask
}

function createAnswer(db: Database): Requests['answer'] {
  const [refuse, writeAct] = [createRefuseActing(db), createWriteAct(db)]
  type Answered = { id: number; by: number; at: number }
  const allow = db.query<{ nickname: string }, [Answered]>(
    `UPDATE door_requests SET allowed_by = $by
     WHERE id = $id AND allowed_by IS NULL AND ${isFresh} RETURNING nickname`,
  )
  const remove = db.query<{ nickname: string }, [Omit<Answered, 'by'>]>(
    `DELETE FROM door_requests WHERE id = $id AND ${isFresh} RETURNING nickname`,
  )
  const answer = db.transaction(function* (
    acting: Uint8Array,
    id: number,
    isIn: boolean,
    at: number,
  ) {
    const asked = yield* refuse('door.let_in', acting, null)
    if ('refused' in asked) return asked.refused
    const found = isIn
      ? yield* allow.get({ id, by: asked.actor, at })
      : yield* remove.get({ id, at })
    if (found === null) return 'request_over'
    const act = isIn ? 'door.let_in' : 'door.refuse'
    yield* writeAct({ at, actor: asked.actor, act, detail: found.nickname })
    return null
  })
  return answer
}

/** Makes the function that takes a request that was granted off the list, which frees the name. */
export function createTakeRequest(db: Database) {
  const take = db.query<never, [AtRequest & { isOpen: number }]>(
    `DELETE FROM door_requests
     WHERE token_hash = $tokenHash AND ${isFresh} AND ($isOpen = 1 OR ${isAllowed})`,
  )
  return function* (tokenHash: Uint8Array, mode: DoorMode, at: number): Work<boolean> {
    if (mode !== 'open' && mode !== 'ask') return false
    return (yield* take.run({ tokenHash, at, isOpen: Number(mode === 'open') })).changes > 0
  }
}
