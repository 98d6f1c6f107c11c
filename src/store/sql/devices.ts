import type { Database, Work } from './database'
import type { Device, NewSession, Store, User } from '../store'
import { createKeepBrowser, createRefuseBrowser } from './browsers'
import { userColumns } from './persons'
import { createEndSession } from './sessions'

/** Beyond so many devices of one person, those that were not seen for longest are signed out. */
const devicesMax = 50

/** The person of the session that acts: nobody sees or ends the devices of others. */
const ownUser = `(SELECT user_id FROM sessions WHERE token_hash = $acting)`

/** The devices of a person and their recovery code. */
export function createDevices(db: Database): Store['devices'] {
  type Acting = { acting: Uint8Array }
  const list = db.query<Omit<Device, 'isThis'> & { isThis: 0 | 1 }, [Acting]>(
    `SELECT id, browser, system, added_at AS addedAt, seen_at AS seenAt,
       token_hash = $acting AS isThis
     FROM sessions WHERE user_id = ${ownUser} ORDER BY isThis DESC, seen_at DESC, id DESC`,
  )
  const end = db.query<{ tokenHash: Uint8Array }, [Acting & { id: number | null }]>(
    `DELETE FROM sessions WHERE user_id = ${ownUser} AND token_hash <> $acting
       AND ($id IS NULL OR id = $id)
     RETURNING token_hash AS tokenHash`,
  )
  const setCode = db.query<never, [Acting & { hash: string; at: number }]>(
    `UPDATE users SET code_hash = $hash, code_made_at = $at
     WHERE id = ${ownUser} AND left_at IS NULL`,
  )
  const codeMadeAt = db.query<{ at: number | null }, [Acting]>(
    `SELECT code_made_at AS at FROM users WHERE id = ${ownUser}`,
  )
  const findCode = db.query<{ id: number; hash: string }, [string]>(
    `SELECT id, code_hash AS hash FROM users
     WHERE nickname_skeleton = ? AND code_hash IS NOT NULL AND left_at IS NULL`,
  )
  return {
    list: db.read(function* (acting) {
      return (yield* list.all({ acting })).map((device) => ({
        ...device,
        isThis: device.isThis === 1,
      }))
    }),
    end: db.transaction(function* (acting, id) {
      return (yield* end.all({ acting, id })).map(({ tokenHash }) => tokenHash)
    }),
    setCode: db.transaction(function* (acting, hash, at) {
      return (yield* setCode.run({ acting, hash, at })).changes > 0
    }),
    codeMadeAt: db.read(function* (acting) {
      return (yield* codeMadeAt.get({ acting }))?.at ?? null
    }),
    findCode: db.read((skeleton) => findCode.get(skeleton)),
    recover: createRecover(db),
  }
}

function createRecover(db: Database): Store['devices']['recover'] {
  // The code is spent in the same statement that checks it: of two who use it at once, one gets in.
  const spend = db.query<User, [number, string, number]>(
    `UPDATE users SET code_hash = NULL, code_made_at = NULL, seen_at = ?3
     WHERE id = ?1 AND code_hash = ?2 AND left_at IS NULL RETURNING ${userColumns()}`,
  )
  const admit = createAdmit(db)
  const refusalOf = createRefuseBrowser(db)
  const recover = db.transaction(function* (
    code: { id: number; hash: string },
    session: NewSession,
    replaced: Uint8Array | null,
  ) {
    if ((yield* refusalOf(session)) !== null) return null
    const user = yield* spend.get(code.id, code.hash, session.at)
    if (user === null) return null
    return { user, ended: yield* admit(user.id, session, replaced) }
  })
  return recover
}

/**
 * Makes the function that adds a device to a person and ends the session that its browser had;
 * gives the sessions of devices that became too many, which have ended.
 */
export function createAdmit(db: Database) {
  const add = createAddSession(db)
  const surplus = db.query<{ tokenHash: Uint8Array }, [number]>(
    `DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE user_id = ?
       ORDER BY seen_at DESC, id DESC LIMIT -1 OFFSET ${devicesMax})
     RETURNING token_hash AS tokenHash`,
  )
  const end = createEndSession(db)
  return function* (
    userId: number,
    session: NewSession,
    replaced: Uint8Array | null,
  ): Work<Uint8Array[]> {
    yield* add(userId, session)
    if (replaced !== null) yield* end(replaced, session.at)
    return (yield* surplus.all(userId)).map(({ tokenHash }) => tokenHash)
  }
}

/** Makes the function that adds a session. */
export function createAddSession(db: Database) {
  type Added = Pick<NewSession, 'tokenHash' | 'browser' | 'system' | 'at'> & { userId: number }
  const add = db.query<never, [Added]>(
    `INSERT INTO sessions (token_hash, user_id, browser, system, added_at, seen_at)
     VALUES ($tokenHash, $userId, $browser, $system, $at, $at)`,
  )
  const keepBrowser = createKeepBrowser(db)
  return function* (userId: number, session: NewSession): Work<void> {
    const { tokenHash, browser, system, at } = session
    yield* add.run({ tokenHash, browser, system, at, userId })
    yield* keepBrowser(userId, session, at)
  }
}
