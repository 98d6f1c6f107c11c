import { tones } from '../../shared/emoji'
import { fieldsOf } from '../ui/shape'
import type { Storage } from '../ui/storage'

/** Under three rows of the panel. */
const emojiRecentMax = 24
/** After this long a use of an emoji counts half. */
export const emojiHalfLifeMs = 7 * 24 * 60 * 60_000

/** What somebody did with emoji in this browser. */
export type EmojiUsed = {
  /** The signs used most and last, best first, without their skin tones. */
  recent: () => string[]
  note: (sign: string) => void
  tone: () => number
  setTone: (tone: number) => void
}

type Use = { sign: string; weight: number; at: number }

/** Keeps it in the storage, and in memory where a browser stores nothing. */
export function openEmojiUsed(storage: Storage, clock: () => number = Date.now): EmojiUsed {
  let uses: Use[] = []
  let tone = 0
  // Read anew each time: another tab may have written.
  const ranked = (): Use[] => {
    const stored = readUses(storage.read('emoji.used'))
    const now = clock()
    return (stored.length > 0 ? stored : uses)
      .map(({ sign, weight, at }) => ({ sign, weight: weightAt(weight, now - at), at: now }))
      .toSorted((a, b) => b.weight - a.weight)
  }
  return {
    recent: () => ranked().map(({ sign }) => sign),
    note(sign) {
      const before = ranked()
      const weight = (before.find((use) => use.sign === sign)?.weight ?? 0) + 1
      const others = before.filter((use) => use.sign !== sign)
      uses = [{ sign, weight, at: clock() }, ...others].slice(0, emojiRecentMax)
      storage.write('emoji.used', uses)
    },
    tone: () => tones.find((each) => each === storage.read('emoji.tone')) ?? tone,
    setTone(next) {
      tone = next
      storage.write('emoji.tone', next)
    },
  }
}

/** A use counts half as much after a while, so that habits may change. */
function weightAt(weight: number, age: number): number {
  return weight * 2 ** (-Math.max(0, age) / emojiHalfLifeMs)
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
