import type { Mention, Message, Quote, Reaction, SystemLine, User } from '../store'
import { readAttachments } from './attachments'
import { markOf } from './persons'
import { joinOther, type OtherRow, selectOther, toOther } from './rooms'

/** A row of `selectMessages`: lists and the quote are JSON. */
export type MessageRow = Omit<
  Message,
  | 'sender'
  | 'mentions'
  | 'recipient'
  | 'quote'
  | 'notifiedUserIds'
  | 'reactions'
  | 'attachments'
  | 'system'
> & {
  senderId: number
  nickname: string
  avatar: string
  mark: User['mark']
  mentions: string | null
  attachments: string | null
  quote: string | null
  reactions: string | null
  system: string | null
  systemPeople: string | null
}

/** Whether both people of a private message are in the room in which it was written. */
const bothAreThere = `written_in IS NOT NULL AND 2 = (
  SELECT count(*) FROM memberships AS talk CROSS JOIN memberships AS there
    ON there.room_id = messages.written_in AND there.user_id = talk.user_id
  WHERE talk.room_id = messages.room_id)`

/**
 * The statement that reads messages as rows; `where` may use its own parameters. `isTold`: whether
 * the readers are told in which room a private message was written.
 */
export function selectMessages(where: string, isTold: string = bothAreThere): string {
  return `
    SELECT room_id AS room, seq, revision, client_id AS clientId, content, reply_to AS replyTo,
      iif(reply_to IS NULL, NULL, (${quoteAt('messages.room_id', 'messages.reply_to')})) AS quote,
      (SELECT nullif(json_group_array(
         json_array(emoji, user_id, people.nickname, ${markOf('people')})
         ORDER BY reactions.id), '[]')
       FROM reactions JOIN users AS people ON people.id = user_id
       WHERE reactions.room_id = messages.room_id AND reactions.seq = messages.seq) AS reactions,
      mentions, attachments, iif(${isTold}, written_in, NULL) AS writtenIn,
      iif(${isTold}, written_after, NULL) AS writtenAfter,
      system, iif(system IS NULL, NULL, (${systemPeople})) AS systemPeople,
      messages.created_at AS createdAt, edited_at AS editedAt, deleted_at AS deletedAt,
      author_id AS senderId, nickname, avatar, ${markOf('users')} AS mark
    FROM messages JOIN users ON users.id = author_id WHERE ${where}`
}

const systemPeople = `
  SELECT json_group_array(json_array(
    named.id, named.nickname, ${markOf('named')}, host.id, host.nickname, ${markOf('host')})
    ORDER BY named_in.key)
  FROM json_each(messages.system, '$.people') AS named_in
    JOIN users AS named ON named.id = CAST(named_in.value ->> 0 AS INTEGER)
    LEFT JOIN users AS host ON host.id = CAST(named_in.value ->> 1 AS INTEGER)`

/** The same with the other person of a direct room, and further `columns` of `rooms`. */
export function selectMessagesWithOther(where: string, columns = ''): string {
  return `SELECT said.*, ${columns} ${selectOther}
    FROM (${selectMessages(where)}) AS said JOIN rooms ON rooms.id = said.room
    ${joinOther('said.senderId')}`
}

/** A message without text is quoted by the names of its files, as the pages do. */
const namesOfFiles = `
  SELECT group_concat(iif(value ->> 'type' LIKE 'image/%' AND value ->> 'description' <> '',
    value ->> 'description', value ->> 'name'), ', ')
  FROM json_each(original.attachments)`

/** No page shows more than this of a quoted message, which may be long. */
const quoteLettersMax = 1_000

/** The statement that reads a quote as JSON: [id, nickname, avatar, mark, content]. */
export function quoteAt(room: string, seq: string): string {
  return `
    SELECT json_array(quoted.id, quoted.nickname, quoted.avatar, ${markOf('quoted')},
      substr(iif(trim(original.content) = '', (${namesOfFiles}), original.content),
        1, ${quoteLettersMax}))
    FROM messages AS original JOIN users AS quoted ON quoted.id = original.author_id
    WHERE original.room_id = ${room} AND original.seq = ${seq} AND original.deleted_at IS NULL
      AND original.system IS NULL`
}

/** A row as a message; `recipient` is the other person of a direct room. */
export function toMessage(row: MessageRow, recipient: User | null): Message {
  const { senderId, nickname, avatar, mark, systemPeople: _, ...message } = row
  const sender = { id: senderId, nickname, avatar, mark }
  const mentions = readMentions(row.mentions)
  const quote = readQuote(row.quote)
  const notifiedUserIds = findNotifiedUserIds(mentions, sender, quote)
  const reactions = readReactions(row.reactions)
  const attachments = readAttachments(row.attachments)
  const lists = { mentions, quote, notifiedUserIds, reactions, attachments }
  return { ...message, sender, recipient, ...lists, system: readSystem(row) }
}

function readSystem({ system, systemPeople }: MessageRow): SystemLine | null {
  if (system === null || systemPeople === null) return null
  const line: Omit<SystemLine, 'people'> = JSON.parse(system)
  type Mark = User['mark']
  const people: [number, string, Mark, number | null, string, Mark][] = JSON.parse(systemPeople)
  return {
    ...line,
    people: people.map(([id, nickname, mark, host, hostName, hostMark]) => ({
      ...{ id, nickname, mark },
      by: host === null ? null : { id: host, nickname: hostName, mark: hostMark },
    })),
  }
}

/** The same for a row of `selectMessagesWithOther`. */
export function toMessageWithOther(row: MessageRow & OtherRow): Message {
  const { otherId, otherNickname, otherAvatar, otherMark, ...message } = row
  return toMessage(message, toOther({ otherId, otherNickname, otherAvatar, otherMark }))
}

/** The people whom a message mentions, in their order, then the person whom it answers. */
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
  const quote: [number, string, string, User['mark'], string] = JSON.parse(text)
  const [id, nickname, avatar, mark, content] = quote
  return { sender: { id, nickname, avatar, mark }, content }
}

function readReactions(text: string | null): Reaction[] {
  if (text === null) return []
  const all: [emoji: string, id: number, nickname: string, mark: User['mark']][] = JSON.parse(text)
  return [...Map.groupBy(all, ([emoji]) => emoji)].map(([emoji, people]) => ({
    emoji,
    people: people.map(([, id, nickname, mark]) => ({ id, nickname, mark })),
  }))
}

/** The statement that counts a message as one that calls a person. */
export const insertMention = `INSERT INTO mentions (user_id, room_id, seq) VALUES (?, ?, ?)
  ON CONFLICT DO NOTHING`

/** Mentions as a row holds them: [[user, start, length], …]. */
export function writeMentions(mentions: Mention[]): string | null {
  if (mentions.length === 0) return null
  return JSON.stringify(mentions.map(({ user, start, length }) => [user, start, length]))
}

function readMentions(text: string | null): Mention[] {
  if (text === null) return []
  const spans: [number, number, number][] = JSON.parse(text)
  return spans.map(([user, start, length]) => ({ user, start, length }))
}
