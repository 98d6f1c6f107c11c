import type { Database, Work } from './database'
import type { Acts, BrowserMarks, BrowserRefusal } from '../store'
import { userColumns } from './persons'

/** Of each person so many browsers are remembered, those that signed in last. */
const browsersMax = 20

type Marks = Partial<BrowserMarks>

const isMarked = 'hash IN ($browserHash, $sessionBefore)'

/** Makes the function that remembers in which browser a person signs in. */
export function createKeepBrowser(db: Database) {
  const keep = db.query<never, [number, Uint8Array, number]>(
    `INSERT INTO person_browsers (user_id, browser_hash, seen_at) VALUES (?, ?, ?)
     ON CONFLICT (user_id, browser_hash) DO UPDATE SET seen_at = excluded.seen_at`,
  )
  const drop = db.query<never, [number]>(
    `DELETE FROM person_browsers WHERE user_id = ?1 AND browser_hash IN (
       SELECT browser_hash FROM person_browsers WHERE user_id = ?1
       ORDER BY seen_at DESC LIMIT -1 OFFSET ${browsersMax})`,
  )
  return function* (userId: number, { browserHash = null }: Marks, at: number): Work<void> {
    if (browserHash === null) return
    yield* keep.run(userId, browserHash, at)
    yield* drop.run(userId)
  }
}

/**
 * Makes the function that says, in the transaction of a sign-in, why a browser may not: somebody
 * was banned in it, or, for somebody new, in its network.
 */
export function createRefuseBrowser(db: Database) {
  const isBanned = db.query<unknown, [Omit<BrowserMarks, 'address'>]>(
    `SELECT 1 FROM banned_browsers WHERE ${isMarked}`,
  )
  const isRefused = db.query<unknown, [string, number]>(
    `SELECT 1 FROM refused_addresses WHERE address = ? AND until > ?`,
  )
  return function* (
    { browserHash = null, sessionBefore = null, address }: Marks,
    newAt: number | null = null,
  ): Work<BrowserRefusal | null> {
    if ((yield* isBanned.get({ browserHash, sessionBefore })) !== null) return 'banned'
    if (newAt === null || address === undefined) return null
    return (yield* isRefused.get(address, newAt)) === null ? null : 'network_refused'
  }
}

/** What browsers in which nobody is signed in are told. */
export function createBrowserBans(db: Database): Pick<Acts, 'banOf' | 'refusalOf'> {
  type Found = Awaited<ReturnType<Acts['banOf']>> & { reason: string }
  const find = db.query<Found['user'] & { reason: string }, [Omit<BrowserMarks, 'address'>]>(
    `SELECT ${userColumns()}, reason
     FROM banned_browsers JOIN bans USING (user_id) JOIN users ON users.id = user_id
     WHERE ${isMarked} ORDER BY banned_at DESC LIMIT 1`,
  )
  const refusalOf = createRefuseBrowser(db)
  return {
    banOf: db.read(function* ({ browserHash, sessionBefore }) {
      const found = yield* find.get({ browserHash, sessionBefore })
      if (found === null) return null
      const { reason, ...user } = found
      return { user, reason }
    }),
    refusalOf: db.read((marks, at) => refusalOf(marks, at)),
  }
}

/** What a ban remembers, and for how long networks are refused. */
type Remembered = { addresses: string[]; until: number }

/** Makes the function that remembers the browsers of somebody who is being banned. */
export function createBanBrowsers(db: Database) {
  const banBrowsers = db.query<never, [number]>(
    `INSERT INTO banned_browsers (hash, user_id)
     SELECT * FROM (SELECT browser_hash, user_id FROM person_browsers WHERE user_id = ?1
       UNION SELECT token_hash, user_id FROM sessions WHERE user_id = ?1) AS known
     WHERE TRUE ON CONFLICT DO NOTHING`,
  )
  const refuse = db.query<never, [number, string, number]>(
    `INSERT INTO refused_addresses (user_id, address, until) VALUES (?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const dropOld = db.query<never, [number]>(`DELETE FROM refused_addresses WHERE until <= ?`)
  return function* (userId: number, { addresses, until }: Remembered, at: number): Work<void> {
    yield* banBrowsers.run(userId)
    yield* dropOld.run(at)
    if (until > at) for (const address of addresses) yield* refuse.run(userId, address, until)
  }
}
