import type { Database } from 'bun:sqlite'
import type {
  ChangeOutcome,
  MessageEdit,
  MessageRemoval,
  ReactionChange,
  Store,
  User,
} from '../store'
import { type MessageRow, selectMessages, toMessage, writeMentions } from './messages'
import { joinOther } from './rooms'
import type { SearchIndex } from '../search/search-index'

/** What happens to a message after it was said, in SQLite: each change takes the next revision. */
export function createChanges(
  db: Database,
  index: SearchIndex,
): Pick<Store['messages'], 'edit' | 'remove' | 'react'> {
  const statements = { ...prepare(db), index }
  const edit = db.transaction((wanted: MessageEdit) => editOne(statements, wanted))
  const remove = db.transaction((wanted: MessageRemoval) => removeOne(statements, wanted))
  const react = db.transaction((wanted: ReactionChange) => reactOne(statements, wanted))
  return {
    async react(wanted) {
      return react.immediate(wanted)
    },
    async edit(wanted) {
      return edit.immediate(wanted)
    },
    async remove(wanted) {
      return remove.immediate(wanted)
    },
  }
}

type Statements = ReturnType<typeof prepare> & { index: SearchIndex }

const missing: ChangeOutcome = { status: 'refused', code: 'message_missing' }

function editOne(statements: Statements, wanted: MessageEdit): ChangeOutcome {
  const { room, seq, author, content, mentions, at } = wanted
  const row = statements.find.get(room, seq, author)
  if (row === null || row.senderId !== author) return missing
  if (row.content === content) return { status: 'unchanged', message: toMessage(row, toOther(row)) }
  const revision = nextRevision(statements, room)
  const named = writeMentions(mentions)
  statements.index.forget(room, seq)
  statements.rewrite.run({ room, seq, revision, content, named, at })
  statements.index.learn(room, seq)
  statements.forget.run(room, seq)
  const message = toMessage(
    { ...row, revision, content, mentions: named, editedAt: at },
    toOther(row),
  )
  for (const user of message.notifiedUserIds) statements.mention.run(user, room, seq)
  return { status: 'changed', message }
}

function removeOne(statements: Statements, { room, seq, user, at }: MessageRemoval): ChangeOutcome {
  const row = statements.find.get(room, seq, user)
  if (row === null || (row.senderId !== user && row.role !== 'owner')) return missing
  const revision = nextRevision(statements, room)
  statements.index.forget(room, seq)
  statements.bury.run({ room, seq, revision, at })
  statements.forget.run(room, seq)
  statements.clear.run(room, seq)
  const freed = statements.free.all(room, seq).map(({ id }) => id)
  const nothing = { content: '', mentions: null, attachments: null, reactions: null }
  const buried = { ...row, revision, ...nothing, deletedAt: at }
  return { status: 'changed', message: toMessage(buried, toOther(row)), freed }
}

function reactOne(statements: Statements, wanted: ReactionChange): ChangeOutcome {
  const { room, seq, user, emoji, isActive, kindsMax, at } = wanted
  const row = statements.find.get(room, seq, user)
  if (row === null) return missing
  const before = toMessage(row, toOther(row))
  const isNew = before.reactions.every((reaction) => reaction.emoji !== emoji)
  if (isActive && isNew && before.reactions.length >= kindsMax) {
    return { status: 'refused', code: 'reactions_full' }
  }
  const { changes } = isActive
    ? statements.react.run(room, seq, emoji, user, at)
    : statements.unreact.run(room, seq, emoji, user)
  if (changes === 0) return { status: 'unchanged', message: before }
  statements.touch.run(nextRevision(statements, room), room, seq)
  const after = statements.find.get(room, seq, user)
  if (after === null) throw new Error('what was changed is there')
  return { status: 'changed', message: toMessage(after, toOther(after)) }
}

function nextRevision({ advance }: Statements, room: number): number {
  const head = advance.get(room)
  if (head === null) throw new Error('a message has a room')
  return head.revision
}

type FoundRow = MessageRow & { role: string; otherId: number | null } & {
  otherNickname: string
  otherAvatar: string
}

/** To whom a message in a direct room was said. */
function toOther({ otherId: id, otherNickname, otherAvatar }: FoundRow): User | null {
  return id === null ? null : { id, nickname: otherNickname, avatar: otherAvatar }
}

function prepare(db: Database) {
  // Only what a member of the room can see, and only while it is not gone.
  const find = db.query<FoundRow, [number, number, number]>(
    `SELECT said.*, memberships.role, other.id AS otherId, other.nickname AS otherNickname,
       other.avatar AS otherAvatar
     FROM (${selectMessages('room_id = ?1 AND seq = ?2 AND deleted_at IS NULL')}) AS said
     JOIN memberships ON memberships.room_id = said.room AND memberships.user_id = ?3
     JOIN rooms ON rooms.id = said.room
     ${joinOther('said.senderId')}`,
  )
  const advance = db.query<{ revision: number }, [number]>(
    `UPDATE rooms SET revision = revision + 1 WHERE id = ? RETURNING revision`,
  )
  const rewrite = db.query(
    `UPDATE messages
     SET content = $content, mentions = $named, edited_at = $at, revision = $revision
     WHERE room_id = $room AND seq = $seq`,
  )
  // The words are gone for good; the place stays, so that a returning reader sees it vanish.
  const bury = db.query(
    `UPDATE messages
     SET content = '', mentions = NULL, attachments = NULL, deleted_at = $at, revision = $revision
     WHERE room_id = $room AND seq = $seq`,
  )
  const free = db.query<{ id: string }, [number, number]>(
    `DELETE FROM attachments WHERE room_id = ? AND seq = ? RETURNING id`,
  )
  const forget = db.query(`DELETE FROM mentions WHERE room_id = ? AND seq = ?`)
  const mention = db.query(
    `INSERT OR IGNORE INTO mentions (user_id, room_id, seq) VALUES (?, ?, ?)`,
  )
  const clear = db.query(`DELETE FROM reactions WHERE room_id = ? AND seq = ?`)
  const react = db.query(
    `INSERT INTO reactions (room_id, seq, emoji, user_id, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  )
  const unreact = db.query(
    `DELETE FROM reactions WHERE room_id = ? AND seq = ? AND emoji = ? AND user_id = ?`,
  )
  const touch = db.query(`UPDATE messages SET revision = ? WHERE room_id = ? AND seq = ?`)
  const reactions = { clear, react, unreact, touch }
  return { find, advance, rewrite, bury, free, forget, mention, ...reactions }
}
