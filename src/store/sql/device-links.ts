import type { Database } from './database'
import type { Claim, NewClaim, NewSession, Store, User } from '../store'
import { createRefuseBrowser } from './browsers'
import { createAdmit } from './devices'
import { isHere, userColumns } from './persons'

/** A link works for so long, from when it is made until the device is in. */
const lifeMs = 10 * 60_000
const isFresh = `abs($at - made_at) <= ${lifeMs}`

/** The link of the session that acts: nobody sees or answers those of others. */
const isOwn = `session_id = (SELECT id FROM sessions
  WHERE token_hash = $acting AND ${isHere('user_id')})`

/** Who made a link; a session that has ended took its link with it. */
const maker = `(SELECT user_id FROM sessions WHERE sessions.id = session_id)`
const makersSession = `(SELECT token_hash FROM sessions WHERE sessions.id = session_id) AS session`

type Acting = { acting: Uint8Array }

/** Links that add a device. */
export function createDeviceLinks(db: Database): Store['deviceLinks'] {
  const make = db.query<never, [Acting & { linkHash: Uint8Array; at: number }]>(
    `INSERT INTO device_links (session_id, link_hash, made_at)
     SELECT id, $linkHash, $at FROM sessions
     WHERE token_hash = $acting AND ${isHere('user_id')}
     ON CONFLICT (session_id) DO UPDATE SET link_hash = excluded.link_hash,
       made_at = excluded.made_at, claim_hash = NULL, browser = '', system = '', number = NULL,
       is_allowed = 0`,
  )
  const claim = db.query<{ session: Uint8Array; user: number }, [NewClaim]>(
    `UPDATE device_links SET claim_hash = $claimHash, browser = $browser, system = $system,
       number = $number
     WHERE link_hash = $linkHash AND claim_hash IS NULL AND ${isFresh} AND ${isHere(maker)}
     RETURNING ${makersSession}, ${maker} AS user`,
  )
  const allow = db.query<never, [Acting & { claimHash: Uint8Array; at: number }]>(
    `UPDATE device_links SET is_allowed = 1
     WHERE ${isOwn} AND claim_hash = $claimHash AND ${isFresh}`,
  )
  const end = db.query<never, [Acting & { claimHash: Uint8Array | null }]>(
    `DELETE FROM device_links WHERE ${isOwn} AND claim_hash IS $claimHash`,
  )
  return {
    make: db.transaction(function* (acting, linkHash, at) {
      return (yield* make.run({ acting, linkHash, at })).changes > 0
    }),
    claim: db.transaction((wanted) => claim.get(wanted)),
    allow: db.transaction(function* (acting, claimHash, at) {
      return (yield* allow.run({ acting, claimHash, at })).changes > 0
    }),
    end: db.transaction(function* (acting, claimHash) {
      return (yield* end.run({ acting, claimHash })).changes > 0
    }),
    ...createLooks(db),
    enter: createEnter(db),
  }
}

type ClaimRow = Omit<Claim, 'isAllowed'> & { isAllowed: 0 | 1 }
const claimColumns = 'claim_hash AS hash, browser, system, number, is_allowed AS isAllowed'

function createLooks(db: Database): Pick<Store['deviceLinks'], 'find' | 'ofSession' | 'waiting'> {
  const makerOf = `${userColumns()} FROM device_links JOIN users ON users.id = ${maker}
    WHERE left_at IS NULL AND ${isFresh}`
  const find = db.query<User, [{ linkHash: Uint8Array; at: number }]>(
    `SELECT ${makerOf} AND link_hash = $linkHash AND claim_hash IS NULL`,
  )
  const own = db.query<ClaimRow | { hash: null }, [Acting & { at: number }]>(
    `SELECT ${claimColumns} FROM device_links WHERE ${isOwn} AND ${isFresh}`,
  )
  const waiting = db.query<ClaimRow & User, [{ claimHash: Uint8Array; at: number }]>(
    `SELECT ${claimColumns}, ${makerOf} AND claim_hash = $claimHash`,
  )
  return {
    find: db.read((linkHash, at) => find.get({ linkHash, at })),
    ofSession: db.read(function* (acting, at) {
      const found = yield* own.get({ acting, at })
      if (found === null) return null
      return { claim: found.hash === null ? null : toClaim(found) }
    }),
    waiting: db.read(function* (claimHash, at) {
      const found = yield* waiting.get({ claimHash, at })
      if (found === null) return null
      const { id, nickname, avatar, mark } = found
      return { user: { id, nickname, avatar, mark }, claim: toClaim(found) }
    }),
  }
}

function toClaim({ hash, browser, system, number, isAllowed }: ClaimRow): Claim {
  return { hash, browser, system, number, isAllowed: isAllowed === 1 }
}

function createEnter(db: Database): Store['deviceLinks']['enter'] {
  const findAllowed = db.query<
    User & { session: Uint8Array },
    [{ claimHash: Uint8Array; at: number }]
  >(
    `SELECT ${userColumns()}, ${makersSession}
     FROM device_links JOIN users ON users.id = ${maker}
     WHERE claim_hash = $claimHash AND is_allowed = 1 AND left_at IS NULL AND ${isFresh}`,
  )
  const use = db.query<never, [Uint8Array]>(`DELETE FROM device_links WHERE claim_hash = ?`)
  const see = db.query<never, [number, number]>(`UPDATE users SET seen_at = ?2 WHERE id = ?1`)
  const admit = createAdmit(db)
  const refusalOf = createRefuseBrowser(db)
  // The link is used up in the transaction that adds the session: of two at once, one gets in.
  const enter = db.transaction(function* (
    claimHash: Uint8Array,
    session: NewSession,
    replaced: Uint8Array | null,
  ) {
    if ((yield* refusalOf(session)) !== null) return null
    const found = yield* findAllowed.get({ claimHash, at: session.at })
    if (found === null) return null
    const { session: maker, ...user } = found
    yield* use.run(claimHash)
    yield* see.run(user.id, session.at)
    return { user, maker, ended: yield* admit(user.id, session, replaced) }
  })
  return enter
}
