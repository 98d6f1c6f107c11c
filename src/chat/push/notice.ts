import { wordsFor } from '../../../views/words'
import { isLanguage } from '../../shared/languages'
import { excerptOf } from '../../shared/markup/excerpt'
import type { Paths } from '../../shared/paths'
import type { PushedNotice } from '../../shared/protocol'
import { fill } from '../../shared/text'
import type { PushNotice } from '../../store/store'

/** Every notice has this size, so that its length tells the push service nothing. */
const noticeBytes = 3_000
const textLettersMax = 240

/**
 * What a device is told of a message: who wrote, and where; the text only if the person chose so.
 * It is filled up with blanks to a fixed size.
 */
export function writeNotice(
  paths: Pick<Paths, 'message'>,
  { room, seq }: { room: number; seq: number },
  notice: PushNotice,
): string {
  const { isDirect, roomName, sender, language } = notice
  const words = wordsFor(isLanguage(language) ? language : 'en')
  const inRoom = fill(words.live.noticeTitle, { name: sender, room: `#${roomName}` })
  const plain = isDirect === 1 ? words.push.private : words.push.message
  const text = notice.showsText === 1 ? excerptOf(notice.content) : ''
  const unread = readUnread(notice.unread)
  const written: PushedNotice = {
    title: isDirect === 1 ? sender : inRoom,
    body: Array.from(text).slice(0, textLettersMax).join('') || plain,
    path: paths.message(room, seq),
    room,
    language,
    isMeant: isDirect === 1 || notice.isCalled === 1,
    badge: unread.reduce((sum, [, calls]) => sum + calls, 0),
    unread: unread.map(([id]) => id),
  }
  return padded(written)
}

function readUnread(json: string): [room: number, calls: number][] {
  return JSON.parse(json)
}

/** Blanks after JSON change nothing. */
function padded(written: PushedNotice): string {
  const bytes = Buffer.byteLength(JSON.stringify(written))
  if (bytes > noticeBytes && written.body !== '')
    return padded({ ...written, body: written.body.slice(0, -10) })
  return JSON.stringify(written).padEnd(noticeBytes - bytes + JSON.stringify(written).length)
}
