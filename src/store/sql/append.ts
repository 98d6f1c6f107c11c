import { type Database, type Work, workOn } from './database'
import type {
  AppendOutcome,
  AppendRefusal,
  Message,
  NewMessage,
  Quote,
  RoomLimits,
  User,
} from '../store'
import { createUse, writeAttachments } from './attachments'
import { createFindDirectRefusal, createFindHeldBack, isHeldSql, isLimitedSql } from './holds'
import {
  findNotifiedUserIds,
  insertMention,
  type MessageRow,
  quoteAt,
  readQuote,
  selectMessages,
  toMessage,
  writeMentions,
} from './message-rows'
import { userColumns } from './persons'

/**
 * Makes the function that adds a group of messages in one transaction. Each gets the next revision
 * of its room as its place. The unique index on client id and author decides what is a repeat; a
 * repeat is answered with the first message.
 */
export function createAppend(
  db: Database,
  caps: RoomLimits,
): (batch: NewMessage[]) => Promise<AppendOutcome[]> {
  const statements = { ...prepare(db), caps }
  return db.transaction(function* (batch: NewMessage[]) {
    const group: Group = { rooms: new Map(), members: new Map() }
    const work = { ...statements, group }
    const outcomes: AppendOutcome[] = []
    for (const message of batch) outcomes.push(yield* appendOne(work, message))
    for (const [id, { head, activeAt }] of group.rooms) {
      yield* statements.advance.run(id, head, activeAt)
    }
    return outcomes
  })
}

type Appending = ReturnType<typeof prepare> & { caps: RoomLimits; group: Group }

/** Questions are asked only of messages that need them, as each question is a generator. */
function* appendOne(work: Appending, message: NewMessage): Work<AppendOutcome> {
  const { findSession, group, insert, mention, use } = work
  const { room, author, session, clientId, content, replyTo, writtenIn, mentions } = message
  const { createdAt } = message
  const isOut = session !== undefined && (yield* findSession.get(session, author)) === null
  if (isOut) return yield* refuse(work, message, null, 'not_signed_in')
  const known = group.members.get(keyOf(room, author))
  const member = known === undefined ? yield* memberOf(work, room, author) : known
  if (member === null) return yield* refuse(work, message, null, 'room_missing')
  const begins = isNewGroup(member) ? yield* peopleOf(work, room) : []
  const refusal = mayBeRefused(message, member)
    ? yield* findRefusal(work, message, member, begins)
    : null
  if (refusal !== null) return yield* refuse(work, message, member, refusal)
  const quote = replyTo === null ? null : yield* answeredBy(work, room, replyTo)
  if (quote === 'missing') return yield* refuse(work, message, member, 'reply_missing')
  const files = message.attachments
  const attachments = files.length === 0 ? [] : yield* use.find(author, files)
  if (attachments === null) return yield* refuse(work, message, member, 'attachment_missing')
  const seq = member.place.head + 1
  const place = writtenIn === null ? null : yield* placeOfWriting(work, message, member)
  const { changes } = yield* insert.run(
    room,
    seq,
    author,
    clientId,
    content,
    replyTo,
    writeMentions(mentions),
    writeAttachments(attachments),
    place?.room ?? null,
    place?.after ?? null,
    createdAt,
  )
  // The index found the id of an earlier message.
  if (changes === 0) return yield* refuse(work, message, member, 'client_id_reused')
  const notifiedUserIds = findNotifiedUserIds(mentions, member.sender, quote)
  for (const user of notifiedUserIds) yield* mention.run(user, room, seq)
  if (files.length > 0) yield* use.mark(room, seq, files)
  moveHead(member.place, createdAt)
  if (isNoted(message, member, begins)) yield* noteWriting(work, message, member)
  const stored = toStored(message, member, seq, { quote, attachments, place, notifiedUserIds })
  if (begins.length > 0) return { status: 'accepted', message: stored, repeat: false, begins }
  return { status: 'accepted', message: stored, repeat: false }
}

type Found = Pick<Message, 'quote' | 'attachments' | 'notifiedUserIds'> & {
  place: WrittenIn | null
}

/** The message field by field: spreading objects here takes as long as storing it. */
function toStored(
  { room, clientId, content, replyTo, mentions, createdAt }: NewMessage,
  { sender, recipient }: Member,
  seq: number,
  { quote, attachments, notifiedUserIds, place }: Found,
): Message {
  return {
    room,
    seq,
    revision: seq,
    clientId,
    sender,
    content,
    replyTo,
    quote,
    mentions,
    attachments,
    notifiedUserIds,
    reactions: [],
    recipient,
    writtenIn: place?.isTold === true ? place.room : null,
    writtenAfter: place?.isTold === true ? place.after : null,
    system: null,
    createdAt,
    editedAt: null,
    deletedAt: null,
  }
}

