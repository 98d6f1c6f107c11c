import { tones } from '../../shared/emoji'
import { fieldsOf } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** Under three rows of the panel. */
const emojiRecentMax = 24
/** After this long a use of an emoji counts half. */
export const emojiHalfLifeMs = 7 * 24 * 60 * 60_000

type Use = { sign: string; weight: number; at: number }

export type EmojiUsed = ReturnType<typeof openEmojiUsed>

/** What somebody did with emoji in this browser; as long as the page where nothing is stored. */
export function openEmojiUsed(storage: Storage, clock: () => number = Date.now) {
  let uses: Use[] = []
  let tone = 0
  // Another tab may have written.
  const ranked = (): Use[] => {
    const stored = readUses(storage.read('emoji.used'))
    const now = clock()
    const weightNow = ({ weight, at }: Use): number =>
      weight * 2 ** (-Math.max(0, now - at) / emojiHalfLifeMs)
    return (stored.length > 0 ? stored : uses)
      .map((use) => ({ sign: use.sign, weight: weightNow(use), at: now }))
      .toSorted((a, b) => b.weight - a.weight)
  }
  return {
    recent: () => ranked().map(({ sign }) => sign),
    note(sign: string): void {
      const before = ranked()
      const weight = (before.find((use) => use.sign === sign)?.weight ?? 0) + 1
      const others = before.filter((use) => use.sign !== sign)
      uses = [{ sign, weight, at: clock() }, ...others].slice(0, emojiRecentMax)
      storage.write('emoji.used', uses)
    },
    tone: () => tones.find((each) => each === storage.read('emoji.tone')) ?? tone,
    setTone(next: number): void {
      tone = next
      storage.write('emoji.tone', next)
    },
  }
}

function readUses(value: unknown): Use[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, emojiRecentMax).flatMap((one) => {
    const { sign, weight, at } = fieldsOf(one)
    const isWhole =
      typeof sign === 'string' && sign !== '' && Number.isFinite(weight) && Number.isFinite(at)
    return isWhole ? [{ sign, weight: Number(weight), at: Number(at) }] : []
  })
}
