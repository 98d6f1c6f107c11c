import { type Database, type Work, workOn } from './database'
import type { NewSession, ServerRole, Store, User } from '../store'
import { createKeepBrowser } from './browsers'
import { createDepart, isHere, newNameMs, userColumns, type WriteLine } from './persons'
import { isNeededOwner } from './server-roles'
import { readSetting, writeSetting } from './settings'

const dayMs = 24 * 60 * 60_000
const sweptAtSetting = 'sessions_swept_at'

/** Signed-in browsers. */
export function createSessions(db: Database, writeLine: WriteLine): Store['sessions'] {
  const findRole = db.query<{ role: ServerRole }, [Uint8Array]>(
    `SELECT role FROM sessions JOIN users ON users.id = user_id WHERE token_hash = ?`,
  )
  const findUser = db.query<User, [Uint8Array]>(
    `SELECT ${userColumns()} FROM sessions JOIN users ON users.id = user_id
     WHERE token_hash = ? AND left_at IS NULL`,
  )
  const end = db.transaction(createEndSession(db))
  const depart = createDepart(db, writeLine)
  const isNeeded = db.query<unknown, [number]>(`SELECT 1 WHERE ${isNeededOwner('?1')}`)
  const leave = db.transaction(function* (tokenHash: Uint8Array, at: number) {
    const user = yield* findUser.get(tokenHash)
    if (user !== null && (yield* isNeeded.get(user.id)) !== null)
      return { refused: 'owner_last' } as const
    return user === null ? null : yield* depart(user.id, at)
  })
  return {
    find: db.read(function* (tokenHash) {
      const user = yield* findUser.get(tokenHash)
      const { role } = (yield* findRole.get(tokenHash)) ?? {}
      return user === null || role === undefined ? null : { user, role }
    }),
    findUser: db.read((tokenHash) => findUser.get(tokenHash)),
    renew: createRenew(db),
    end,
    leave,
    see: createSee(db),
    sweep: createSweep(db, writeLine),
  }
}

function createRenew(db: Database): Store['sessions']['renew'] {
  type Renewed = Pick<NewSession, 'tokenHash' | 'browser' | 'system' | 'at'> & { old: Uint8Array }
  const replace = db.query<{ userId: number }, [Renewed]>(
    `UPDATE sessions SET token_hash = $tokenHash, browser = $browser, system = $system,
       seen_at = $at
     WHERE token_hash = $old AND ${isHere('user_id')} RETURNING user_id AS userId`,
  )
  const see = db.query<User, [number, number]>(
    `UPDATE users SET seen_at = ?2 WHERE id = ?1 RETURNING ${userColumns()}`,
  )
  const keepBrowser = createKeepBrowser(db)
  const renew = db.transaction(function* (old: Uint8Array, session: NewSession) {
    const { tokenHash, browser, system, at } = session
    const renewed = yield* replace.get({ tokenHash, browser, system, at, old })
    if (renewed === null) return null
    yield* keepBrowser(renewed.userId, session, at)
    return yield* see.get(renewed.userId, at)
  })
  return renew
}

/**
 * Makes the function that ends a session; false when it has ended before or, unless `isLast`, when
 * it is the only one of its person, who then could not come back without a code.
 */
export function createEndSession(db: Database) {
  const remove = db.query<{ userId: number }, [Uint8Array, number]>(
    `DELETE FROM sessions WHERE token_hash = ?1 AND (?2 = 1 OR EXISTS (
       SELECT 1 FROM sessions AS others
       WHERE others.user_id = sessions.user_id AND others.id <> sessions.id))
     RETURNING user_id AS userId`,
  )
  const see = db.query<never, [number, number]>(`UPDATE users SET seen_at = ?2 WHERE id = ?1`)
  return function* (tokenHash: Uint8Array, at: number, isLast = true): Work<boolean> {
    const ended = yield* remove.get(tokenHash, Number(isLast))
    if (ended !== null) yield* see.run(ended.userId, at)
    return ended !== null
  }
}

function createSee(db: Database): Store['sessions']['see'] {
  // A read comes first, as even a write that changes nothing waits for other writers.
  const isStale = db.query<unknown, [Uint8Array, number]>(
    `SELECT 1 FROM sessions WHERE token_hash = ? AND abs(seen_at - ?) > ${dayMs}`,
  )
  const see = db.query<{ userId: number }, [Uint8Array, number]>(
    `UPDATE sessions SET seen_at = ?2 WHERE token_hash = ?1 RETURNING user_id AS userId`,
  )
  const seeUser = db.query<never, [number, number]>(`UPDATE users SET seen_at = ?2 WHERE id = ?1`)
  const write = db.transaction(function* (tokenHash: Uint8Array, at: number) {
    const session = yield* see.get(tokenHash, at)
    if (session !== null) yield* seeUser.run(session.userId, at)
  })
  const look = db.read((tokenHash: Uint8Array, at: number) => isStale.get(tokenHash, at))
  return async (tokenHash, at) => {
    if ((await look(tokenHash, at)) !== null) await write(tokenHash, at)
  }
}

/**
 * Days on which the server did not run count for nobody, nor do jumps of its clock: the time since
 * the last sweep, beyond one day, is added to when each session and each person was seen.
 */
function createSweep(db: Database, writeLine: WriteLine): Store['sessions']['sweep'] {
  const addGaps = ['sessions', 'users'].map((table) =>
    db.query<never, [{ gap: number; at: number }]>(
      `UPDATE ${table} SET seen_at = min($at, seen_at + $gap)`,
    ),
  )
  const removeUnused = db.query<never, [number]>(`DELETE FROM sessions WHERE seen_at < ?`)
  const findGone = db.query<{ id: number }, [number]>(
    `SELECT id FROM users WHERE left_at IS NULL AND seen_at < ?`,
  )
  const dropNames = db.query<never, [number]>(`DELETE FROM freed_names WHERE freed_at < ?`)
  const depart = createDepart(db, writeLine)
  type Times = { unusedMs: number; keepNamesMs: number }
  const sweep = db.transaction(function* ({ unusedMs, keepNamesMs }: Times, at: number) {
    const sweptAt = Number((yield* readSetting(db, sweptAtSetting)) ?? at)
    yield* writeSetting(db, sweptAtSetting, String(at))
    const gap = at - sweptAt - dayMs
    if (gap > 0) for (const addGap of addGaps) yield* addGap.run({ gap, at })
    yield* dropNames.run(at - newNameMs)
    yield* removeUnused.run(at - unusedMs)
    const gone = yield* findGone.all(at - keepNamesMs)
    const departures = yield* workOn(gone, ({ id }) => depart(id, at))
    return departures.filter((departure) => departure !== null)
  })
  return sweep
}
