import type { Emoji } from './emoji-list'

/** 0: as the system draws it; 1 (light) to 5 (dark). */
export type Tone = 0 | 1 | 2 | 3 | 4 | 5

export const tones: Tone[] = [0, 1, 2, 3, 4, 5]

const beforeFirst = 0x1f3fa

/** The emoji in a skin tone, when it takes one: the modifier stands behind the first sign. */
export function tint({ sign, takesTone }: Emoji, tone: Tone): string {
  if (!takesTone || tone === 0) return sign
  const [first = '', ...rest] = sign
  return first + String.fromCodePoint(beforeFirst + tone) + rest.join('').replace(/^\uFE0F/, '')
}
