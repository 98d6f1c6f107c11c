import { ChatError } from './errors'

/** The most that may run at once, of one key and of all, and when to try again. */
type Bounds = { perKey: number; all: number; retryMs: number }

/**
 * Limits what runs at once. The function takes a place for a key and gives what releases it, once
 * or more often. Throws `too_many` when the key has all of its places, `busy` when all are taken.
 */
export function createConcurrencyLimit({ perKey, all, retryMs }: Bounds) {
  const running = new Map<string, number>()
  let total = 0
  return (key: string): (() => void) => {
    const own = running.get(key) ?? 0
    if (own >= perKey) throw new ChatError('too_many', retryMs)
    if (total >= all) throw new ChatError('busy', retryMs)
    running.set(key, own + 1)
    total += 1
    let isReleased = false
    return () => {
      if (isReleased) return
      isReleased = true
      total -= 1
      const left = (running.get(key) ?? 1) - 1
      if (left === 0) running.delete(key)
      else running.set(key, left)
    }
  }
}
