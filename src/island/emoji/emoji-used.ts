import { type Tone, tones } from './emoji-tone'
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
  tone: () => Tone
  setTone: (tone: Tone) => void
}

type Use = { sign: string; weight: number; at: number }

/** Keeps it in the storage, and in memory where a browser stores nothing. */
export function openEmojiUsed(storage: Storage, clock: () => number = Date.now): EmojiUsed {
  let uses: Use[] = []
  let tone: Tone = 0
  // Read anew each time: another tab may have written.
  const read = (): Use[] => {
    const stored = readUses(storage.read('emoji.used'))
    return stored.length > 0 ? stored : uses
  }
  return {
    recent: () => rank(read(), clock()).map(({ sign }) => sign),
    note(sign) {
      const now = clock()
      const before = read().find((use) => use.sign === sign)
      const weight = (before === undefined ? 0 : weightAt(before, now)) + 1
      const others = rank(read(), now).filter((use) => use.sign !== sign)
      uses = [{ sign, weight, at: now }, ...others].slice(0, emojiRecentMax)
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
function weightAt({ weight, at }: Use, now: number): number {
  return weight * 2 ** (-Math.max(0, now - at) / emojiHalfLifeMs)
}

function rank(uses: Use[], now: number): Use[] {
  return uses.toSorted((a, b) => weightAt(b, now) - weightAt(a, now))
}

function readUses(value: unknown): Use[] {
  if (!Array.isArray(value)) return []
  return value.slice(0, emojiRecentMax).flatMap((one: unknown) => {
    const fields = new Map(typeof one === 'object' && one !== null ? Object.entries(one) : [])
    const [sign, weight, at] = [fields.get('sign'), fields.get('weight'), fields.get('at')]
    const isWhole =
      typeof sign === 'string' && Number.isFinite(weight) && Number.isFinite(at) && sign !== ''
    return isWhole ? [{ sign, weight: Number(weight), at: Number(at) }] : []
  })
}
