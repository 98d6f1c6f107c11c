import { limits } from '../limits'

/** Keeps the reader's place: at the end while following, and still while reading back. */
export type Scroller = {
  isFollowing: () => boolean
  toEnd: () => void
  /** Remembers the place before a change of the list; the returned function restores it after. */
  hold: () => () => void
  /** Asks for older messages when there are too few to scroll at all. */
  fill: () => void
  /** Watches the size of a list that replaced the one before. */
  watch: (timeline: HTMLElement) => void
}

/**
 * Watches the scrolling box. `onNearTop` is called when older messages will soon be needed,
 * `onFollow` when the reader came back to the end.
 */
export function createScroller(
  box: HTMLElement,
  on: { onNearTop: () => void; onFollow: () => void },
): Scroller {
  let following = true
  let top = 0
  // While a list is being replaced the box may stand anywhere: that is not the reader's doing.
  let heldUntil = 0
  const goToEnd = (): void => {
    box.scrollTop = box.scrollHeight
    // The event comes a frame later, and may come as one with the reader's own first scroll.
    top = box.scrollTop
  }
  box.addEventListener(
    'scroll',
    () => {
      const wasFollowing = following
      following = box.scrollHeight - box.scrollTop - box.clientHeight < limits.stickPx
      if (following && !wasFollowing) on.onFollow()
      // Only on the way up: the end of a short page is near its top, too.
      const isHeld = performance.now() < heldUntil
      if (!isHeld && box.scrollTop < top && box.scrollTop < limits.olderFromTopPx) on.onNearTop()
      top = box.scrollTop
    },
    { passive: true },
  )
  // The composer grows, a keyboard opens, a picture loads: the end stays the end.
  const sizes = new ResizeObserver(() => {
    if (following) goToEnd()
  })
  sizes.observe(box)
  return {
    isFollowing: () => following,
    toEnd() {
      following = true
      goToEnd()
      on.onFollow()
    },
    fill() {
      if (box.scrollHeight <= box.clientHeight) on.onNearTop()
    },
    hold() {
      heldUntil = performance.now() + holdMsMax
      const restore = following ? goToEnd : keepPlace(box)
      return () => {
        restore()
        heldUntil = 0
        top = box.scrollTop
      }
    },
    watch: (timeline) => sizes.observe(timeline),
  }
}

/** A swap that never ends must not keep older messages away for ever. */
const holdMsMax = 1_000

/** Remembers the first row in sight; the returned function brings it back to where it was. */
function keepPlace(box: HTMLElement): () => void {
  const anchor = firstVisibleRow(box)
  const before = anchor?.getBoundingClientRect().top ?? 0
  return () => {
    // Zero where the browser's own scroll anchoring has done it already.
    const moved = (anchor?.getBoundingClientRect().top ?? before) - before
    if (moved !== 0 && anchor?.isConnected) box.scrollTop += moved
  }
}

function firstVisibleRow(box: HTMLElement): HTMLElement | null {
  const { top } = box.getBoundingClientRect()
  for (const row of box.querySelectorAll<HTMLElement>('.msg')) {
    if (row.getBoundingClientRect().bottom > top) return row
  }
  return null
}
