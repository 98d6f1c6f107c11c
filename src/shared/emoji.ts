import { once } from './once'

/** Up to this many emoji alone are shown large. */
const largeEmojiMax = 6

const few = once(() => new RegExp(`^(?:\\s*\\p{RGI_Emoji}){1,${largeEmojiMax}}\\s*$`, 'v'))

/** Whether a text is a few emoji and nothing else. */
export function isLargeEmoji(text: string): boolean {
  return text.length <= 100 && few().test(text)
}

/** Skin tones: 0 is as the system draws it, 1 light to 5 dark. */
export const tones = [0, 1, 2, 3, 4, 5]

const beforeFirstTone = 0x1f3fa

/** An emoji that takes a skin tone in this one: the modifier stands behind its first sign. */
export function tint(sign: string, tone: number): string {
  if (tone === 0) return sign
  const [first = '', ...rest] = sign
  const modifier = String.fromCodePoint(beforeFirstTone + tone)
  return first + modifier + rest.join('').replace(/^\uFE0F/, '')
}
