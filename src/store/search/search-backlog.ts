import { searchIndexRows } from './search-index'
import type { SearchIndex } from './search-index'

/** The first message waits this long for others, as each transaction is a commit of its own. */
export const searchIndexFirstMs = 2_000
/** Pause between two transactions… */
const searchIndexPauseMs = 250
/** …and while little is posted. */
const searchIndexQuietPauseMs = 5
/** Searches scan what waits, a million rows a second; beyond this, posts index it. */
const searchBacklogMax = 1_000_000

/** What was said and is not in the index yet, so that each search looks through it. */
export type SearchBacklog = {
  /** Messages were stored just now. */
  grew: () => void
  stop: () => void
}

/**
 * Makes the backlog of an index. Messages are taken in a portion at a time: a while after the
 * first, one after another while nobody says much, and by those who post when too many wait. A
 * portion costs the disk one commit, however large it is.
 */
export function createSearchBacklog(
  index: SearchIndex,
  pauseMsMax: number = searchIndexFirstMs,
): SearchBacklog {
  const firstMs = Math.min(pauseMsMax, searchIndexFirstMs)
  const pauseMs = Math.min(pauseMsMax, searchIndexPauseMs)
  const quietMs = Math.min(pauseMsMax, searchIndexQuietPauseMs)
  let timer: Timer | undefined
  let before = 0
  const tick = (): void => {
    timer = undefined
    const grown = index.countWaiting() - before
    // Faster than it can be taken in: then those who talk go first.
    const isStorm = grown > searchIndexRows
    const taken = isStorm ? 0 : take(index)
    before = index.countWaiting()
    // A disk that takes nothing is not asked again at once.
    const isQuiet = taken > 0 && grown < searchIndexRows / 50
    if (before > 0) wait(isQuiet ? quietMs : pauseMs)
  }
  const wait = (ms: number): void => {
    timer ??= setTimeout(tick, ms)
  }
  if (index.countWaiting() > 0) wait(pauseMs)
  return {
    grew() {
      wait(firstMs)
      while (index.countWaiting() > searchBacklogMax && take(index) > 0);
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
