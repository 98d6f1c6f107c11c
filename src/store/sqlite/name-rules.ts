import type { Database } from 'bun:sqlite'
import { fold, foldVersion } from '../../shared/fold'
import { nameForms } from '../../shared/rank-name'
import type { NameRules, UniqueName } from '../store'
import { readSetting, writeSetting } from './settings'

const setting = 'name_rules'

/**
 * Writes the forms by which names are compared anew, when the program compares in another way than
 * the one that wrote them. Where two names are alike now, who has held theirs longer keeps it for
 * themselves; the other keeps the name, but it is compared with no other until it is changed.
 */
export function bringNamesUpToDate(db: Database, rules: NameRules): void {
  const version = `${rules.version}, fold ${foldVersion}`
  if (readSetting(db, setting) === version) return
  db.transaction(() => {
    // They hold names by the old rules.
    db.run(`DELETE FROM door_requests`)
    rewrite(
      db.query<Named, []>(
        `SELECT id, nickname AS name FROM users
         WHERE left_at IS NULL OR id IN (SELECT user_id FROM bans) ORDER BY named_at, id`,
      ),
      db.query(
        `UPDATE OR IGNORE users SET nickname_folded = ?, nickname_skeleton = ? WHERE id = ?`,
      ),
      rules.ofPerson,
    )
    writeForms(db)
    writeSought(db)
    rewrite(
      db.query<Named, []>(`SELECT id, name FROM rooms WHERE kind = 'open' ORDER BY id`),
      db.query(`UPDATE OR IGNORE rooms SET name_folded = ?, name_skeleton = ? WHERE id = ?`),
      rules.ofRoom,
    )
    writeSetting(db, setting, version)
  }).immediate()
}

function writeForms(db: Database): void {
  const write = db.query<never, [string, number]>(
    `UPDATE users SET nickname_forms = ? WHERE id = ?`,
  )
  const people = db.query<Named, []>(`SELECT id, nickname AS name FROM users WHERE left_at IS NULL`)
  for (const { id, name } of people.all()) write.run(nameForms(name), id)
}

function writeSought(db: Database): void {
  const write = db.query<never, [string, number]>(`UPDATE rooms SET name_sought = ? WHERE id = ?`)
  const rooms = db.query<Named, []>(`SELECT id, name FROM rooms WHERE kind <> 'direct'`)
  for (const { id, name } of rooms.all()) write.run(fold(name), id)
}

type Named = { id: number; name: string }

type Statement = { run: (...values: (string | number | null)[]) => { changes: number } }

function rewrite(
  holders: { all: () => Named[] },
  write: Statement,
  formsOf: (name: string) => UniqueName,
): void {
  const all = holders.all()
  // Nobody is in the way of a form that is about to change.
  for (const { id } of all) write.run(null, null, id)
  for (const { id, name } of all) {
    const { folded, skeleton } = formsOf(name)
    const forms = [
      [folded, skeleton === '' ? null : skeleton],
      [folded, null],
    ] as const
    forms.some(([first, second]) => write.run(first, second, id).changes > 0)
  }
}
