import type { Database, Work } from './database'
import type { Notice, Refused, User } from '../store'
import type { createWriteAct, RefuseActing } from './acts'
import { userColumns } from './persons'

/** What every act is made of: the question whether one may, and the log. */
export type Acting = { refuse: RefuseActing; writeAct: ReturnType<typeof createWriteAct> }

/** Why and when it is done. */
export type Told = { reason: string; at: number }

/** Makes the function that finds somebody who is here, or says why they are not. */
export function createFindPresent(db: Database) {
  type Found = User & { isHere: 0 | 1; isBanned: 0 | 1 }
  const find = db.query<Found, [number]>(
    `SELECT ${userColumns()}, left_at IS NULL AS isHere,
       EXISTS (SELECT 1 FROM bans WHERE user_id = users.id) AS isBanned
     FROM users WHERE id = ?`,
  )
  return function* (person: number): Work<User | Refused<'person_missing' | 'person_banned'>> {
    const { isHere = 0, isBanned = 0, ...user } = (yield* find.get(person)) ?? {}
    if (isHere === 1) return user as User
    return { refused: isBanned === 1 ? 'person_banned' : 'person_missing' }
  }
}

/** A person has at most so many notices that were not read. */
const noticesMax = 5

/** Makes the function that leaves a notice for a person, in the transaction of what it tells. */
export function createNotify(db: Database) {
  const add = db.query<never, [number, string, string, string]>(
    `INSERT INTO notices (user_id, kind, detail, reason) VALUES (?, ?, ?, ?)`,
  )
  const drop = db.query<never, [number]>(
    `DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE user_id = ?
       ORDER BY id DESC LIMIT -1 OFFSET ${noticesMax})`,
  )
  return function* (person: number, kind: Notice['kind'], detail = '', reason = ''): Work<void> {
    yield* add.run(person, kind, detail, reason)
    yield* drop.run(person)
  }
}
