import type { ProblemCode } from '../../server/errors'
import type { NewMessage } from '../../store/store'
import { problemOfText } from './message-text'
import { limits } from '../../shared/limits'

/** The longest emoji, a family with skin tones, in code units. */
const emojiUnitsMax = 35
/** Long enough for any UUID-like scheme, short enough for a DOM id. */
const clientIdUnitsMax = 64

/** A message as a client sent it, its shape and text checked. */
export type SentMessage = Pick<
  NewMessage,
  'clientId' | 'content' | 'attachments' | 'replyTo' | 'writtenIn'
>

/** Who says it, where and when, as the server knows; whom it names is found out later. */
export function sentBy(
  { clientId, content, attachments, replyTo, writtenIn }: SentMessage,
  { room, author, createdAt }: Pick<NewMessage, 'room' | 'author' | 'createdAt'>,
): NewMessage {
  return {
    room,
    author,
    clientId,
    content,
    replyTo,
    mentions: [],
    attachments,
    writtenIn,
    createdAt,
  }
}

/** What is wrong with it; the id is kept so that the sender knows which one. */
export type MessageProblem = { code: ProblemCode; clientId: string | null }

/** What a client sent, by key: a Map, or whatever answers like one. */
export type Fields = { get: (name: string) => unknown }

/**
 * Reads `client_id`, `content`, `attachments`, `reply_to` and `written_in`, the same for frames,
 * JSON and forms, and builds a new object from them. Linear in the length; never throws.
 */
export function parseMessage(fields: Fields): SentMessage | MessageProblem {
  const clientId = parseClientId(fields.get('client_id'))
  const content = fields.get('content')
  const attachments = parseAttachments(fields.get('attachments') ?? [])
  const replyTo = fields.get('reply_to') ?? null
  if (clientId === null || typeof content !== 'string') return { code: 'bad_frame', clientId }
  if (typeof attachments === 'string') return { code: attachments, clientId }
  const replySeq = parseCount(replyTo)
  if (replyTo !== null && replySeq === null) return { code: 'reply_missing', clientId }
  const code = problemOfText(content)
  // A picture says enough.
  const isEnough = code === 'message_empty' && attachments.length > 0
  if (code !== null && !isEnough) return { code, clientId }
  // A wish only: a private message shows as a slip in the room in which its author was.
  const writtenIn = parseCount(fields.get('written_in'))
  return { clientId, content, attachments, replyTo: replySeq, writtenIn }
}

/** Ids of uploads, each once. */
function parseAttachments(value: unknown): string[] | ProblemCode {
  if (!Array.isArray(value)) return 'bad_frame'
  if (value.length === 0) return []
  if (value.length > limits.attachmentsMax) return 'attachments_many'
  const ids = value.flatMap((id: unknown) => (isAttachmentId(id) ? [id] : []))
  if (ids.length < value.length) return 'attachment_missing'
  return new Set(ids).size < ids.length ? 'bad_frame' : ids
}

/** 128 bits in hexadecimal. */
export function isAttachmentId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
}

/** The sender's own id of a message, plain enough to stand in a DOM id; null when it is not. */
export function parseClientId(value: unknown): string | null {
  return typeof value === 'string' && clientIdShape.test(value) ? value : null
}

const clientIdShape = new RegExp(`^[\\w-]{1,${clientIdUnitsMax}}$`)

/** One emoji as Unicode recommends them for interchange; null for anything else. */
export function parseEmoji(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > emojiUnitsMax) return null
  return oneEmoji.test(value) ? value : null
}

const oneEmoji = /^\p{RGI_Emoji}$/v

/** A positive whole number, as ids and places in a timeline are. */
export function parseCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
