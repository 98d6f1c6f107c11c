/** Older and newer messages are fetched this far from an edge, so that nobody waits there. */
const moreFromEdgePx = 1_200
/** Within this distance of the end the reader follows new messages. */
const stickPx = 100
/** A swap that never ends must not block older messages for ever. */
const holdMsMax = 1_000

/** Keeps the reader's place: at the end while following, and still while reading back. */
export type Scroller = {
  isFollowing: () => boolean
  toEnd: () => void
  /** Called before a change of the list; the returned function restores the place after it. */
  hold: () => () => void
  /** Centres a row; the reader stops following. */
  toRow: (row: HTMLElement) => void
  /** Requests more messages when there are too few to scroll. */
  fill: () => void
  /** Watches the size of a list that replaced another. */
  watch: (timeline: HTMLElement) => void
}

type ScrollHooks = {
  onNearTop: () => void
  onNearEnd: () => void
  /** The reader came back to the end. */
  onFollow: () => void
  /** Whether the list ends with the room's newest message: only that end can be followed. */
  isEndHere: () => boolean
}

export function createScroller(box: HTMLElement, on: ScrollHooks): Scroller {
  let following = true
  let lastTop = 0
  // Scrolling before this time is caused by a swap, not by the reader.
  let heldUntil = 0
  const leftBelow = (): number => box.scrollHeight - box.scrollTop - box.clientHeight
  const isAtEnd = (): boolean => on.isEndHere() && leftBelow() < stickPx
  const goToEnd = (): void => {
    box.scrollTop = box.scrollHeight
    // The event comes a frame later, perhaps together with the reader's own first scroll.
    lastTop = box.scrollTop
  }
  const onScroll = (): void => {
    const { scrollTop: top } = box
    const wasFollowing = following
    following = isAtEnd()
    if (following && !wasFollowing) on.onFollow()
    const isHeld = performance.now() < heldUntil
    // By direction, as the end of a short page is near its top, too.
    if (!isHeld && top < lastTop && top < moreFromEdgePx) on.onNearTop()
    if (!isHeld && top > lastTop && leftBelow() < moreFromEdgePx) on.onNearEnd()
    lastTop = top
  }
  box.addEventListener('scroll', onScroll, { passive: true })
  // The composer grows, a keyboard opens, a picture loads: the end stays the end.
  const sizes = new ResizeObserver(() => void (following && goToEnd()))
  sizes.observe(box)
  return {
    isFollowing: () => following,
    toEnd() {
      following = true
      goToEnd()
      on.onFollow()
    },
    toRow(row) {
      following = false
      centre(box, row)
      lastTop = box.scrollTop
      // A room that fits the screen does not scroll, and is still followed.
      following = isAtEnd()
      if (box.scrollTop < moreFromEdgePx) on.onNearTop()
      if (leftBelow() < moreFromEdgePx) on.onNearEnd()
    },
    fill() {
      if (box.scrollHeight > box.clientHeight) return
      on.onNearTop()
      on.onNearEnd()
    },
    hold() {
      heldUntil = performance.now() + holdMsMax
      const restore = following ? goToEnd : keepPlace(box)
      return () => {
        restore()
        heldUntil = 0
        lastTop = box.scrollTop
      }
    },
    watch: (timeline) => sizes.observe(timeline),
  }
}

function centre(box: HTMLElement, row: HTMLElement): void {
  const { top, height } = row.getBoundingClientRect()
  const middle = Math.max(0, (box.clientHeight - height) / 2)
  box.scrollTop += top - box.getBoundingClientRect().top - middle
}

/** Remembers the first row in view; the returned function moves it back to where it was. */
function keepPlace(box: HTMLElement): () => void {
  const { top } = box.getBoundingClientRect()
  const isInView = (row: Element): boolean => row.getBoundingClientRect().bottom > top
  const anchor = [...box.querySelectorAll('.msg')].find(isInView)
  const before = anchor?.getBoundingClientRect().top ?? 0
  return () => {
    // Zero where the browser's own scroll anchoring has moved it already.
    const moved = (anchor?.getBoundingClientRect().top ?? before) - before
    if (moved !== 0 && anchor?.isConnected) box.scrollTop += moved
  }
}