/** What a message answers. */
function* answeredBy({ findReply }: Appending, room: number, seq: number): Work<Quote | 'missing'> {
  return readQuote((yield* findReply.get(room, seq))?.quote ?? null) ?? 'missing'
}

/** Whether anything but the membership keeps somebody from writing there. */
function mayBeRefused({ writtenIn }: NewMessage, { place }: Member): boolean {
  return place.isHeld === 1 || place.isDirect === 1 || place.isGroup === 1 || writtenIn !== null
}

type Refusal = { code: AppendRefusal; retryMs?: number }

/** Why the author may not write there now. A private note stands in two rooms. */
function* findRefusal(
  work: Appending,
  message: NewMessage,
  member: Member,
  begins: number[],
): Work<Refusal | null> {
  const { isDirect, isGroup } = member.place
  const code = isDirect === 1 || isGroup === 1 ? yield* refuseDirect(work, member, begins) : null
  if (code !== null) return { code }
  const there = yield* noteRoomOf(work, message, member)
  return (
    (yield* findHeldIn(work, message, member.place)) ?? (yield* findHeldIn(work, message, there))
  )
}

/** The room in which a private note is written, too. */
function* noteRoomOf(
  work: Appending,
  { author, writtenIn }: NewMessage,
  { recipient }: Member,
): Work<Place | null> {
  if (writtenIn === null || recipient === null) return null
  return (yield* memberOf(work, writtenIn, author))?.place ?? null
}

function* findHeldIn(
  { findHeldBack }: Appending,
  { author, createdAt }: NewMessage,
  place: Place | null,
): Work<Refusal | null> {
  if (place === null) return null
  const { id, isHeld } = place
  return isHeld === 1 ? yield* findHeldBack('post', id, author, createdAt) : null
}

/** Each message takes one revision. */
function moveHead(place: Place, createdAt: number): void {
  place.head += 1
  place.activeAt = createdAt
}

/** Whether more is to be written than the message. */
function isNoted({ writtenIn }: NewMessage, { place, recipient }: Member, begins: number[]) {
  const isConversation = recipient !== null || begins.length > 0
  return place.isSlow === 1 || writtenIn !== null || (isConversation && place.head === 1)
}

/** In a slow room the next message of the author waits. */
function* noteWriting(work: Appending, message: NewMessage, member: Member): Work<void> {
  const { author, createdAt } = message
  const { place } = member
  if (place.isSlow === 1) yield* work.markSpoken.run(place.id, author, createdAt)
  const there = yield* noteRoomOf(work, message, member)
  if (there?.isSlow === 1) yield* work.markSpoken.run(there.id, author, createdAt)
  // The next message of this group may begin another conversation, which counts this one.
  if (place.head === 1) yield* work.advance.run(place.id, place.head, createdAt)
}

/** Nobody writes to a person who has left, or begins a conversation where one has too many. */
function* refuseDirect(
  { caps, countDirect, findDirectRefusal }: Appending,
  { place, recipient, sender }: Member,
  begins: number[],
): Work<AppendRefusal | null> {
  const isFull = function* (id: number): Work<boolean> {
    return ((yield* countDirect.get(id))?.rooms ?? 0) >= caps.conversationsPerPerson
  }
  const limit = place.isLimited === 1 ? yield* findDirectRefusal(place.id, sender.id) : null
  if (limit !== null) return limit
  if (recipient === null) {
    return (yield* workOn(begins, isFull)).includes(true) ? 'conversations_full' : null
  }
  if (recipient.mark === 'left') return 'person_left'
  if (place.head > 0) return null
  return (yield* isFull(sender.id)) || (yield* isFull(recipient.id)) ? 'conversations_full' : null
}

/** A group conversation without messages appears for its people with the first one. */
function isNewGroup({ place }: Member): boolean {
  return place.isGroup === 1 && place.head === 0
}

function* peopleOf({ findPeople }: Appending, room: number): Work<number[]> {
  return (yield* findPeople.all(room)).map(({ id }) => id)
}

/** A repeat is answered with the first message even where the message would now be refused. */
function* refuse(
  work: Appending,
  message: NewMessage,
  member: Member | null,
  why: AppendRefusal | Refusal,
): Work<AppendOutcome> {
  const refusal = typeof why === 'string' ? { code: why } : why
  return (yield* answerRepeat(work, message, member)) ?? { status: 'refused', ...refusal }
}

/** The outcome for a client id that its author has used before; null when it is new. */
function* answerRepeat(
  { findFirst }: Appending,
  { room, author, clientId }: NewMessage,
  member: Member | null,
): Work<AppendOutcome | null> {
  const row = yield* findFirst.get(clientId, author)
  if (row === null) return null
  if (row.room !== room) return { status: 'refused', code: 'client_id_reused' }
  const message = toMessage(row, member?.recipient ?? null)
  // Who is not in the room any more does not learn that somebody changed the message since.
  if (member === null) message.revision = message.seq
  return { status: 'accepted', message, repeat: true }
}

