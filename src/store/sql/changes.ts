import type { Database, Work } from './database'
import type {
  ChangeOutcome,
  Message,
  MessageEdit,
  MessageRemoval,
  ReactionChange,
  Store,
} from '../store'
import {
  insertMention,
  type MessageRow,
  selectMessagesWithOther,
  toMessageWithOther,
  writeMentions,
} from './message-rows'
import type { OtherRow } from './rooms'
import {
  createFindDirectRefusal,
  createFindHeldBack,
  type FindDirectRefusal,
  type FindHeldBack,
} from './holds'
import { isHere } from './persons'
import { mayInRoom } from './rights'
import type { MessageIndex } from '../search/search-index'

/** Edits, deletions and reactions: each takes the next revision of its room. */
export function createChanges(
  db: Database,
  index: MessageIndex,
): Pick<Store['messages'], 'edit' | 'remove' | 'react'> {
  const held = {
    findHeldBack: createFindHeldBack(db),
    findDirectRefusal: createFindDirectRefusal(db),
  }
  const statements = { ...prepare(db), index, ...held, erase: createErase(db, index) }
  const edit = db.transaction((wanted: MessageEdit) => editOne(statements, wanted))
  const remove = db.transaction((wanted: MessageRemoval) => removeOne(statements, wanted))
  const react = db.transaction((wanted: ReactionChange) => reactOne(statements, wanted))
  return {
    edit,
    remove,
    react,
  }
}

type Statements = ReturnType<typeof prepare> & {
  index: MessageIndex
  findHeldBack: FindHeldBack
  findDirectRefusal: FindDirectRefusal
  erase: Erase
}

type Erase = (
  room: number,
  seq: number,
  at: number,
) => Work<{ revision: number; notifiedUserIds: number[]; freed: string[] }>

/**
 * Makes the function that erases a message, within a transaction: what was in it, its reactions,
 * and the rows of its files, whose ids it gives. The row stays, so that a returning reader learns
 * that it was deleted.
 */
export function createErase(db: Database, index: MessageIndex): Erase {
  const advance = db.query<{ revision: number }, [number]>(
    `UPDATE rooms SET revision = revision + 1, messages = messages - 1 WHERE id = ?
     RETURNING revision`,
  )
  const leaveTombstone = db.query(
    `UPDATE messages
     SET content = '', mentions = NULL, attachments = NULL, deleted_at = $at, revision = $revision
     WHERE room_id = $room AND seq = $seq`,
  )
  const dropAttachments = db.query<{ id: string }, [number, number]>(
    `DELETE FROM attachments WHERE room_id = ? AND seq = ? RETURNING id`,
  )
  const dropMentions = db.query<{ id: number }, [number, number]>(dropMentionsOf)
  const dropReactions = db.query(`DELETE FROM reactions WHERE room_id = ? AND seq = ?`)
  return function* (room, seq, at) {
    const { revision } = (yield* advance.get(room)) ?? {}
    if (revision === undefined) throw new Error('a message has a room')
    yield* index.remove(room, seq)
    yield* leaveTombstone.run({ room, seq, revision, at })
    // Those who had not read it count one call less.
    const notifiedUserIds = (yield* dropMentions.all(room, seq)).map(({ id }) => id)
    yield* dropReactions.run(room, seq)
    const freed = (yield* dropAttachments.all(room, seq)).map(({ id }) => id)
    return { revision, notifiedUserIds, freed }
  }
}

const dropMentionsOf = `DELETE FROM mentions WHERE room_id = ? AND seq = ? RETURNING user_id AS id`

const missing: ChangeOutcome = { status: 'refused', code: 'message_missing' }
const empty: ChangeOutcome = { status: 'refused', code: 'message_empty' }
const readOnly: ChangeOutcome = { status: 'refused', code: 'person_left' }

/** A conversation with a person who has left is read-only, but for deleting. */
function isReadOnly({ sender, recipient }: Message): boolean {
  return recipient !== null && (sender.mark === 'left' || recipient.mark === 'left')
}

function* editOne(statements: Statements, wanted: MessageEdit): Work<ChangeOutcome> {
  const { room, seq, author, content, at, isEmpty } = wanted
  const found = yield* find(statements, room, seq, author)
  if (found === null || found.message.sender.id !== author) return missing
  if (isReadOnly(found.message)) return readOnly
  const held = yield* statements.findHeldBack('edit', room, author, at)
  if (held !== null) return { status: 'refused', ...held }
  const code = yield* statements.findDirectRefusal(room, author)
  if (code !== null) return { status: 'refused', code }
  if (isEmpty === true && found.message.attachments.length === 0) return empty
  if (found.message.content === content) return { status: 'unchanged', message: found.message }
  const mentions = writeMentions(wanted.mentions(found.message))
  const revision = yield* nextRevision(statements, room)
  yield* statements.index.remove(room, seq)
  yield* statements.edit.run({ room, seq, revision, content, mentions, at })
  yield* statements.index.add(room, seq)
  const before = new Set((yield* statements.dropMentions.all(room, seq)).map(({ id }) => id))
  const message = yield* findAgain(statements, wanted, author)
  for (const user of message.notifiedUserIds) yield* statements.addMention.run(user, room, seq)
  const recounted = [...before.symmetricDifference(new Set(message.notifiedUserIds))]
  return { status: 'changed', message, recounted }
}

