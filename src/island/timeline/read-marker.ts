import { list } from '../ui/rows'
import type { App, ReadMarker } from '../app'
import { element } from '../ui/dom'

/** A room counts as read when its end has been in view for this long. */
const readMs = 1_000

type Needs = Pick<App, 'connection' | 'rooms' | 'timeline'>

/** Watches the window and the list, and tells the server what was read. */
export function createReadMarker({ connection, rooms, timeline }: Needs): ReadMarker {
  const { room } = timeline
  let timer: Timer | undefined
  let watched = 0
  let pausedIn: number | null = null
  const isWatched = (): boolean =>
    !document.hidden && document.hasFocus() && timeline.isFollowing() && pausedIn !== room()
  const isUnread = (): boolean => newestSeq() > (rooms.find(room())?.read_seq ?? 0)
  const finish = (): void => {
    timer = undefined
    if (isWatched() && isUnread()) connection.send({ type: 'read', room: room(), seq: newestSeq() })
  }
  const check = (): void => {
    if (room() !== pausedIn) pausedIn = null
    rooms.look(room(), isWatched())
    if (!isWatched() || room() !== watched) {
      clearTimeout(timer)
      timer = undefined
    }
    watched = room()
    if (isWatched() && isUnread()) timer ??= setTimeout(finish, readMs)
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

/** The newest place on the page, found from the end, where it nearly always is. */
function newestSeq(): number {
  let row = list().lastElementChild
  while (row !== null && !(row.matches('.msg') && Number(row.getAttribute('data-seq')) > 0)) {
    row = row.previousElementSibling
  }
  return Number(row?.getAttribute('data-seq') ?? 0)
}