function keyOf(room: number, author: number): string {
  return `${room} ${author}`
}

/** A member of a room, looked up once per group; null when the person is not in the room. */
function* memberOf(work: Appending, room: number, author: number): Work<Member | null> {
  const { group, findMember, findRoom, findOther } = work
  const key = keyOf(room, author)
  const known = group.members.get(key)
  if (known !== undefined) return known
  const sender = yield* findMember.get(room, author)
  const place = sender === null ? null : (group.rooms.get(room) ?? (yield* findRoom.get(room)))
  if (sender === null || place === null) {
    group.members.set(key, null)
    return null
  }
  group.rooms.set(room, place)
  const recipient = place.isDirect === 1 ? yield* findOther.get(room, author) : null
  const member = { sender, place, recipient }
  group.members.set(key, member)
  return member
}

type WrittenIn = { room: number; after: number; isTold: boolean }

/**
 * The room in which a private message was written, if its author is a member there. The other
 * person is told of it if they are one, too.
 */
function* placeOfWriting(
  work: Appending,
  { author, writtenIn }: NewMessage,
  { recipient }: Member,
): Work<WrittenIn | null> {
  if (writtenIn === null || recipient === null) return null
  const there = yield* memberOf(work, writtenIn, author)
  if (there === null) return null
  const isTold = (yield* memberOf(work, writtenIn, recipient.id)) !== null
  return { room: writtenIn, after: there.place.head, isTold }
}

function prepare(db: Database) {
  return {
    findSession: db.query<unknown, [Uint8Array, number]>(
      `SELECT 1 FROM sessions WHERE token_hash = ? AND user_id = ?`,
    ),
    findFirst: db.query<MessageRow, [string, number]>(
      selectMessages('client_id = ? AND author_id = ?'),
    ),
    // The room and the person in statements of their own: joining all takes ten times as long.
    findMember: db.query<User, [number, number]>(
      `SELECT ${userColumns()} FROM users
       WHERE id = (SELECT user_id FROM memberships WHERE room_id = ? AND user_id = ?)
         AND left_at IS NULL`,
    ),
    findRoom: db.query<Place, [number]>(
      `SELECT id, revision AS head, active_at AS activeAt,
         kind = 'direct' AND is_group = 0 AS isDirect, is_group AS isGroup,
         slow_ms > 0 AS isSlow, ${isHeldSql} AS isHeld, ${isLimitedSql} AS isLimited
       FROM rooms WHERE id = ?`,
    ),
    findOther: db.query<User, [number, number]>(
      `SELECT ${userColumns()} FROM memberships JOIN users ON id = user_id
       WHERE room_id = ? AND user_id <> ?`,
    ),
    findPeople: db.query<{ id: number }, [number]>(
      `SELECT user_id AS id FROM memberships WHERE room_id = ?`,
    ),
    countDirect: db.query<{ rooms: number }, [number]>(
      `SELECT count(*) AS rooms FROM memberships JOIN rooms ON rooms.id = room_id
       WHERE user_id = ? AND kind = 'direct' AND revision > 0`,
    ),
    findReply: db.query<{ quote: string }, [number, number]>(
      `SELECT (${quoteAt('?1', '?2')}) AS quote`,
    ),
    // Parameters by position: named ones cost as much again as the insert itself.
    insert: db.query<never, (number | string | null)[]>(
      `INSERT INTO messages (room_id, seq, revision, author_id, client_id, content, reply_to,
         mentions, attachments, written_in, written_after, created_at)
       VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
       ON CONFLICT (client_id, author_id) DO NOTHING`,
    ),
    mention: db.query(insertMention),
    // Each message takes one revision.
    advance: db.query(
      `UPDATE rooms SET messages = messages + ?2 - revision, revision = ?2, last_seq = ?2,
         active_at = ?3 WHERE id = ?1`,
    ),
    findHeldBack: createFindHeldBack(db),
    markSpoken: db.query<never, [number, number, number]>(
      `INSERT INTO last_posts (room_id, user_id, at) VALUES (?, ?, ?)
       ON CONFLICT (room_id, user_id) DO UPDATE SET at = excluded.at`,
    ),
    findDirectRefusal: createFindDirectRefusal(db),
    use: createUse(db),
  }
}

/** A room and its newest revision, which grows while a group is written. */
type Place = {
  id: number
  head: number
  activeAt: number
  isDirect: 0 | 1
  isGroup: 0 | 1
  isSlow: 0 | 1
  /** Whether anybody is held back there. */
  isHeld: 0 | 1
  /** Whether a setting limits private messages. */
  isLimited: 0 | 1
}

type Member = { sender: User; recipient: User | null; place: Place }

/** Each room and member of a group is looked up once, and each room written once. */
type Group = { rooms: Map<number, Place>; members: Map<string, Member | null> }
