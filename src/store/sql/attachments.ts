import { type Database, type Work, workOn } from './database'
import type { Attachment, NewAttachment, Store, StoredFiles } from '../store'
import { isHere } from './persons'

/** Uploaded files: found only through the room of their message. */
export function createAttachments(db: Database): Store['attachments'] {
  const insert = db.query<never, [NewAttachment]>(insertAttachment('nothing'))
  const find = db.query<Attachment, [number, string]>(
    `SELECT ${columns} FROM attachments
     WHERE id = ?2 AND ${isHere('?1')} AND CASE
       WHEN used_as IS NULL THEN owner_id = ?1
       ELSE used_as = 'message' AND EXISTS (
         SELECT 1 FROM memberships
         WHERE memberships.room_id = attachments.room_id AND user_id = ?1)
     END`,
  )
  const findFace = db.query<Attachment, [string]>(
    `SELECT ${columns} FROM attachments WHERE id = ? AND used_as = 'face'`,
  )
  const stored = db.query<StoredFiles, [number]>(
    `SELECT files, bytes FROM stored_files WHERE owner_id = ?`,
  )
  const dropUnused = db.query<{ id: string }, [number]>(
    `DELETE FROM attachments WHERE used_as IS NULL AND created_at < ? RETURNING id`,
  )
  const unknown = db.query<{ id: string }, [string]>(
    `SELECT value AS id FROM json_each(?) WHERE value NOT IN (SELECT id FROM attachments)`,
  )
  return {
    add: db.write(function* (attachment) {
      return (yield* insert.run(attachment)).changes > 0
    }),
    find: db.read((userId, id) => find.get(userId, id)),
    findFace: db.read((id) => findFace.get(id)),
    stored: db.read(function* (ownerId) {
      return {
        own: (yield* stored.get(ownerId)) ?? { files: 0, bytes: 0 },
        all: (yield* stored.get(0)) ?? { files: 0, bytes: 0 },
      }
    }),
    dropUnused: db.transaction(function* (before) {
      return (yield* dropUnused.all(before)).map(({ id }) => id)
    }),
    unknown: db.read(function* (ids) {
      return (yield* unknown.all(JSON.stringify(ids))).map(({ id }) => id)
    }),
  }
}

/** The statement that records a file of a person: as a profile picture, or not used yet. */
export function insertAttachment(use: 'face' | 'nothing'): string {
  const usedAs = use === 'face' ? `'face'` : 'NULL'
  return `INSERT INTO attachments
      (id, owner_id, used_as, name, type, size, width, height, preview, description, created_at)
    SELECT $id, $owner, ${usedAs}, $name, $type, $size, $width, $height, $preview, $description,
      $createdAt WHERE ${isHere('$owner')}`
}

/** Gives a message its files: only files of its author, and only while no message has them. */
export function createUse(db: Database) {
  const find = db.query<Attachment, [string, number]>(
    `SELECT ${columns} FROM attachments WHERE id = ? AND owner_id = ? AND used_as IS NULL`,
  )
  const mark = db.query(
    `UPDATE attachments SET used_as = 'message', room_id = ?, seq = ? WHERE id = ?`,
  )
  return {
    /** All of them in the order given; null when one is not available. */
    *find(owner: number, ids: string[]): Work<Attachment[] | null> {
      const found = yield* workOn(ids, (id) => find.get(id, owner))
      return found.every((each) => each !== null) ? found : null
    },
    *mark(room: number, seq: number, ids: string[]): Work<void> {
      for (const id of ids) yield* mark.run(room, seq, id)
    },
  }
}

/** Attachments as the row of their message holds them. */
export function writeAttachments(attachments: Attachment[]): string | null {
  return attachments.length === 0 ? null : JSON.stringify(attachments)
}

export function readAttachments(text: string | null): Attachment[] {
  return text === null ? [] : JSON.parse(text)
}

const columns = 'id, name, type, size, width, height, preview, description'
