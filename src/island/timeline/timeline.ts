import { createPaths } from '../../shared/paths'
import type { Clock } from '../ui/clock'
import { fetchHtml, swapIn } from '../net/htmx'
import { isRemembered, list, room } from './insert'
import { createLeaving, type Leaving } from './leaving'
import type { OutboxEntry } from '../messages/outbox-entry'
import { element, type Page } from '../ui/page'
import { createPending, type Pending } from './pending'
import { createPill, type Pill } from './pill'
import { showGone, toPlace } from './place'
import { createPositions, type Positions } from './positions'
import { receive, remove } from './receiving'
import { createRows, type Rows } from './rows'
import { createScroller, type Scroller } from './scroller'
import { watchSwaps } from './swaps'
import { showToast } from '../ui/toast'
import { dropNewest, dropOldest } from './trim'

export type TimelineListener = {
  /** Changes are missing after `after`: ask the server. */
  onGap: (room: number, after: number) => void
  /** Rows arrived from the server, of whatever room, each perhaps not for the first time. */
  onRow: (row: HTMLElement) => void
  /** A row of an unanswered message with files is on the page, or was changed. */
  onPending: (row: HTMLElement, entry: OutboxEntry) => void
  /** Rows of other people arrived on this page. */
  onArrival: (rows: HTMLElement[]) => void
  /** More is on the page, older or newer. */
  onGrown: () => void
  /** Something on the page is about to go, perhaps with words that somebody is writing. */
  onLeaving: (root: ParentNode) => void
  /** Rows are about to be shown. */
  dress: (root: ParentNode) => void
  /**
   * The list is a fresh one: unanswered messages belong at its end again. `isJump` when the reader
   * wanted nothing but that end.
   */
  onFresh: (isJump: boolean) => void
}

export type Timeline = {
  room: () => number
  positions: Positions
  /**
   * Rows as the server published them, of any room, oldest first; `behind` as many more of the same
   * room are about to come.
   */
  receive: (rows: HTMLElement[], behind: number) => void
  remove: (room: number, seq: number, revision: number) => void
  /** Takes a row off the page while that can be undone; gives the way back. */
  hide: (row: HTMLElement) => () => void
  showPending: (entry: OutboxEntry) => void
  dropPending: (clientId: string) => void
  /** A message of mine was accepted in a room that is not the one on the screen. */
  settlePending: (clientId: string) => void
  isFollowing: () => boolean
  toEnd: () => void
  /** Shows the message at this place, if it is on the page; false when it is not. */
  toPlace: (seq: number) => boolean
  /** Asks for more of the past; false when there is none. */
  loadOlder: () => boolean
  /** Fetches a fresh list: too far behind, or its end had been left out. */
  reload: () => Promise<void>
  /** Shows the unanswered messages and the end; called once everything is wired. */
  start: () => void
}

export type TimelineParts = {
  page: Page
  listener: TimelineListener
  rows: Rows
  pending: Pending
  positions: Positions
  pill: Pill
  scroller: Scroller
  /** A fresh list is on its way because the reader wants its end. */
  isJumping: boolean
  /** Rows were left out that would have been taken off again at once: the next follow a hole. */
  isCut: boolean
  leaving: Leaving
}

/** The list of messages on the screen: in order, each once, at most 400 rows, never jumping. */
export function createTimeline(page: Page, clock: Clock, listener: TimelineListener): Timeline {
  const box = element('log', HTMLElement)
  const pill = createPill(page, () => toEnd(parts))
  const scroller = createScroller(box, {
    onNearTop: () => void loadMore('older'),
    onNearEnd: () => void loadMore('newer'),
    onFollow: () => pill.seen(),
    isEndHere: pill.isUpToDate,
  })
  const parts: TimelineParts = {
    page,
    listener,
    rows: createRows(page.user?.id ?? 0, clock, page.words),
    pending: createPending(page, clock, list),
    positions: createPositions(listener.onGap),
    pill,
    scroller,
    isJumping: false,
    isCut: false,
    leaving: createLeaving(() => {
      parts.rows.dress(list())
      parts.rows.settleAll(list())
    }),
  }
  clock.onMidnight(() => parts.rows.settleAll(list()))
  watchSwaps(box, list, {
    onFragment(fragment) {
      parts.rows.dress(fragment)
      listener.dress(fragment)
    },
    hold: scroller.hold,
    onLeaving: () => listener.onLeaving(list()),
    onOlder: () => growOlder(parts),
    onNewer: () => growNewer(parts),
    onFresh: () => start(parts),
  })
  return {
    room,
    positions: parts.positions,
    receive: (rows, behind) => receive(parts, rows, behind),
    remove: (roomId, seq, revision) => remove(parts, roomId, seq, revision),
    hide: parts.leaving.take,
    showPending: (entry) => showPending(parts, entry),
    dropPending: parts.pending.drop,
    settlePending(clientId) {
      const row = document.getElementById(`message-${page.user?.id}-${clientId}`)
      row?.classList.remove('msg--pending')
    },
    isFollowing: scroller.isFollowing,
    toEnd: () => toEnd(parts),
    toPlace: (seq) => toPlace(scroller, seq),
    loadOlder: () => loadMore('older'),
    reload: () => reload(page).then(() => {}),
    start: () => start(parts),
  }
}

