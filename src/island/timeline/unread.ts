import type { App, BarState, NewLine, ReadMarker } from '../app'
import { element, make } from '../ui/dom'
import type { Page } from '../ui/page'
import { list, rowsOf, seqOf } from '../ui/rows'
import { topOf } from './rows'
import { loadMore, scrollTo } from './scroller'

/** A room counts as read when its end has been in view for this long. */
const readMs = 1_000

/**
 * The line before the first unread message. `setBar` shows how many are above, when the line is,
 * and hears what becomes of that.
 */
export function createNewLine(page: Page, setBar: (state: BarState) => void): NewLine {
  const box = element('log', HTMLElement)
  let hasBar = false
  // The read marker when the room was opened; null without a line.
  let readSeq: number | null = null
  // The reader wants to see the line, and older messages were requested.
  let isSeeking = false
  const tell = (state: BarState): void => {
    if (hasBar || state === 'shown') setBar(state)
    hasBar = state === 'shown' || (hasBar && state === 'read')
  }
  const leave = (): void => tell('gone')
  const drop = (): void => {
    document.getElementById('new-line')?.remove()
    leave()
    readSeq = null
    isSeeking = false
  }
  const place = (): HTMLElement | null => (readSeq === null ? null : placeLine(page, readSeq))
  const seek = (): void => {
    const line = place()
    isSeeking = line === null && loadMore('older')
    if (line === null) return
    leave()
    scrollTo(box, line, box.clientHeight / 3)
  }
  const open = (): void => {
    drop()
    const { dataset } = list()
    if (!(Number(dataset.unread) > 0)) return
    readSeq = Number(dataset.readSeq)
    const line = place()
    const top = line?.getBoundingClientRect().top ?? Number.NEGATIVE_INFINITY
    if (top >= box.getBoundingClientRect().top) return
    if (line !== null) scrollTo(box, line, box.clientHeight / 3)
    tell('shown')
  }
  return {
    drop,
    leave,
    read: () => tell('read'),
    seek,
    open,
    openAt(seq, at) {
      Object.assign(list().dataset, { readSeq: seq - 1, unread: 1, unreadSince: at })
      open()
      leave()
    },
    grown: () => (isSeeking ? seek() : void place()),
  }
}

/** Puts the line before the first unread message; null while that is not on the page. */
function placeLine(page: Page, readSeq: number): HTMLElement | null {
  const known = document.getElementById('new-line')
  const first = firstUnread(page.user?.id, readSeq)
  if (known !== null || first === null) return known
  const line = make('p', { id: 'new-line', class: 'new-line' }, page.words.newLine)
  topOf(first).before(line)
  first.classList.remove('msg--follow')
  return line
}

/** The first unread message of somebody else, if what is before it is on the page, too. */
function firstUnread(reader: number | undefined, readSeq: number): HTMLElement | null {
  const rows = rowsOf()
  const isWhole = document.getElementById('older') === null
  if (!isWhole && !rows.some((row) => seqOf(row) <= readSeq)) return null
  const isUnread = (row: HTMLElement): boolean =>
    seqOf(row) > readSeq && Number(row.dataset.user) !== reader
  return rows.find(isUnread) ?? null
}

/** Watches the window and the list, and tells the server what was read. */
export function createReadMarker(
  app: Pick<App, 'connection' | 'newLine' | 'rooms' | 'timeline'>,
): ReadMarker {
  const { connection, newLine, rooms, timeline } = app
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
    if (!isUnread()) newLine.read()
    else if (isWatched()) timer ??= setTimeout(finish, readMs)
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

function newestSeq(): number {
  const newest = ':scope > :nth-last-child(1 of .msg:not([data-seq="0"]))'
  return Number(list().querySelector<HTMLElement>(newest)?.dataset.seq ?? 0)
}
