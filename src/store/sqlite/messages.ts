import type { Database } from 'bun:sqlite'
import type { Mention, Message, Quote, Reaction, Stand, Store, User } from '../store'
import { createAppend } from './append'
import { readAttachments } from './attachments'
import { createChanges } from './changes'
import type { SearchBacklog } from '../search/search-backlog'
import type { SearchIndex } from '../search/search-index'

export type MessageRow = Omit<
  Message,
  'sender' | 'mentions' | 'recipient' | 'quote' | 'notifiedUserIds' | 'reactions' | 'attachments'
> & {
  senderId: number
  nickname: string
  avatar: string
  mentions: string | null
  attachments: string | null
  quote: string | null
  reactions: string | null
}

/** Messages, in SQLite: appended in groups, read by place (seq) or by change (revision). */
export function createMessages(
  db: Database,
  index: SearchIndex,
  backlog: SearchBacklog,
): Store['messages'] {
  const append = createAppend(db)
  const { before, after, changes, slips, head } = prepare(db)

  return {
    async append(batch) {
      const outcomes = append(batch)
      backlog.grew()
      return outcomes
    },
    ...createChanges(db, index),
    async before(room, seq, limit) {
      const rows = before.all(room.id, seq ?? Number.MAX_SAFE_INTEGER, limit)
      return rows.map((row) => toMessage(row, recipientOf(room, row.senderId)))
    },
    async after(room, seq, limit) {
      const rows = after.all(room.id, seq, limit)
      return rows.map((row) => toMessage(row, recipientOf(room, row.senderId)))
    },
    async slips(room, userId, from, seq) {
      const rows = slips.all(room.id, from, seq ?? Number.MAX_SAFE_INTEGER, userId)
      return rows.map(({ otherId: id, otherNickname, otherAvatar, ...row }) =>
        toMessage(row, { id, nickname: otherNickname, avatar: otherAvatar }),
      )
    },
    async changesAfter(room, revision, limit, unitsMax) {
      const rows = changes.all(room.id, revision, room.id, revision, limit + 1)
      const page = rows.slice(0, countThatFit(rows, limit, unitsMax))
      const more = page.length < rows.length
      const newest = more ? page.at(-1)?.revision : head.get(room.id)?.revision
      const messages = page.map((row) => toMessage(row, recipientOf(room, row.senderId)))
      return { messages, revision: newest ?? revision, more }
    },
  }
}

function prepare(db: Database) {
  const before = db.query<MessageRow, [number, number, number]>(
    `SELECT * FROM (${selectMessages('room_id = ? AND seq < ? AND deleted_at IS NULL')}
     ORDER BY seq DESC LIMIT ?) ORDER BY seq`,
  )
  const after = db.query<MessageRow, [number, number, number]>(
    `${selectMessages('room_id = ? AND seq > ? AND deleted_at IS NULL')} ORDER BY seq LIMIT ?`,
  )
  const changes = db.query<MessageRow, [number, number, number, number, number]>(
    `${selectMessages('room_id = ? AND seq > ?')}
     UNION ALL ${selectMessages('room_id = ? AND revision > ? AND revision > seq AND seq <= ?2')}
     ORDER BY revision LIMIT ?5`,
  )
  const slips = db.query<SlipRow, [number, number, number, number]>(
    `SELECT said.*,
       other.id AS otherId, other.nickname AS otherNickname, other.avatar AS otherAvatar
     FROM (${selectMessages(
       `written_in = ?1 AND written_after >= ?2 AND written_after < ?3 AND deleted_at IS NULL
        AND room_id IN (SELECT room_id FROM memberships WHERE user_id = ?4)`,
     )}) AS said
     JOIN memberships ON room_id = said.room AND user_id <> said.senderId
     JOIN users AS other ON other.id = user_id
     ORDER BY writtenAfter, said.createdAt, said.seq`,
  )
  const head = db.query<{ revision: number }, [number]>(`SELECT revision FROM rooms WHERE id = ?`)
  return { before, after, changes, slips, head }
}

type SlipRow = MessageRow & { otherId: number; otherNickname: string; otherAvatar: string }

