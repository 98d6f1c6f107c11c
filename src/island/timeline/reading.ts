import { element } from '../ui/page'

/** A room counts as read when its end was visible for this long. */
const readMs = 1_000

/** Decides when a room counts as read: its end was in front of somebody for a second. */
export type Reading = {
  /** Something changed: who looks, where the list stands, or what came. */
  check: () => void
  /** Whether somebody is looking at the end of the room just now. */
  isWatched: () => boolean
  /** What is here was marked unread: nothing counts as read until the room is opened again. */
  pause: () => void
  resume: () => void
}

type Place = { room: () => number; isAtEnd: () => boolean; readSeq: () => number }

/** Watches the window; `onRead` is called with the newest place that was seen. */
export function createReading(
  { room, isAtEnd, readSeq }: Place,
  onRead: (room: number, seq: number) => void,
  onLook: () => void,
): Reading {
  let timer: Timer | undefined
  let watched = 0
  let pausedIn: number | null = null
  const isWatched = (): boolean =>
    !document.hidden && document.hasFocus() && isAtEnd() && pausedIn !== room()
  const stop = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  const finish = (): void => {
    timer = undefined
    const seq = newestSeq()
    if (isWatched() && seq > readSeq()) onRead(room(), seq)
  }
  const check = (): void => {
    if (room() !== pausedIn) pausedIn = null
    onLook()
    if (!isWatched() || room() !== watched) stop()
    watched = room()
    if (isWatched() && newestSeq() > readSeq()) timer ??= setTimeout(finish, readMs)
  }
  for (const type of ['focus', 'blur']) addEventListener(type, check)
  document.addEventListener('visibilitychange', check)
  element('log', HTMLElement).addEventListener('scroll', check, { passive: true })
  return {
    check,
    isWatched,
    pause() {
      pausedIn = room()
      check()
    },
    resume() {
      pausedIn = null
      check()
    },
  }
}

/** Sought from the end, where it nearly always is. */
function newestSeq(): number {
  let row = element('timeline', HTMLElement).lastElementChild
  while (row !== null && !(row.matches('.msg') && Number(row.getAttribute('data-seq')) > 0)) {
    row = row.previousElementSibling
  }
  return Number(row?.getAttribute('data-seq') ?? 0)
}
