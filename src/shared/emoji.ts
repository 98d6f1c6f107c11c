import { once } from './once'

/** Up to this many emoji alone are shown large. */
const largeEmojiMax = 6

const few = once(() => new RegExp(`^(?:\\s*\\p{RGI_Emoji}){1,${largeEmojiMax}}\\s*$`, 'v'))

/** Whether a text is a few emoji and nothing else. */
export function isLargeEmoji(text: string): boolean {
  return text.length <= 100 && few().test(text)
}
