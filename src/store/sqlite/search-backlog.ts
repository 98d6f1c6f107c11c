import { searchIndexRows } from '../search/search-index'
import type { SearchIndex } from './search-index'

/** The first message waits this long for others, as each transaction is a commit of its own. */
export const searchIndexFirstMs = 2_000
/** Pause between two transactions… */
const searchIndexPauseMs = 250
/** …and while little is posted. */
const searchIndexQuietPauseMs = 5
/** Searches scan what waits, a million rows a second; beyond this, posts index it. */
const searchBacklogMax = 1_000_000

/** Messages that are stored and not indexed yet. Each search scans them. */
type SearchBacklog = {
  /** To be called after messages were stored. */
  grew: () => void
  stop: () => void
}

/**
 * Makes the backlog of an index. Messages are indexed in portions: the first some time after its
 * first message, further ones at once while little is posted, and by posts when too many messages
 * wait. A portion costs one commit, however large it is.
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
    const grown = countWaiting(index) - before
    // More than can be indexed meanwhile: posts go first.
    const isBusy = grown > searchIndexRows
    const taken = isBusy ? 0 : take(index)
    before = countWaiting(index)
    // After a failed write the next one is not tried at once.
    const isQuiet = taken > 0 && grown < searchIndexRows / 50
    if (before > 0) wait(isQuiet ? quietMs : pauseMs)
  }
  const wait = (ms: number): void => {
    timer ??= setTimeout(tick, ms)
  }
  if (countWaiting(index) > 0) wait(pauseMs)
  return {
    grew() {
      wait(firstMs)
      while (countWaiting(index) > searchBacklogMax && take(index) > 0);
    },
    stop: () => clearTimeout(timer),
  }
}

/** One when the disk fails, so that it is tried again; what was stored is not refused for it. */
function countWaiting(index: SearchIndex): number {
  try {
    return index.countWaiting()
  } catch {
    return 1
  }
}

/** Zero when the disk fails; posts report that, and the portion is tried again later. */
function take(index: SearchIndex): number {
  try {
    return index.takeNext()
  } catch {
    return 0
  }
}
