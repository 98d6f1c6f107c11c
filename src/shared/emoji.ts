import { limits } from './limits'
import { once } from './once'

const few = once(() => new RegExp(`^(?:\\s*\\p{RGI_Emoji}){1,${limits.largeEmojiMax}}\\s*$`, 'v'))

/** Whether a text is a few emoji and nothing else; said here for the server and for the browser. */
export function isLargeEmoji(text: string): boolean {
  return text.length <= 100 && few().test(text)
}