/** The statement that reads messages as rows; `where` may use its own parameters. */
export function selectMessages(where: string): string {
  return `
    SELECT room_id AS room, seq, revision, client_id AS clientId, content, reply_to AS replyTo,
      iif(reply_to IS NULL, NULL, (${quoteAt('messages.room_id', 'messages.reply_to')})) AS quote,
      (SELECT nullif(json_group_array(json_array(emoji, user_id, people.nickname)
         ORDER BY reactions.id), '[]')
       FROM reactions JOIN users AS people ON people.id = user_id
       WHERE reactions.room_id = messages.room_id AND reactions.seq = messages.seq) AS reactions,
      mentions, attachments, written_in AS writtenIn, written_after AS writtenAfter,
      messages.created_at AS createdAt, edited_at AS editedAt, deleted_at AS deletedAt,
      author_id AS senderId, nickname, avatar
    FROM messages JOIN users ON users.id = author_id WHERE ${where}`
}

/** A message without words is called after its files, as the pages do. */
const namesOfFiles = `
  SELECT group_concat(iif(value ->> 'type' LIKE 'image/%' AND value ->> 'description' <> '',
    value ->> 'description', value ->> 'name'), ', ')
  FROM json_each(original.attachments)`

/** More than this of an answered message is never shown; a whole one may be long. */
const quoteLettersMax = 1_000

/** The statement that reads what was said at a place, as JSON: [id, nickname, avatar, content]. */
export function quoteAt(room: string, seq: string): string {
  return `
    SELECT json_array(quoted.id, quoted.nickname, quoted.avatar,
      substr(iif(trim(original.content) = '', (${namesOfFiles}), original.content),
        1, ${quoteLettersMax}))
    FROM messages AS original JOIN users AS quoted ON quoted.id = original.author_id
    WHERE original.room_id = ${room} AND original.seq = ${seq} AND original.deleted_at IS NULL`
}

/** A row as the message it stands for. */
export function toMessage(row: MessageRow, recipient: User | null): Message {
  const { senderId, nickname, avatar, ...message } = row
  const sender = { id: senderId, nickname, avatar }
  const mentions = readMentions(row.mentions)
  const quote = readQuote(row.quote)
  const notifiedUserIds = findNotifiedUserIds(mentions, sender, quote)
  const reactions = readReactions(row.reactions)
  const attachments = readAttachments(row.attachments)
  return { ...message, sender, recipient, mentions, quote, notifiedUserIds, reactions, attachments }
}

/** Those a message names, as they stand in it, and whom it answers. */
export function findNotifiedUserIds(
  mentions: Mention[],
  sender: User,
  quote: Quote | null,
): number[] {
  const named = mentions.map(({ user }) => user)
  const answered = quote?.sender.id ?? sender.id
  return answered === sender.id || named.includes(answered) ? named : [...named, answered]
}

/** A quote as `quoteAt` gives it. */
export function readQuote(text: string | null): Quote | null {
  if (text === null) return null
  const [id, nickname, avatar, content]: [number, string, string, string] = JSON.parse(text)
  return { sender: { id, nickname, avatar }, content }
}

function readReactions(text: string | null): Reaction[] {
  if (text === null) return []
  const all: [emoji: string, id: number, nickname: string][] = JSON.parse(text)
  return [...Map.groupBy(all, ([emoji]) => emoji)].map(([emoji, people]) => ({
    emoji,
    people: people.map(([, id, nickname]) => ({ id, nickname })),
  }))
}

/** Mentions as they stand in a row: [[user, start, length], …]. */
export function writeMentions(mentions: Mention[]): string | null {
  if (mentions.length === 0) return null
  return JSON.stringify(mentions.map(({ user, start, length }) => [user, start, length]))
}

function readMentions(text: string | null): Mention[] {
  if (text === null) return []
  const spans: [number, number, number][] = JSON.parse(text)
  return spans.map(([user, start, length]) => ({ user, start, length }))
}

function recipientOf({ pair }: Stand, senderId: number): User | null {
  return pair?.find(({ id }) => id !== senderId) ?? null
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
