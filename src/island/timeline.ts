import { limits } from '../limits'
import { createPaths } from '../paths'
import type { Clock } from './clock'
import { fetchHtml, swapIn } from './htmx'
import { insertRows, insertSlip, isBeforeLoaded, isRemembered, list, morph, room } from './insert'
import type { OutboxEntry } from './outbox-entry'
import { element, type Page } from './page'
import { createPending, type Pending } from './pending'
import { createPill, type Pill } from './pill'
import { showGone, toPlace } from './place'
import { createPositions, type Positions } from './positions'
import { requote, unquote } from './quotes'
import { createRows, type Rows, rowsOf } from './rows'
import { createScroller, type Scroller } from './scroller'
import { dropSlipOf } from './slips'
import { watchSwaps } from './swaps'
import { dropAll, dropNewest, dropOldest } from './trim'

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

type Parts = {
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
  const parts: Parts = {
    page,
    listener,
    rows: createRows(page.user?.id ?? 0, clock, page.words),
    pending: createPending(page, clock, list),
    positions: createPositions(listener.onGap),
    pill,
    scroller,
    isJumping: false,
    isCut: false,
  }
  clock.onMidnight(() => parts.rows.settleAll(list()))
  watchSwaps(box, list, {
    onFragment(fragment) {
      parts.rows.dress(fragment)
      listener.dress(fragment)
    },
    hold: scroller.hold,
    onOlder: () => growOlder(parts),
    onNewer: () => growNewer(parts),
    onFresh: () => start(parts),
  })
  return {
    room,
    positions: parts.positions,
    receive: (rows, behind) => receive(parts, rows, behind),
    remove: (roomId, seq, revision) => remove(parts, roomId, seq, revision),
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
    reload: () => reload(page),
    start: () => start(parts),
  }
}

function loadMore(which: 'older' | 'newer'): boolean {
  const link = document.getElementById(which)
  link?.dispatchEvent(new Event(which))
  return link !== null
}

function toEnd(parts: Parts): void {
  if (parts.pill.isUpToDate()) return parts.scroller.toEnd()
  parts.isJumping = true
  void reload(parts.page)
}

function start(parts: Parts): void {
  const { page, positions, pending, pill, rows, scroller, listener } = parts
  const timeline = list()
  if (!isRemembered()) positions.set(room(), Number(timeline.dataset.revision))
  pill.setUpToDate(document.getElementById('newer') === null)
  rows.dress(timeline)
  listener.dress(timeline)
  rows.settleAll(timeline)
  pending.clear()
  scroller.watch(timeline)
  const { at } = timeline.dataset
  delete timeline.dataset.at
  if (at === undefined) scroller.toEnd()
  listener.onFresh(parts.isJumping || at !== undefined)
  parts.isJumping = false
  parts.isCut = false
  if (at !== undefined && !toPlace(scroller, Number(at))) showGone(page, scroller, Number(at))
  scroller.fill()
}

async function reload(page: Page): Promise<void> {
  const wanted = room()
  const path = createPaths(page.base).room(wanted)
  const html = await fetchHtml(page, path)
  if (html === null || room() !== wanted) return
  await swapIn(html, list(), 'outerHTML')
  // From one message the reader went on to the end.
  if (location.pathname !== path) history.replaceState(null, '', path)
}

function growOlder({ page, rows, pill, scroller, listener }: Parts): void {
  rows.settleAll(list())
  if (dropNewest(page, list())) pill.setUpToDate(false)
  listener.onGrown()
  scroller.fill()
}

function growNewer({ page, positions, rows, pill, scroller, listener }: Parts): void {
  rows.settleAll(list())
  dropOldest(page, list(), rows)
  const newest = document.getElementById('newest')
  if (newest !== null) {
    newest.remove()
    pill.setUpToDate(true)
    // What was said since that page was made is asked for, as after an interruption.
    positions.set(room(), Number(newest.dataset.revision))
  }
  listener.onGrown()
  scroller.fill()
}

function receive(parts: Parts, published: HTMLElement[], behind: number): void {
  const fresh: HTMLElement[] = []
  for (const row of published) {
    parts.positions.heard(Number(row.dataset.room), Number(row.dataset.revision))
    parts.listener.onRow(row)
    if (Number(row.dataset.revision) > Number(row.dataset.seq)) requote(list(), row)
    const isHere = Number(row.dataset.room) === room()
    if (!isHere && Number(row.dataset.writtenIn) !== room()) continue
    const known = document.getElementById(row.id)
    if (known !== null) morph(parts, known, row)
    else if (!isHere) insertSlip(parts, row)
    else if (!isBeforeLoaded(row)) fresh.push(row)
  }
  if (fresh.length > 0) arrive(parts, fresh, behind)
  parts.listener.onGrown()
}

function arrive(parts: Parts, fresh: HTMLElement[], behind: number): void {
  const { page, listener, pill, scroller } = parts
  const others = fresh.filter((row) => Number(row.dataset.user) !== page.user?.id)
  listener.onArrival(others)
  // Somebody reading far back keeps a full list; the newest come with "Jump to present".
  const isFull = !scroller.isFollowing() && rowsOf(list()).length >= limits.timelineRowsMax
  if (isFull) pill.setUpToDate(false)
  if (!scroller.isFollowing()) pill.add(others.length)
  if (!pill.isUpToDate()) return
  if (scroller.isFollowing() && behind >= limits.timelineRowsMax) {
    parts.isCut = true
    return
  }
  if (parts.isCut) dropAll(list())
  insertRows(parts, fresh, parts.isCut)
  parts.isCut = false
}

function remove(parts: Parts, roomId: number, seq: number, revision: number): void {
  parts.positions.heard(roomId, revision)
  unquote(list(), roomId, seq)
  const place = `.msg[data-room="${roomId}"][data-seq="${seq}"]`
  const row = list().querySelector<HTMLElement>(place)
  if (row === null) return
  const release = parts.scroller.hold()
  dropSlipOf(row)
  parts.rows.settleAll(list())
  release()
}

function showPending(parts: Parts, entry: OutboxEntry): void {
  const { listener, pending, pill, rows, scroller } = parts
  if (entry.room !== room() && entry.writtenIn !== room()) return
  if (!pill.isUpToDate()) return toEnd(parts)
  const row = pending.show(entry)
  if (row?.parentElement === list()) rows.settle(row)
  if (row !== null && entry.files.length > 0) listener.onPending(row, entry)
  scroller.toEnd()
}
