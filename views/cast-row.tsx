import { escapeToBuffer } from 'hono/utils/html'
import { limits } from '../src/limits'
import type { Paths } from '../src/paths'
import type { Message } from '../src/store/store'
import { bodyClass, MessageRow } from './message'
import { isPlainText, Text } from './text/text'

/**
 * A message's row as text, to the letter what MessageRow gives. Rows of one person in one room
 * differ in six places as long as nothing is special about them, so one is rendered with marks in
 * these places, and the others are cast from it.
 */
export function castRow(message: Message, paths: Paths): string {
  const cast = isPlain(message) ? castOf(message, paths) : null
  if (cast === null) return render(message, paths)
  const { seq, clientId, createdAt } = message
  const time = new Date(createdAt).toISOString().slice(11, 16)
  const [start, afterId, afterSeq, afterAt, afterPath, afterTime, end] = cast
  return (
    `${start}${clientId}${afterId}${seq}${afterSeq}${createdAt}${afterAt}` +
    `${seq}${afterPath}${time}${afterTime}${writeText(message)}${end}`
  )
}

/** Most texts are one plain paragraph, for which elements would be made and thrown away. */
function writeText(message: Message): string {
  if (!isPlainText(message.content)) return String(<Text message={message} />)
  const written: [string] = ['']
  escapeToBuffer(message.content, written)
  return `<p>${written[0]}</p>`
}

function render(message: Message, paths: Paths): string {
  return String(<MessageRow message={message} paths={paths} follows={false} />)
}

/** Only words, just said, to everybody in the room. */
function isPlain(message: Message): boolean {
  const { attachments, called, reactions, content, editedAt, recipient, replyTo } = message
  return (
    attachments.length + called.length + reactions.length === 0 &&
    (editedAt ?? recipient ?? replyTo ?? message.writtenIn) === null &&
    message.revision === message.seq &&
    bodyClass(content) === bodyClass('')
  )
}

/** What stands between the six places; null when a name looks like a mark. */
type Cast = string[] | null

const casts = new Map<string, Cast>()

function castOf(message: Message, paths: Paths): Cast {
  const { room, sender } = message
  const key = `${paths.base} ${room} ${sender.id} ${sender.avatar} ${sender.nickname}`
  const known = casts.get(key)
  if (known !== undefined) return known
  const html = render({ ...message, ...marks }, paths)
  const found = [...html.matchAll(anyMark)].map(([mark]) => mark)
  const cast = found.join() === marksInOrder.join() ? html.split(anyMark) : null
  casts.set(key, cast)
  const oldest = casts.keys().next()
  if (casts.size > limits.castsKeptMax && !oldest.done) casts.delete(oldest.value)
  return cast
}

const markedSeq = Number.MAX_SAFE_INTEGER
const marks = {
  clientId: 'mark-of-the-id',
  seq: markedSeq,
  revision: markedSeq,
  createdAt: Date.UTC(9999, 11, 31, 23, 58),
  content: 'mark-of-the-text',
}
const text = `<p>${marks.content}</p>`
const marksInOrder = [marks.clientId, marks.seq, marks.createdAt, marks.seq, '23:58', text]
const anyMark = new RegExp(marksInOrder.join('|'), 'g')