function loadMore(which: 'older' | 'newer'): boolean {
  const link = document.getElementById(which)
  link?.dispatchEvent(new Event(which))
  return link !== null
}

function toEnd(parts: TimelineParts): void {
  if (parts.pill.isUpToDate()) return parts.scroller.toEnd()
  void jump(parts)
}

/** Fetches the end of the room; without a connection everything stays as it is. */
async function jump(parts: TimelineParts): Promise<boolean> {
  parts.isJumping = true
  const isDone = await reload(parts.page)
  parts.isJumping = false
  if (!isDone) showToast(parts.page.words.notConnected)
  return isDone
}

function start(parts: TimelineParts): void {
  const { page, positions, pending, pill, rows, scroller, listener } = parts
  const timeline = list()
  if (!isRemembered()) positions.set(room(), Number(timeline.dataset.revision))
  pill.setUpToDate(document.getElementById('newer') === null)
  rows.dress(timeline)
  listener.dress(timeline)
  rows.settleAll(timeline)
  pending.clear()
  parts.leaving.retake()
  scroller.watch(timeline)
  element('log', HTMLElement).dispatchEvent(new Event('fresh'))
  const { at } = timeline.dataset
  delete timeline.dataset.at
  if (at === undefined) scroller.toEnd()
  listener.onFresh(parts.isJumping || at !== undefined)
  parts.isCut = false
  if (at !== undefined && !toPlace(scroller, Number(at))) showGone(page, scroller, Number(at))
  scroller.fill()
}

/** False when there is no answer, or another room on the page by then. */
async function reload(page: Page): Promise<boolean> {
  const wanted = room()
  const path = createPaths(page.base).room(wanted)
  const html = await fetchHtml(page, path)
  if (html === null || room() !== wanted) return false
  await swapIn(html, list(), 'outerHTML')
  // From one message the reader went on to the end.
  if (location.pathname !== path) history.replaceState(null, '', path)
  return true
}

function growOlder({ page, positions, rows, pill, scroller, listener }: TimelineParts): void {
  rows.settleAll(list())
  const top = list().querySelector<HTMLElement>(':scope > #older, :scope > .start')
  positions.readAt(room(), Number(top?.dataset.revision))
  if (dropNewest(page, list())) pill.setUpToDate(false)
  listener.onGrown()
  scroller.fill()
}

function growNewer({ page, positions, rows, pill, scroller, listener }: TimelineParts): void {
  rows.settleAll(list())
  dropOldest(page, list(), rows)
  const bottom = list().querySelector<HTMLElement>(':scope > #newer, :scope > #newest')
  if (bottom?.id === 'newest') {
    bottom.remove()
    pill.setUpToDate(true)
  }
  positions.readAt(room(), Number(bottom?.dataset.revision))
  listener.onGrown()
  scroller.fill()
}

function showPending(parts: TimelineParts, entry: OutboxEntry): void {
  const { listener, pending, pill, rows, scroller } = parts
  if (entry.room !== room() && entry.writtenIn !== room()) return
  const show = (): void => {
    const row = pending.show(entry)
    if (row?.parentElement === list()) rows.settle(row)
    if (row !== null && entry.files.length > 0) listener.onPending(row, entry)
    scroller.toEnd()
  }
  if (pill.isUpToDate()) return show()
  // The end comes with all that is unanswered; when it does not come, this is shown here.
  void jump(parts).then((isDone) => void (isDone || show()))
}
