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

type Member = { sender: User; head: number }

function createAppend(db: Database): (batch: NewMessage[]) => AppendOutcome[] {
  const findRepeat = db.query<MessageRow, [number, string]>(
    selectMessages('author_id = ? AND client_id = ?'),
  )
  const findMember = db.query<User & { head: number }, [number, number]>(
    `SELECT users.id, nickname, avatar, revision AS head
     FROM memberships JOIN rooms ON rooms.id = room_id JOIN users ON users.id = user_id
     WHERE room_id = ? AND user_id = ?`,
  )
  const findReply = db.query<{ seq: number }, [number, number]>(
    `SELECT seq FROM messages WHERE room_id = ? AND seq = ? AND deleted_at IS NULL`,
  )
  // By position: named parameters cost as much again as the insert itself.
  const insert = db.query<never, [number, number, number, string, string, number | null, number]>(
    `INSERT INTO messages
       (room_id, seq, revision, author_id, client_id, content, reply_to, created_at)
     VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7)
     ON CONFLICT (author_id, client_id) DO NOTHING`,
  )
  const advance = db.query(`UPDATE rooms SET revision = ?2 WHERE id = ?1`)

  const appendOne = (message: NewMessage, group: Group): AppendOutcome => {
    const { room, author, clientId, content, replyTo, createdAt } = message
    const member = memberOf(group, room, author)
    const isReplyGone = replyTo !== null && findReply.get(room, replyTo) === null
    if (member === null || isReplyGone) {
      const repeated = findRepeat.get(author, clientId)
      if (repeated !== null) return answerRepeat(repeated, room)
      return { status: 'refused', code: member === null ? 'room_missing' : 'reply_missing' }
    }
    const seq = (group.heads.get(room) ?? member.head) + 1
    const { changes } = insert.run(room, seq, author, clientId, content, replyTo, createdAt)
    if (changes === 0) {
      const repeated = findRepeat.get(author, clientId)
      if (repeated === null) throw new Error('a conflict has a row')
      return answerRepeat(repeated, room)
    }
    group.heads.set(room, seq)
    return { status: 'accepted', message: toStored(message, seq, member.sender), repeat: false }
  }
  const memberOf = (group: Group, room: number, author: number): Member | null => {
    const key = `${room} ${author}`
    const known = group.members.get(key)
    if (known !== undefined) return known
    const found = findMember.get(room, author)
    const { id, nickname, avatar, head } = found ?? { id: 0, nickname: '', avatar: '', head: 0 }
    const member = found === null ? null : { sender: { id, nickname, avatar }, head }
    group.members.set(key, member)
    return member
  }

  return db.transaction((batch: NewMessage[]) => {
    const group: Group = { heads: new Map(), members: new Map() }
    const outcomes = batch.map((message) => appendOne(message, group))
    for (const [room, revision] of group.heads) advance.run(room, revision)
    return outcomes
  }).immediate
}

/** Looked up and written once per group: a room's revision, a member's place in a room. */
type Group = { heads: Map<number, number>; members: Map<string, Member | null> }

function answerRepeat(row: MessageRow, room: number): AppendOutcome {
  if (row.room !== room) return { status: 'refused', code: 'client_id_reused' }
  return { status: 'accepted', message: toMessage(row), repeat: true }
}

function toStored({ author: _, ...message }: NewMessage, seq: number, sender: User): Message {
  return { ...message, seq, revision: seq, sender, editedAt: null, deletedAt: null }
}
