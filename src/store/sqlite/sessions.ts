import type { Database } from 'bun:sqlite'
import type { Store, User } from '../store'
import { createDepart, isHere, newNameMs, userColumns } from './persons'
import { readSetting, writeSetting } from './settings'

const dayMs = 24 * 60 * 60_000
const sweptAtSetting = 'sessions_swept_at'

/** Signed-in browsers, in SQLite. */
export function createSessions(db: Database): Store['sessions'] {
  const findUser = db.query<User, [Uint8Array]>(
    `SELECT ${userColumns()} FROM sessions JOIN users ON users.id = user_id
     WHERE token_hash = ? AND left_at IS NULL`,
  )
  const renew = db.query<never, [{ tokenHash: Uint8Array; newHash: Uint8Array; at: number }]>(
    `UPDATE sessions SET token_hash = $newHash, seen_at = $at
     WHERE token_hash = $tokenHash AND ${isHere('user_id')}`,
  )
  const endOne = createEndSession(db)
  const end = db.transaction((tokenHash: Uint8Array, at: number) => endOne(tokenHash, at))
  return {
    findUser: async (tokenHash) => findUser.get(tokenHash),
    async renew(tokenHash, newHash, at) {
      renew.run({ tokenHash, newHash, at })
      return findUser.get(newHash)
    },
    end: async (tokenHash, at) => end.immediate(tokenHash, at),
    see: createSee(db),
    endUnused: createEndUnused(db),
  }
}

/** Makes the function that ends a session and, with a person's last one, their stay. */
export function createEndSession(db: Database) {
  const remove = db.query<{ userId: number }, [Uint8Array]>(
    `DELETE FROM sessions WHERE token_hash = ? RETURNING user_id AS userId`,
  )
  const depart = createDepart(db)
  return (tokenHash: Uint8Array, at: number) => {
    const session = remove.get(tokenHash)
    return session === null ? null : depart(session.userId, at)
  }
}

function createSee(db: Database): Store['sessions']['see'] {
  // A read comes first, as even a write that changes nothing waits for other writers.
  const isStale = db.query<unknown, [Uint8Array, number]>(
    `SELECT 1 FROM sessions WHERE token_hash = ? AND abs(seen_at - ?) > ${dayMs}`,
  )
  const see = db.query<never, [Uint8Array, number]>(
    `UPDATE sessions SET seen_at = ?2 WHERE token_hash = ?1`,
  )
  return async (tokenHash, at) => {
    if (isStale.get(tokenHash, at) !== null) see.run(tokenHash, at)
  }
}

/**
 * Days on which the server did not run count for nobody, nor do jumps of its clock: the time since
 * the last sweep, beyond one day, is added to when each session was seen.
 */
function createEndUnused(db: Database): Store['sessions']['endUnused'] {
  const addGap = db.query<never, [{ gap: number; at: number }]>(
    `UPDATE sessions SET seen_at = min($at, seen_at + $gap)`,
  )
  const removeUnused = db.query<{ userId: number }, [number]>(
    `DELETE FROM sessions WHERE seen_at < ? RETURNING user_id AS userId`,
  )
  const dropNames = db.query<never, [number]>(`DELETE FROM freed_names WHERE freed_at < ?`)
  const depart = createDepart(db)
  const sweep = db.transaction((unusedMs: number, at: number) => {
    const sweptAt = Number(readSetting(db, sweptAtSetting) ?? at)
    writeSetting(db, sweptAtSetting, String(at))
    const gap = at - sweptAt - dayMs
    if (gap > 0) addGap.run({ gap, at })
    dropNames.run(at - newNameMs)
    const people = new Set(removeUnused.all(at - unusedMs).map(({ userId }) => userId))
    return [...people].flatMap((userId) => depart(userId, at) ?? [])
  })
  return async (unusedMs, at) => sweep.immediate(unusedMs, at)
}
