import { hueOf } from '../../src/shared/text'
import { escapeToBuffer } from 'hono/utils/html'
import { isPlainText } from '../../src/shared/markup/blocks'
import { setNewest } from '../../src/shared/lru'
import type { Paths } from '../../src/shared/paths'
import type { Message, User } from '../../src/store/store'
import { Avatar } from '../people/avatar'
import { bodyClass, MessageRow } from './message'
import { sourceOf, Text } from '../text/text'

/** At most half a megabyte. */
const facesKeptMax = 4_000

/**
 * The row of a message as it is published. A plain message gets a short row with its sender and
 * text only, half as many bytes for each reader; the browser adds the rest from a template
 * (src/island/timeline/rows.ts). All others get the whole row.
 */
export function liveRow(message: Message, paths: Paths): string {
  if (!isPlain(message)) {
    return String(<MessageRow message={message} paths={paths} follows={false} />)
  }
  const { room, seq, clientId, createdAt, sender } = message
  const typed = sourceOf(message)
  const source = typed === undefined ? '' : ` data-source="${escape(typed)}"`
  // Without quotes around the attributes, which these values do not need.
  return (
    `<article id=${sender.id}-${clientId} data-live=${room}/${seq}/${createdAt}${source}>` +
    `${faceOf(sender)}${textOf(message)}</article>`
  )
}

/** A new text message without anything else. */
function isPlain(message: Message): boolean {
  const { attachments, notifiedUserIds, reactions, content, editedAt, recipient, replyTo } = message
  return (
    attachments.length + notifiedUserIds.length + reactions.length === 0 &&
    (editedAt ?? recipient ?? replyTo ?? message.writtenIn) === null &&
    message.revision === message.seq &&
    bodyClass(content) === bodyClass('')
  )
}

/** Most texts are one plain paragraph, which is faster without JSX. */
function textOf(message: Message): string {
  if (!isPlainText(message.content)) return String(<Text message={message} />)
  // The end of the row closes the paragraph.
  return `<p>${escape(message.content)}`
}

function escape(text: string): string {
  const written: [string] = ['']
  escapeToBuffer(text, written)
  return written[0]
}

/** A user's picture and name, rendered once. */
function faceOf(user: User): string {
  const { avatar, id, mark, nickname } = user
  const key = `${id} ${mark} ${avatar} ${nickname}`
  const known = faces.get(key)
  if (known !== undefined) return known
  const picture = String(<Avatar user={user} />)
  const look = `class="av ${hueOf(id)}" aria-hidden="true"`
  const name = <b class={mark === null ? undefined : `name--${mark}`}>{nickname}</b>
  const face = picture.replace(look, 'class=av') + String(name)
  setNewest(faces, key, face, facesKeptMax)
  return face
}

const faces = new Map<string, string>()
