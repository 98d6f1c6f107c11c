import type { Database } from 'bun:sqlite'
import type { AppendOutcome, Message, NewMessage, User } from '../store'
import { createUse, writeAttachments } from './attachments'
import {
  calledBy,
  type MessageRow,
  quoteAt,
  readQuote,
  selectMessages,
  toMessage,
  writeMentions,
} from './messages'

/**
 * Makes the statement that adds a group of messages in one transaction: each gets the next revision
 * of its room as its place, a repeat is answered with the first.
 */
export function createAppend(db: Database): (batch: NewMessage[]) => AppendOutcome[] {
  const statements = prepare(db)
  return db.transaction((batch: NewMessage[]) => {
    const group: Group = { heads: new Map(), members: new Map() }
    const work = { ...statements, group }
    const outcomes = batch.map((message) => appendOne(work, message))
    for (const [room, revision] of group.heads) statements.advance.run(room, revision)
    return outcomes
  }).immediate
}

type Work = ReturnType<typeof prepare> & { group: Group }

function appendOne(work: Work, message: NewMessage): AppendOutcome {
  const { group, findReply, findRepeat, insert, mention, use } = work
  const { room, author, clientId, content, replyTo, mentions, createdAt } = message
  const member = memberOf(work, room, author)
  const quote = replyTo === null ? null : readQuote(findReply.get(room, replyTo)?.quote ?? null)
  const isReplyGone = replyTo !== null && quote === null
  const attachments = use.find(author, message.attachments)
  if (member === null || isReplyGone || attachments === null) {
    const repeated = findRepeat.get(author, clientId)
    if (repeated !== null) return answerRepeat(repeated, message, member)
    if (member === null) return { status: 'refused', code: 'room_missing' }
    return { status: 'refused', code: isReplyGone ? 'reply_missing' : 'attachment_missing' }
  }
  const seq = (group.heads.get(room) ?? member.head) + 1
  const { writtenIn, writtenAfter } = placeOfWriting(work, message, member)
  const written = [writeMentions(mentions), writeAttachments(attachments)] as const
  const reply = [replyTo, ...written, writtenIn, writtenAfter] as const
  const row = insert.run(room, seq, author, clientId, content, ...reply, createdAt)
  if (row.changes === 0) {
    const repeated = findRepeat.get(author, clientId)
    if (repeated === null) throw new Error('a conflict has a row')
    return answerRepeat(repeated, message, member)
  }
  const { sender, recipient } = member
  const called = calledBy(mentions, sender, quote)
  for (const user of called) mention.run(user, room, seq)
  use.mark(room, seq, message.attachments)
  group.heads.set(room, seq)
  const place = { seq, revision: seq, sender, recipient, writtenIn, writtenAfter }
  const read = { quote, called, reactions: [], attachments }
  return { status: 'accepted', message: toStored({ ...message, ...place, ...read }), repeat: false }
}

function memberOf(work: Work, room: number, author: number): Member | null {
  const { group, findMember } = work
  const key = `${room} ${author}`
  const known = group.members.get(key)
  if (known !== undefined) return known
  const found = findMember.get(room, author)
  const member = found === null ? null : toMember(found)
  group.members.set(key, member)
  return member
}

/** Only a private message was written somewhere, and only where its author may be. */
function placeOfWriting(
  work: Work,
  { author, writtenIn }: NewMessage,
  { recipient }: Member,
): Pick<Message, 'writtenIn' | 'writtenAfter'> {
  const place = writtenIn === null || recipient === null ? null : writtenIn
  const there = place === null ? null : memberOf(work, place, author)
  if (place === null || there === null) return { writtenIn: null, writtenAfter: null }
  return { writtenIn: place, writtenAfter: work.group.heads.get(place) ?? there.head }
}

function prepare(db: Database) {
  const findRepeat = db.query<MessageRow, [number, string]>(
    selectMessages('author_id = ? AND client_id = ?'),
  )
  const findMember = db.query<MemberRow, [number, number]>(
    `SELECT users.id, users.nickname, users.avatar, revision AS head,
       other.id AS otherId, other.nickname AS otherNickname, other.avatar AS otherAvatar
     FROM memberships JOIN rooms ON rooms.id = memberships.room_id
     JOIN users ON users.id = memberships.user_id
     LEFT JOIN memberships AS others
       ON kind = 'direct' AND others.room_id = rooms.id AND others.user_id <> users.id
     LEFT JOIN users AS other ON other.id = others.user_id
     WHERE memberships.room_id = ? AND memberships.user_id = ?`,
  )
  const findReply = db.query<{ quote: string }, [number, number]>(
    `SELECT (${quoteAt('?1', '?2')}) AS quote`,
  )
  // By position: named parameters cost as much again as the insert itself.
  const insert = db.query<never, InsertValues>(
    `INSERT INTO messages (room_id, seq, revision, author_id, client_id, content, reply_to,
       mentions, attachments, written_in, written_after, created_at)
     VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
     ON CONFLICT (author_id, client_id) DO NOTHING`,
  )
  const mention = db.query(
    `INSERT OR IGNORE INTO mentions (user_id, room_id, seq) VALUES (?, ?, ?)`,
  )
  const advance = db.query(`UPDATE rooms SET revision = ?2 WHERE id = ?1`)
  const use = createUse(db)
  return { findRepeat, findMember, findReply, insert, mention, advance, use }
}

type InsertValues = [
  room: number,
  seq: number,
  author: number,
  clientId: string,
  content: string,
  replyTo: number | null,
  mentions: string | null,
  attachments: string | null,
  writtenIn: number | null,
  writtenAfter: number | null,
  createdAt: number,
]

type MemberRow = User & {
  head: number
  otherId: number | null
  otherNickname: string
  otherAvatar: string
}

type Member = { sender: User; recipient: User | null; head: number }

/** Looked up and written once per group: a room's revision, a member's place in a room. */
type Group = { heads: Map<number, number>; members: Map<string, Member | null> }

function toMember({ otherId, otherNickname, otherAvatar, head, ...sender }: MemberRow): Member {
  const other = { nickname: otherNickname, avatar: otherAvatar }
  return { sender, head, recipient: otherId === null ? null : { id: otherId, ...other } }
}

function answerRepeat(row: MessageRow, { room }: NewMessage, member: Member | null): AppendOutcome {
  if (row.room !== room) return { status: 'refused', code: 'client_id_reused' }
  const message = toMessage(row, member?.recipient ?? null)
  return { status: 'accepted', message, repeat: true }
}

type Stored = Omit<Message, 'editedAt' | 'deletedAt'> & { author: number }

function toStored({ author: _, ...message }: Stored): Message {
  return { ...message, editedAt: null, deletedAt: null }
}
