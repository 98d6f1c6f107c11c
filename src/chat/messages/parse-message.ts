import type { ProblemCode } from '../../server/errors'
import type { NewMessage } from '../../store/store'
import { limits } from '../../shared/limits'

/** A message from a client, checked. */
export type SentMessage = Pick<
  NewMessage,
  'clientId' | 'content' | 'attachments' | 'replyTo' | 'writtenIn'
>

type MessageProblem = { code: ProblemCode; clientId: string | null }

/** The fields a client sent: a Map, FormData and so on. */
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
  const isOnlyFiles = code === 'message_empty' && attachments.length > 0
  if (code !== null && !isOnlyFiles) return { code, clientId }
  // Not validated: anything unusable only means that no private note is shown in a room.
  const writtenIn = parseCount(fields.get('written_in'))
  const text = isOnlyFiles ? '' : content
  return { clientId, content: text, attachments, replyTo: replySeq, writtenIn }
}

/**
 * The problem of a message's text, or null. An accepted text is stored exactly as it was sent, but
 * for one with nothing to read beside files: that is none.
 */
function problemOfText(text: string): ProblemCode | null {
  if (text.length > limits.messageUnitsMax) return 'message_long'
  if (!text.isWellFormed() || text.includes('\0')) return 'message_characters'
  if (!visible.test(text)) return 'message_empty'
  return towerOfMarks.test(text) ? 'message_marks' : null
}

/** Whether there is nothing to read in a text, which only a message with files may have. */
export function isEmptyText(text: string): boolean {
  return !visible.test(text)
}

/** Reads the text of an edit. It may be empty: what it changes may have files. */
export function parseEdit(fields: Fields): { content: string } | { code: ProblemCode } {
  const content = fields.get('content')
  if (typeof content !== 'string') return { code: 'bad_frame' }
  const code = problemOfText(content)
  if (code === 'message_empty') return { content: '' }
  return code === null ? { content } : { code }
}

/** Anything but white space, controls, invisible characters and blank letters. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{M}\u2800]/u

/** More combining marks than this on one letter would cover the lines around it. */
const towerOfMarks = /\p{M}{9}/u

function parseAttachments(value: unknown): string[] | ProblemCode {
  if (!Array.isArray(value)) return 'bad_frame'
  if (value.length === 0) return []
  if (value.length > limits.attachmentsMax) return 'attachments_many'
  const ids = value.flatMap((id: unknown) => (isAttachmentId(id) ? [id] : []))
  if (ids.length < value.length) return 'attachment_missing'
  return new Set(ids).size < ids.length ? 'bad_frame' : ids
}

export function isAttachmentId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
}

export function parseClientId(value: unknown): string | null {
  return typeof value === 'string' && clientIdShape.test(value) ? value : null
}

/** Long enough for any UUID-like scheme, short enough for a DOM id. */
const clientIdShape = /^[\w-]{1,64}$/

/**
 * One emoji as Unicode recommends them for interchange, so that a bare ❤ and ❤️ are one reaction;
 * null for anything else.
 */
export function parseEmoji(value: unknown): string | null {
  if (typeof value !== 'string' || value.length > emojiUnitsMax) return null
  if (oneEmoji.test(value)) return value
  const whole = value.replace(/[\uFE0E\uFE0F]/g, '').replace(textSign, '$&\uFE0F')
  return oneEmoji.test(whole) ? whole : null
}

/** The longest emoji, a family with skin tones, in code units. */
const emojiUnitsMax = 35
const oneEmoji = /^\p{RGI_Emoji}$/v
/** A sign that is drawn as text unless a selector, or a skin tone, follows it. */
const textSign = /[\p{Emoji}--\p{Emoji_Presentation}](?!\p{Emoji_Modifier})/gv

export function parseCount(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null
}