function* removeOne(
  statements: Statements,
  { room, seq, user, at }: MessageRemoval,
): Work<ChangeOutcome> {
  const found = yield* find(statements, room, seq, user)
  if (found === null) return missing
  if (found.message.sender.id !== user && found.mayDelete === 0) return missing
  const { revision, notifiedUserIds, freed } = yield* statements.erase(room, seq, at)
  const erased = { content: '', mentions: [], notifiedUserIds, attachments: [], reactions: [] }
  const message = { ...found.message, ...erased, revision, deletedAt: at }
  return { status: 'changed', message, freed }
}

function* reactOne(statements: Statements, wanted: ReactionChange): Work<ChangeOutcome> {
  const { room, seq, user, emoji, isActive } = wanted
  const message = (yield* find(statements, room, seq, user))?.message
  if (message === undefined) return missing
  if (isReadOnly(message)) return readOnly
  const held = yield* statements.findHeldBack('react', room, user, wanted.at)
  if (held !== null) return { status: 'refused', ...held }
  const full = isActive ? whyFull(message, wanted) : null
  if (full !== null) return { status: 'refused', code: full }
  const { changes } = isActive
    ? yield* statements.react.run(room, seq, emoji, user)
    : yield* statements.unreact.run(room, seq, emoji, user)
  if (changes === 0) return { status: 'unchanged', message }
  yield* statements.touch.run(yield* nextRevision(statements, room), room, seq)
  return { status: 'changed', message: yield* findAgain(statements, wanted, user) }
}

function whyFull(
  { reactions }: Message,
  { emoji, user, kindsMax, reactionsMax }: ReactionChange,
): 'reactions_full' | 'reactions_many' | null {
  const same = reactions.find((reaction) => reaction.emoji === emoji)
  if (same === undefined && reactions.length >= kindsMax) return 'reactions_full'
  if (same?.people.some(({ id }) => id === user) === true) return null
  const count = reactions.reduce((sum, { people }) => sum + people.length, 0)
  return count >= reactionsMax ? 'reactions_many' : null
}

type Found = { message: Message; mayDelete: 0 | 1 }

/** Finds only what a member of the room can see, and whether they may delete it. */
function* find(
  statements: Statements,
  room: number,
  seq: number,
  user: number,
): Work<Found | null> {
  const found = yield* statements.find.get(room, seq, user)
  if (found === null) return null
  const { mayDelete, ...row } = found
  return { message: toMessageWithOther(row), mayDelete }
}

function* findAgain(
  statements: Statements,
  { room, seq }: Pick<Message, 'room' | 'seq'>,
  user: number,
): Work<Message> {
  const found = yield* find(statements, room, seq, user)
  if (found === null) throw new Error('a changed message exists')
  return found.message
}

function* nextRevision({ advance }: Statements, room: number): Work<number> {
  const head = yield* advance.get(room)
  if (head === null) throw new Error('a message has a room')
  return head.revision
}

function prepare(db: Database) {
  return {
    find: db.query<MessageRow & OtherRow & { mayDelete: 0 | 1 }, [number, number, number]>(
      `SELECT found.*,
         ${mayInRoom('message.delete_others', '?1', '?3')} AS mayDelete
       FROM memberships JOIN (
         ${selectMessagesWithOther(
           'room_id = ?1 AND seq = ?2 AND deleted_at IS NULL AND system IS NULL',
         )}
       ) AS found ON room_id = found.room AND user_id = ?3
       WHERE ${isHere('?3')}`,
    ),
    advance: db.query<{ revision: number }, [number]>(
      `UPDATE rooms SET revision = revision + 1 WHERE id = ? RETURNING revision`,
    ),
    edit: db.query(
      `UPDATE messages
       SET content = $content, mentions = $mentions, edited_at = $at, revision = $revision
       WHERE room_id = $room AND seq = $seq`,
    ),
    touch: db.query(`UPDATE messages SET revision = ? WHERE room_id = ? AND seq = ?`),
    dropMentions: db.query<{ id: number }, [number, number]>(dropMentionsOf),
    addMention: db.query(insertMention),
    react: db.query(
      `INSERT INTO reactions (room_id, seq, emoji, user_id) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    ),
    unreact: db.query(
      `DELETE FROM reactions WHERE room_id = ? AND seq = ? AND emoji = ? AND user_id = ?`,
    ),
  }
}
