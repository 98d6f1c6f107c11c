import type { Database, Statement, Work } from './database'
import { fold, foldVersion } from '../../shared/fold'
import { nameForms } from '../../shared/rank-name'
import type { NameRules, UniqueName } from '../store'
import { isNameFree } from './persons'
import { readSetting, writeSetting } from './settings'

const setting = 'name_rules'

/** Whether names are compared as the program that wrote their forms did. */
export function* areNamesUpToDate(db: Database, rules: NameRules): Work<boolean> {
  return (yield* readSetting(db, setting)) === versionOf(rules)
}

function versionOf(rules: NameRules): string {
  return `${rules.version}, fold ${foldVersion}`
}

/**
 * Writes the forms by which names are compared anew, in a transaction, when the program compares in
 * another way than the one that wrote them. Where two names are alike now, who has held theirs
 * longer keeps it for themselves; the other keeps the name, but it is compared with no other until
 * it is changed.
 */
export function* bringNamesUpToDate(db: Database, rules: NameRules): Work<void> {
  if (yield* areNamesUpToDate(db, rules)) return
  // They hold names by the old rules.
  yield* db.query(`DELETE FROM door_requests`).run()
  yield* rewrite(
    db.query<Named, []>(
      `SELECT id, nickname AS name FROM users
         WHERE left_at IS NULL OR id IN (SELECT user_id FROM bans) ORDER BY named_at, id`,
    ),
    db.query(
      `UPDATE users SET nickname_folded = ?1, nickname_skeleton = ?2
         WHERE id = ?3 AND ${isNameFree('?1', '?2', '?3')}`,
    ),
    rules.ofPerson,
  )
  yield* writeForms(db)
  yield* writeSought(db)
  yield* rewrite(
    db.query<Named, []>(`SELECT id, name FROM rooms WHERE kind = 'open' ORDER BY id`),
    db.query(
      `UPDATE rooms SET name_folded = ?1, name_skeleton = ?2 WHERE id = ?3
           AND NOT EXISTS (SELECT 1 FROM rooms AS others WHERE others.id <> ?3
             AND (others.name_folded = ?1 OR others.name_skeleton = ?2))`,
    ),
    rules.ofRoom,
  )
  yield* writeSetting(db, setting, versionOf(rules))
}

function* writeForms(db: Database): Work<void> {
  const write = db.query<never, [string, number]>(
    `UPDATE users SET nickname_forms = ? WHERE id = ?`,
  )
  const people = db.query<Named, []>(`SELECT id, nickname AS name FROM users WHERE left_at IS NULL`)
  for (const { id, name } of yield* people.all()) yield* write.run(nameForms(name), id)
}

function* writeSought(db: Database): Work<void> {
  const write = db.query<never, [string, number]>(`UPDATE rooms SET name_sought = ? WHERE id = ?`)
  const rooms = db.query<Named, []>(`SELECT id, name FROM rooms WHERE kind <> 'direct'`)
  for (const { id, name } of yield* rooms.all()) yield* write.run(fold(name), id)
}

type Named = { id: number; name: string }

function* rewrite(
  holders: Statement<Named, []>,
  write: Statement<never, [string | null, string | null, number]>,
  formsOf: (name: string) => UniqueName,
): Work<void> {
  const all = yield* holders.all()
  // Nobody is in the way of a form that is about to change.
  for (const { id } of all) yield* write.run(null, null, id)
  for (const { id, name } of all) {
    const { folded, skeleton } = formsOf(name)
    const forms = [
      [folded, skeleton === '' ? null : skeleton],
      [folded, null],
    ] as const
    for (const [first, second] of forms) {
      if ((yield* write.run(first, second, id)).changes > 0) break
    }
  }
}
