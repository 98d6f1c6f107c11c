import type { Database } from 'bun:sqlite'
import type { Line, Place } from './query'
import { readAttachments } from '../sqlite/attachments'

/** Makes the function that tells what was said just before and just after a place. */
export function createContext(db: Database) {
  const before = db.query<LineRow, [number, number]>(
    `${selectLine} AND seq < ?2 ORDER BY seq DESC LIMIT 1`,
  )
  const after = db.query<LineRow, [number, number]>(
    `${selectLine} AND seq > ?2 ORDER BY seq LIMIT 1`,
  )
  return ({ room, seq }: Place): { before: Line | null; after: Line | null } => ({
    before: toLine(before.get(room, seq)),
    after: toLine(after.get(room, seq)),
  })
}

type LineRow = { name: string; content: string; attachments: string | null }

const selectLine = `SELECT nickname AS name, content, attachments
  FROM messages JOIN users ON users.id = author_id
  WHERE room_id = ?1 AND deleted_at IS NULL`

/** What fits into one line; of what has no words, the names of its files. */
function toLine(row: LineRow | null): Line | null {
  if (row === null) return null
  const files = readAttachments(row.attachments).map(({ name }) => name)
  const text = [row.content.slice(0, lineUnits * 2), ...files].join(' ').trim()
  const line = text.replace(/\s+/gu, ' ').slice(0, lineUnits).toWellFormed()
  return { name: row.name, text: line }
}

/** A line of the widest list; the rest is cut where it is shown. */
const lineUnits = 120
