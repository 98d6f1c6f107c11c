import { ChatError } from './errors'
import { serverLimits } from './limits'

/** The most that may run at once, of one person and of all, and when to try again. */
type Bounds = { perPerson: number; all: number; retryMs: number }

type Client = { user: { id: number }; address: string }

export type ConcurrencyLimit = {
  /**
   * Takes a place and gives what releases it, once or more often. Throws `too_many` when the person
   * has all of theirs, and `busy` when none is left for their address.
   */
  take: (client: Client) => () => void
  /** Whether somebody was refused lately: slow clients then lose their places. */
  isWanted: () => boolean
}

/**
 * Limits what runs at once. An address has at most as many places as are still free: the first
 * takes half of them, and however many one takes, some are left for the next.
 */
export function createConcurrencyLimit(
  { perPerson, all, retryMs }: Bounds,
  clock: () => number = () => performance.now(),
): ConcurrencyLimit {
  const [people, addresses] = [createCounts<number>(), createCounts<string>()]
  let free = all
  let refusedAt = Number.NEGATIVE_INFINITY
  return {
    take({ user, address }) {
      if (people.of(user.id) >= perPerson) throw new ChatError('too_many', retryMs)
      if (addresses.of(address) >= free) {
        refusedAt = clock()
        throw new ChatError('busy', retryMs)
      }
      const change = (by: -1 | 1): void => {
        people.add(user.id, by)
        addresses.add(address, by)
        free -= by
      }
      change(1)
      let isReleased = false
      return () => {
        if (!isReleased) change(-1)
        isReleased = true
      }
    },
    isWanted: () => clock() - refusedAt < serverLimits.slowMs,
  }
}

/** Counts by a key; a key with none is forgotten. */
function createCounts<Key>() {
  const counts = new Map<Key, number>()
  const of = (key: Key): number => counts.get(key) ?? 0
  return {
    of,
    add(key: Key, by: number): void {
      const count = of(key) + by
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
    },
  }
}
