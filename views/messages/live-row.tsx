import { escapeToBuffer } from 'hono/utils/html'
import { setNewest } from '../../src/shared/lru'
import type { Paths } from '../../src/shared/paths'
import type { Message, User } from '../../src/store/store'
import { Avatar } from '../people/avatar'
import { hueOf } from '../people/hue'
import { bodyClass, MessageRow } from './message'
import { isPlainText, Text } from '../text/text'

/** Rendered pictures and names: half a megabyte. */
const facesKeptMax = 4_000

/**
 * A message's row as it is published, for browsers whose script is awake. While nothing is special
 * about a message its row says only what is its own: the picture, the name, the words. What all
 * rows have, the browser takes from a template (timeline/live-row.ts), and a thousand readers need
 * not be sent it again: half of the bytes. Gives a whole row otherwise.
 */
export function liveRow(message: Message, paths: Paths): string {
  if (!isPlain(message)) {
    return String(<MessageRow message={message} paths={paths} follows={false} />)
  }
  const { room, seq, clientId, createdAt, sender } = message
  // Words and numbers need no quotes, which a thousand readers need not be sent either.
  return (
    `<article id=${sender.id}-${clientId} data-live=${room}/${seq}/${createdAt}>` +
    `${faceOf(sender)}${textOf(message)}</article>`
  )
}

/** Only words, just said, to everybody in the room. */
function isPlain(message: Message): boolean {
  const { attachments, notifiedUserIds, reactions, content, editedAt, recipient, replyTo } = message
  return (
    attachments.length + notifiedUserIds.length + reactions.length === 0 &&
    (editedAt ?? recipient ?? replyTo ?? message.writtenIn) === null &&
    message.revision === message.seq &&
    bodyClass(content) === bodyClass('')
  )
}

/** Most texts are one plain paragraph, for which elements would be made and thrown away. */
function textOf(message: Message): string {
  if (!isPlainText(message.content)) return String(<Text message={message} />)
  const written: [string] = ['']
  escapeToBuffer(message.content, written)
  // The end of a row ends its paragraph, too.
  return `<p>${written[0]}`
}

/** Somebody's picture and name, rendered once. */
function faceOf(user: User): string {
  const key = `${user.id} ${user.avatar} ${user.nickname}`
  const known = faces.get(key)
  if (known !== undefined) return known
  const picture = String(<Avatar user={user} />)
  const look = `class="av ${hueOf(user.id)}" aria-hidden="true"`
  const face = picture.replace(look, 'class=av') + String(<b>{user.nickname}</b>)
  setNewest(faces, key, face, facesKeptMax)
  return face
}

const faces = new Map<string, string>()
