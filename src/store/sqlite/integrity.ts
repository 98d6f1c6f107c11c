import type { Database } from 'bun:sqlite'
import { existsSync, statSync } from 'node:fs'
import { erasedSetting } from '../sql/erasing'
import { readSetting, writeSetting } from './settings'

/** Thrown for a database that is not whole; says what is wrong. */
function damaged(what: string): Error {
  return Object.assign(new Error(what), { code: 'SQLITE_CORRUPT' })
}

/**
 * Whether a database that was left by a server has to be checked. Throws when the database is gone
 * and only its log, or the mark of its files, is there: SQLite would begin a new one.
 */
export function isDoubtful(file: string, marker: string | null): boolean {
  const hasLog = sizeOf(`${file}-wal`) > 0
  if (sizeOf(file) > 0) return hasLog
  if (hasLog || (marker !== null && existsSync(marker))) throw damaged('no database')
  return false
}

/**
 * Checks a database whose last use did not end cleanly, that lies in another file than then, or is
 * doubtful for another reason. A copy that was taken while somebody wrote can have pages of several
 * moments, and SQLite does not notice when a log belongs to another database. Throws when something
 * is wrong. It takes less than a second per million messages.
 */
export function checkAfterUse(db: Database, file: string, doubt: boolean): void {
  if (db.query('SELECT 1 FROM sqlite_schema').get() === null) return
  if (!doubt && readSetting(db, 'closed_in') === identityOf(file)) return
  checkPages(db)
  checkMessages(db)
  if (db.query('PRAGMA foreign_key_check').get() !== null) throw damaged('a lost row')
}

/** Notes that the database is in use, in the file itself, so that every copy of it says so. */
export function markUsed(db: Database): void {
  writeSetting(db, 'closed_in', '')
  db.run('PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Notes that the last use ended cleanly. */
export function markClosed(db: Database, file: string): void {
  writeSetting(db, 'closed_in', identityOf(file))
}

/** Tells a file from its copies. */
function identityOf(file: string): string {
  const { ino, birthtimeMs } = statSync(file)
  return `${ino} ${birthtimeMs}`
}

/** The quick check compares no indexes with tables, so the smaller tables get the full one. */
function checkPages(db: Database): void {
  expectOk(db, 'PRAGMA quick_check(1)')
  const tables = db.query<{ name: string }, []>(
    `SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'
       AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%' AND name <> 'messages'`,
  )
  for (const { name } of tables.all()) expectOk(db, `PRAGMA integrity_check('${name}')`)
}

function expectOk(db: Database, pragma: string): void {
  const [answer = ''] = Object.values(db.query<Record<string, string>, []>(pragma).get() ?? {})
  if (answer !== 'ok') throw damaged(answer)
}

/**
 * Messages are added with the next id, and those that are erased are counted, so it is known how
 * many there are, in the table and in all indexes; and the newest revision of a room that is not
 * being erased is that of one of its messages. For five million messages this takes a second, a
 * full check 21.
 */
function checkMessages(db: Database): void {
  const count = (from: string): number =>
    db.query<{ n: number }, []>(`SELECT count(*) AS n FROM messages ${from}`).get()?.n ?? 0
  const newest = db.query<{ id: number | null }, []>('SELECT max(id) AS id FROM messages').get()
  const all = count('NOT INDEXED')
  const isWhole =
    (newest?.id ?? 0) - Number(readSetting(db, erasedSetting) ?? 0) === all &&
    count('INDEXED BY sqlite_autoindex_messages_1') === all &&
    count('INDEXED BY sqlite_autoindex_messages_2') === all &&
    count('NOT INDEXED WHERE revision > seq') ===
      count('INDEXED BY messages_changed WHERE revision > seq')
  if (!isWhole) throw damaged('lost messages')
  const behind = db.query(
    `SELECT id FROM rooms WHERE deleted_at IS NULL AND revision <> max(
       coalesce((SELECT max(seq) FROM messages WHERE room_id = rooms.id), 0),
       coalesce((SELECT max(revision) FROM messages
                 WHERE room_id = rooms.id AND revision > seq), 0))`,
  )
  if (behind.get() !== null) throw damaged('a room without its newest messages')
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0
}
