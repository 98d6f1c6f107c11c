import type { Database } from 'bun:sqlite'
import type { Attachment, NewAttachment, Store } from '../store'

/** What was uploaded, in SQLite: found only through the room of its message. */
export function createAttachments(db: Database): Store['attachments'] {
  const insert = db.query<never, [NewAttachment]>(insertAttachment('nothing'))
  const find = db.query<Attachment, [number, string]>(
    `SELECT ${columns} FROM attachments
     WHERE id = ?2 AND CASE
       WHEN used_as IS NULL THEN owner_id = ?1
       ELSE used_as = 'message' AND EXISTS (
         SELECT 1 FROM memberships
         WHERE memberships.room_id = attachments.room_id AND user_id = ?1)
     END`,
  )
  const findFace = db.query<Attachment, [string]>(
    `SELECT ${columns} FROM attachments WHERE id = ? AND used_as = 'face'`,
  )
  const stored = db.query<{ own: number; all: number }, [number]>(
    `SELECT (SELECT coalesce(sum(size), 0) FROM attachments WHERE owner_id = ?) AS own,
       (SELECT coalesce(sum(size), 0) FROM attachments) AS "all"`,
  )
  const dropUnused = db.query<{ id: string }, [number]>(
    `DELETE FROM attachments WHERE used_as IS NULL AND created_at < ? RETURNING id`,
  )
  const without = db.query<{ id: string }, [string]>(
    `SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM attachments)`,
  )

  return {
    async add(attachment) {
      insert.run(attachment)
    },
    async find(userId, id) {
      return find.get(userId, id)
    },
    async findFace(id) {
      return findFace.get(id)
    },
    async stored(ownerId) {
      return stored.get(ownerId) ?? { own: 0, all: 0 }
    },
    async dropUnused(before) {
      return dropUnused.all(before).map(({ id }) => id)
    },
    async unknown(ids) {
      return without.all(JSON.stringify(ids)).map(({ id }) => id)
    },
  }
}

/** The statement that records a file: as somebody's picture, or not used yet. */
export function insertAttachment(use: 'face' | 'nothing'): string {
  const usedAs = use === 'face' ? `'face'` : 'NULL'
  return `INSERT INTO attachments
      (id, owner_id, used_as, name, type, size, width, height, preview, description, created_at)
    VALUES ($id, $owner, ${usedAs}, $name, $type, $size, $width, $height, $preview, $description,
      $createdAt)`
}

/** Gives a message its files: only the author's own ones, only while nobody has used them. */
export function createUse(db: Database) {
  const find = db.query<Attachment, [string, number]>(
    `SELECT ${columns} FROM attachments WHERE id = ? AND owner_id = ? AND used_as IS NULL`,
  )
  const mark = db.query(
    `UPDATE attachments SET used_as = 'message', room_id = ?, seq = ? WHERE id = ?`,
  )
  return {
    /** All of them in the order given; null when one cannot be had. */
    find(owner: number, ids: string[]): Attachment[] | null {
      const found = ids.map((id) => find.get(id, owner))
      return found.every((each) => each !== null) ? found : null
    },
    mark(room: number, seq: number, ids: string[]): void {
      for (const id of ids) mark.run(room, seq, id)
    },
  }
}

/** Attachments as they stand in the row of their message. */
export function writeAttachments(attachments: Attachment[]): string | null {
  return attachments.length === 0 ? null : JSON.stringify(attachments)
}

export function readAttachments(text: string | null): Attachment[] {
  const attachments: Attachment[] = text === null ? [] : JSON.parse(text)
  return attachments
}

const columns = 'id, name, type, size, width, height, preview, description'
