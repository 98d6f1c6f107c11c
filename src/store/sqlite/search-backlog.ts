import { limits } from '../../limits'
import type { SearchIndex } from './search-index'

/** What was said and cannot be found yet, and when that is mended. */
export type SearchBacklog = {
  /** Messages were stored just now. */
  grew: () => void
  /** Resolves when all that is stored at this moment can be found. */
  settled: () => Promise<void>
  stop: () => void
}

/**
 * Makes the backlog of an index. Messages are taken in a portion at a time: every now and then,
 * without a pause while somebody waits to search, and by those who post when too many wait.
 * A portion costs the disk one commit, however large it is.
 */
export function createSearchBacklog(index: SearchIndex): SearchBacklog {
  let timer: Timer | undefined
  let before = 0
  const tick = (): void => {
    timer = undefined
    // Faster than it can be taken in: then those who talk go first.
    const isStorm = index.countWaiting() - before > limits.searchIndexRows
    if (!isStorm) take(index)
    before = index.countWaiting()
    if (before > 0) grew()
  }
  const grew = (): void => {
    timer ??= setTimeout(tick, limits.searchIndexPauseMs)
  }
  if (index.countWaiting() > 0) grew()
  return {
    grew() {
      grew()
      while (index.countWaiting() > limits.searchBacklogMax && take(index) > 0);
    },
    async settled() {
      let missing = index.countWaiting()
      while (missing > 0) {
        const taken = take(index)
        if (taken === 0) return
        missing -= taken
        // Whoever posts meanwhile has a turn in between.
        await new Promise(setImmediate)
      }
    },
    stop: () => clearTimeout(timer),
  }
}

/** None when the disk does not obey, which those who post are told; it is tried again later. */
function take(index: SearchIndex): number {
  try {
    return index.takeNext()
  } catch {
    return 0
  }
}
