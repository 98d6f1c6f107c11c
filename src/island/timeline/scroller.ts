/** Older and newer messages are fetched this far from an edge, so that nobody waits there. */
const moreFromEdgePx = 1_200
/** Within this distance of the end the reader follows new messages. */
const stickPx = 100
/** A swap that never ends must not block older messages for ever. */
const holdMsMax = 1_000
/** A scroll within this time after a wheel or a finger moved is the reader's. */
const pullMs = 150

export type Scroller = ReturnType<typeof createScroller>

/** Keeps the reader's place; `onFollow` is called when the reader comes back to the end. */
export function createScroller(box: HTMLElement, onFollow: () => void) {
  let following = true
  const motion = watchMotion(box)
  // Scrolling before this time is caused by a swap, not by the reader.
  let heldUntil = 0
  const isAtEnd = (): boolean => leftBelow(box) < stickPx && hasEnd()
  const isLeaving = (): boolean => motion.isUp() && !isAtEnd()
  const goToEnd = (): void => {
    box.scrollTop = box.scrollHeight
    // The event comes a frame later, perhaps together with the reader's own first scroll.
    motion.note()
  }
  const onScroll = (): void => {
    const moved = box.scrollTop - motion.top()
    const wasFollowing = following
    following = isAtEnd() || (wasFollowing && hasEnd() && !isLeaving())
    if (following && !wasFollowing) onFollow()
    // By direction, as the end of a short page is near its top, too.
    if (performance.now() >= heldUntil) loadNear(box, moved < 0, moved > 0)
    motion.note()
    if (following && !isAtEnd()) goToEnd()
  }
  box.addEventListener('scroll', onScroll, { passive: true })
  // The composer grows, a keyboard opens, a picture loads: the end stays the end.
  const sizes = new ResizeObserver(() => void (following && goToEnd()))
  sizes.observe(box)
  return {
    isFollowing: () => following,
    toEnd(): void {
      following = true
      goToEnd()
      onFollow()
    },
    /** Scrolls a row to the middle, or so far below the top. */
    toRow(row: HTMLElement, px?: number): void {
      const above = (box.clientHeight - row.getBoundingClientRect().height) / 2
      scrollTo(box, row, px ?? Math.max(0, above))
      motion.note()
      // A room that fits the screen does not scroll, and is still followed.
      following = isAtEnd()
      loadNear(box)
    },
    /** Requests more when there is too little to scroll. */
    fill: (): void => fill(box),
    /** Called before a change of the list; the returned function restores the place after it. */
    hold(): () => void {
      heldUntil = performance.now() + holdMsMax
      const { scrollTop: before } = box
      // The reader may have scrolled up before the change, with the event still to come.
      const restore = following && !isLeaving() ? null : keepPlace(box)
      return () => {
        heldUntil = 0
        if (restore === null) return goToEnd()
        restore()
        motion.note(box.scrollTop - before)
      }
    },
    watch: (timeline: HTMLElement): void => sizes.observe(timeline),
  }
}

/**
 * Tells the reader's own scrolling from the browser's: where the list or its box has another size,
 * the browser has moved the place, and only a wheel or a finger counts.
 */
function watchMotion(box: HTMLElement) {
  let lastTop = 0
  let lastShape = ''
  let pulledAt = 0
  const shapeOf = (): string => `${box.scrollHeight} ${box.clientHeight}`
  const onPull = (): void => void (pulledAt = performance.now())
  for (const type of ['wheel', 'touchmove']) box.addEventListener(type, onPull, { passive: true })
  return {
    top: (): number => lastTop,
    /** Takes the place as it is for the last one, or as moved by a change of the list. */
    note(movedPx?: number): void {
      lastTop = movedPx === undefined ? box.scrollTop : lastTop + movedPx
      lastShape = shapeOf()
    },
    /** Whether the reader has scrolled up since then. */
    isUp(): boolean {
      const isSame = lastShape === shapeOf()
      return box.scrollTop < lastTop && (isSame || performance.now() - pulledAt < pullMs)
    },
  }
}

function leftBelow({ clientHeight, scrollHeight, scrollTop }: HTMLElement): number {
  return scrollHeight - scrollTop - clientHeight
}

function fill(box: HTMLElement): void {
  if (box.scrollHeight <= box.clientHeight) loadNear(box)
}

function loadNear(box: HTMLElement, isUp = true, isDown = true): void {
  if (isUp && box.scrollTop < moreFromEdgePx) loadMore('older')
  if (isDown && leftBelow(box) < moreFromEdgePx) loadMore('newer')
}

/** Whether the list ends with the room's newest message: only that end can be followed. */
export function hasEnd(): boolean {
  return (document.getElementById('newer') ?? document.getElementById('newest')) === null
}

/** Requests older or newer messages; false when there are none. */
export function loadMore(which: 'older' | 'newer'): boolean {
  const link = document.getElementById(which)
  link?.dispatchEvent(new Event(which))
  return link !== null
}

/** More than two screens above the end. */
export function isFar(box: HTMLElement): boolean {
  return leftBelow(box) > 2 * box.clientHeight
}

/** Scrolls until an element is this far below the top of its box. */
export function scrollTo(box: HTMLElement, part: HTMLElement, px: number): void {
  box.scrollTop += part.getBoundingClientRect().top - box.getBoundingClientRect().top - px
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
