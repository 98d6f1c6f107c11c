import type { Database, Work } from './database'
import type { Notice } from '../store'
import type { createWriteAct, RefuseActing } from './acts'
import { userColumns } from './persons'

/** What every act is made of: the question whether one may, and the log. */
export type Acting = { refuse: RefuseActing; writeAct: ReturnType<typeof createWriteAct> }

/** Why and when it is done. */
export type Told = { reason: string; at: number }

/** The statement that finds somebody who has not left. */
export const findPresent = `SELECT ${userColumns()} FROM users WHERE id = ? AND left_at IS NULL`

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
