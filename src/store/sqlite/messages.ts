import type { Database } from 'bun:sqlite'
import type { AppendOutcome, Message, NewMessage, Store, User } from '../store'

type MessageRow = Omit<Message, 'sender'> & { senderId: number; nickname: string; avatar: string }

/** Messages, in SQLite: appended in groups, read by place (seq) or by change (revision). */
export function createMessages(db: Database): Store['messages'] {
  const append = createAppend(db)
  const before = db.query<MessageRow, [number, number, number]>(
    `SELECT * FROM (${selectMessages('room_id = ? AND seq < ? AND deleted_at IS NULL')}
     ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
  )
  const changes = db.query<MessageRow, [number, number, number, number, number]>(
    `${selectMessages('room_id = ? AND seq > ?')}
     UNION ALL ${selectMessages('room_id = ? AND revision > ? AND revision > seq AND seq <= ?2')}
     ORDER BY revision LIMIT ?5`,
  )
  const head = db.query<{ revision: number }, [number]>(`SELECT revision FROM rooms WHERE id = ?`)

  return {
    async append(batch) {
      return append(batch)
    },
    async before(room, seq, limit) {
      return before.all(room.id, seq ?? Number.MAX_SAFE_INTEGER, limit).map(toMessage)
    },
    async changesAfter(room, revision, limit, unitsMax) {
      const rows = changes.all(room.id, revision, room.id, revision, limit + 1)
      const page = rows.slice(0, countThatFit(rows, limit, unitsMax))
      const more = page.length < rows.length
      const newest = more ? page.at(-1)?.revision : head.get(room.id)?.revision
      return { messages: page.map(toMessage), revision: newest ?? revision, more }
    },
  }
}

function selectMessages(where: string): string {
  return `
    SELECT room_id AS room, seq, revision, client_id AS clientId, content, reply_to AS replyTo,
      messages.created_at AS createdAt, edited_at AS editedAt, deleted_at AS deletedAt,
      author_id AS senderId, nickname, avatar
    FROM messages JOIN users ON users.id = author_id WHERE ${where}`
}

function toMessage({ senderId, nickname, avatar, ...message }: MessageRow): Message {
  return { ...message, sender: { id: senderId, nickname, avatar } }
}

/** At least one, else a page could never move on. */
function countThatFit(rows: MessageRow[], limit: number, unitsMax: number): number {
  let units = 0
  const end = rows.findIndex((row, index) => {
    units += row.content.length
    return index >= limit || (index > 0 && units > unitsMax)
  })
  return end === -1 ? rows.length : end
}

function createAppend(db: Database): (batch: NewMessage[]) => AppendOutcome[] {
  const findRepeat = db.query<MessageRow, [number, string]>(
    selectMessages('author_id = ? AND client_id = ?'),
  )
  const findMember = db.query<User & { revision: number }, [number, number]>(
    `SELECT users.id, nickname, avatar, revision
     FROM memberships JOIN rooms ON rooms.id = room_id JOIN users ON users.id = user_id
     WHERE room_id = ? AND user_id = ?`,
  )
  const findReply = db.query<{ seq: number }, [number, number]>(
    `SELECT seq FROM messages WHERE room_id = ? AND seq = ? AND deleted_at IS NULL`,
  )
  const insert = db.query(
    `INSERT INTO messages (room_id, seq, revision, author_id, client_id, content, reply_to, created_at)
     VALUES ($room, $seq, $seq, $author, $clientId, $content, $replyTo, $createdAt)`,
  )
  const advance = db.query(`UPDATE rooms SET revision = ?2 WHERE id = ?1`)

  const appendOne = (message: NewMessage, heads: Map<number, number>): AppendOutcome => {
    const repeated = findRepeat.get(message.author, message.clientId)
    if (repeated !== null) {
      if (repeated.room !== message.room) return { status: 'refused', code: 'client_id_reused' }
      return { status: 'accepted', message: toMessage(repeated), repeat: true }
    }
    const member = findMember.get(message.room, message.author)
    if (member === null) return { status: 'refused', code: 'room_missing' }
    if (message.replyTo !== null && findReply.get(message.room, message.replyTo) === null) {
      return { status: 'refused', code: 'reply_missing' }
    }
    const { revision, ...sender } = member
    const seq = (heads.get(message.room) ?? revision) + 1
    insert.run({ ...message, seq })
    heads.set(message.room, seq)
    return { status: 'accepted', message: toStored(message, seq, sender), repeat: false }
  }

  return db.transaction((batch: NewMessage[]) => {
    // Each room's revision is written once per group, not once per message.
    const heads = new Map<number, number>()
    const outcomes = batch.map((message) => appendOne(message, heads))
    for (const [room, revision] of heads) advance.run(room, revision)
    return outcomes
  }).immediate
}

function toStored({ author: _, ...message }: NewMessage, seq: number, sender: User): Message {
  return { ...message, seq, revision: seq, sender, editedAt: null, deletedAt: null }
}
