/** Older and newer messages are fetched this far from an edge, so that nobody waits at it. */
const moreFromEdgePx = 1_200
/** Within this distance of the end the reader follows new messages. */
const stickPx = 100

/** Keeps the reader's place: at the end while following, and still while readMarker back. */
export type Scroller = {
  isFollowing: () => boolean
  toEnd: () => void
  /** Remembers the place before a change of the list; the returned function restores it after. */
  hold: () => () => void
  /** Brings a row into the middle; the reader follows the end no more. */
  toRow: (row: HTMLElement) => void
  /** Requests for more messages when there are too few to scroll at all. */
  fill: () => void
  /** Watches the size of a list that replaced the one before. */
  watch: (timeline: HTMLElement) => void
}

export type ScrollHooks = {
  /** Older messages will soon be needed, or newer ones. */
  onNearTop: () => void
  onNearEnd: () => void
  /** The reader came back to the end. */
  onFollow: () => void
  /** Whether the list ends with the room's newest message: only that end can be followed. */
  isEndHere: () => boolean
}

/** `top`: where the box stood last. `heldUntil`: moves before that are not the reader's doing. */
type Place = { following: boolean; top: number; heldUntil: number }

/** Watches the scrolling box. */
export function createScroller(box: HTMLElement, on: ScrollHooks): Scroller {
  const place: Place = { following: true, top: 0, heldUntil: 0 }
  const goToEnd = (): void => {
    box.scrollTop = box.scrollHeight
    // The event comes a frame later, and may come as one with the reader's own first scroll.
    place.top = box.scrollTop
  }
  box.addEventListener('scroll', () => follow(box, place, on), { passive: true })
  // The composer grows, a keyboard opens, a picture loads: the end stays the end.
  const sizes = new ResizeObserver(() => {
    if (place.following) goToEnd()
  })
  sizes.observe(box)
  return {
    isFollowing: () => place.following,
    toEnd() {
      place.following = true
      goToEnd()
      on.onFollow()
    },
    toRow(row) {
      place.following = false
      const { top, height } = row.getBoundingClientRect()
      const middle = Math.max(0, (box.clientHeight - height) / 2)
      box.scrollTop += top - box.getBoundingClientRect().top - middle
      place.top = box.scrollTop
      // A room that fits the screen does not scroll, and is still followed.
      place.following = on.isEndHere() && leftBelow(box) < stickPx
      if (box.scrollTop < moreFromEdgePx) on.onNearTop()
      if (leftBelow(box) < moreFromEdgePx) on.onNearEnd()
    },
    fill() {
      if (box.scrollHeight > box.clientHeight) return
      on.onNearTop()
      on.onNearEnd()
    },
    hold() {
      place.heldUntil = performance.now() + holdMsMax
      const restore = place.following ? goToEnd : keepPlace(box)
      return () => {
        restore()
        place.heldUntil = 0
        place.top = box.scrollTop
      }
    },
    watch: (timeline) => sizes.observe(timeline),
  }
}

function leftBelow(box: HTMLElement): number {
  return box.scrollHeight - box.scrollTop - box.clientHeight
}

function follow(box: HTMLElement, place: Place, on: ScrollHooks): void {
  const wasFollowing = place.following
  const [left, top] = [leftBelow(box), box.scrollTop]
  place.following = on.isEndHere() && left < stickPx
  if (place.following && !wasFollowing) on.onFollow()
  // While a list is being replaced the box may stand anywhere: that is not the reader's doing.
  const isHeld = performance.now() < place.heldUntil
  // Only on the way there: the end of a short page is near its top, too.
  if (!isHeld && top < place.top && top < moreFromEdgePx) on.onNearTop()
  if (!isHeld && top > place.top && left < moreFromEdgePx) on.onNearEnd()
  place.top = top
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
