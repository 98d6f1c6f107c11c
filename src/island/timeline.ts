import { limits } from '../limits'
import { createPaths } from '../paths'
import type { Clock } from './clock'
import { fetchHtml, htmx, type SwapContext, swapIn } from './htmx'
import type { OutboxEntry } from './outbox'
import { element, type Page } from './page'
import { createPending, type Pending } from './pending'
import { createPill, type Pill } from './pill'
import { createPositions, type Positions } from './positions'
import { createRows, previousRow, type Rows, rowsOf, seqOf } from './rows'
import { createScroller, type Scroller } from './scroller'
import { makeSlip, otherName, slipNeighbour } from './slips'
import { watchSwaps } from './swaps'
import { dropNewest, dropOldest } from './trim'

export type TimelineListener = {
  /** Changes are missing after `after`: ask the server. */
  onGap: (room: number, after: number) => void
  /** Rows arrived from the server, of whatever room, each perhaps not for the first time. */
  onRow: (row: HTMLElement) => void
  /** Rows of other people arrived on this page. */
  onArrival: (rows: HTMLElement[]) => void
  /** More is on the page, older or newer. */
  onGrown: () => void
  /** Rows are about to be shown. */
  dress: (root: ParentNode) => void
  /** The list is a fresh one: unanswered messages belong at its end again. */
  onFresh: () => void
}

export type Timeline = {
  room: () => number
  positions: Positions
  /** Rows as the server published them, of any room, oldest first. */
  receive: (rows: HTMLElement[]) => void
  remove: (room: number, seq: number, revision: number) => void
  showPending: (entry: OutboxEntry) => void
  dropPending: (clientId: string) => void
  /** A message of mine was accepted in a room that is not the one on the screen. */
  settlePending: (clientId: string) => void
  isFollowing: () => boolean
  toEnd: () => void
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
}

/** The list of messages on the screen: in order, each once, at most 400 rows, never jumping. */
export function createTimeline(page: Page, clock: Clock, listener: TimelineListener): Timeline {
  const box = element('log', HTMLElement)
  const pill = createPill(page, () => (pill.isUpToDate() ? scroller.toEnd() : void reload(page)))
  const scroller = createScroller(box, {
    onNearTop: () => void loadOlder(),
    onFollow: () => pill.seen(),
  })
  const parts: Parts = {
    page,
    listener,
    rows: createRows(page.user?.id ?? 0, clock),
    pending: createPending(page, clock, list),
    positions: createPositions(listener.onGap),
    pill,
    scroller,
  }
  clock.onMidnight(() => parts.rows.settleAll(list()))
  watchSwaps(box, list, {
    onFragment(fragment) {
      parts.rows.dress(fragment)
      listener.dress(fragment)
    },
    hold: scroller.hold,
    onOlder: () => growOlder(parts),
    onFresh: () => start(parts),
  })
  return {
    room,
    positions: parts.positions,
    receive: (rows) => receive(parts, rows),
    remove: (roomId, seq, revision) => remove(parts, roomId, seq, revision),
    showPending: (entry) => showPending(parts, entry),
    dropPending: parts.pending.drop,
    settlePending(clientId) {
      const row = document.getElementById(`message-${page.user?.id}-${clientId}`)
      row?.classList.remove('msg--pending')
    },
    isFollowing: () => scroller.isFollowing() && pill.isUpToDate(),
    toEnd: () => (pill.isUpToDate() ? scroller.toEnd() : void reload(page)),
    loadOlder,
    reload: () => reload(page),
    start: () => start(parts),
  }
}

function list(): HTMLElement {
  return element('timeline', HTMLElement)
}

function room(): number {
  return Number(list().dataset.room)
}

function loadOlder(): boolean {
  const older = document.getElementById('older')
  older?.dispatchEvent(new Event('older'))
  return older !== null
}

function start({ positions, pending, pill, rows, scroller, listener }: Parts): void {
  const timeline = list()
  positions.set(room(), Number(timeline.dataset.revision))
  pill.setUpToDate(true)
  rows.dress(timeline)
  listener.dress(timeline)
  rows.settleAll(timeline)
  pending.clear()
  scroller.watch(timeline)
  scroller.toEnd()
  listener.onFresh()
  scroller.fill()
}

async function reload(page: Page): Promise<void> {
  const wanted = room()
  const html = await fetchHtml(page, createPaths(page.base).room(wanted))
  if (html !== null && room() === wanted) await swapIn(html, list(), 'outerHTML')
}

function growOlder({ rows, pill, scroller, listener }: Parts): void {
  rows.settleAll(list())
  if (dropNewest(list())) pill.setUpToDate(false)
  listener.onGrown()
  scroller.fill()
}

function receive(parts: Parts, published: HTMLElement[]): void {
  const fresh: HTMLElement[] = []
  for (const row of published) {
    parts.positions.heard(Number(row.dataset.room), Number(row.dataset.revision))
    parts.listener.onRow(row)
    const isHere = Number(row.dataset.room) === room()
    if (!isHere && Number(row.dataset.writtenIn) !== room()) continue
    const known = document.getElementById(row.id)
    if (known !== null) morph(parts, known, row)
    else if (!isHere) slip(parts, row)
    else if (!isBeforeLoaded(row)) fresh.push(row)
  }
  if (fresh.length > 0) arrive(parts, fresh)
  parts.listener.onGrown()
}

/** A private message that was written in this room. */
function slip(parts: Parts, row: HTMLElement): void {
  const { page, pending, scroller } = parts
  if (!parts.pill.isUpToDate()) return
  const release = scroller.hold()
  const after = Number(row.dataset.writtenAfter)
  const text = makeSlip(page, row, otherName(page, row), after).outerHTML
  const neighbour = slipNeighbour(list(), after) ?? pending.first()
  if (neighbour === null) swapLive({ text, target: list(), swap: 'beforeend' })
  else swapLive({ text, target: neighbour, swap: 'beforebegin' })
  release()
}

/** A row older than the page goes: it comes with its page, when somebody scrolls there. */
function isBeforeLoaded(row: HTMLElement): boolean {
  const [first] = rowsOf(list())
  const hasOlder = document.getElementById('older') !== null
  return hasOlder && first !== undefined && seqOf(row) < seqOf(first)
}

function morph(parts: Parts, known: HTMLElement, row: HTMLElement): void {
  if (Number(known.dataset.revision) >= Number(row.dataset.revision)) return
  const release = parts.scroller.hold()
  swapLive({ text: row.outerHTML, target: known, swap: 'outerMorph' })
  if (known.closest('.slip') === null) place(parts, row.id)
  release()
}

function arrive(parts: Parts, fresh: HTMLElement[]): void {
  const { page, listener, pending, pill, rows, scroller } = parts
  const others = fresh.filter((row) => Number(row.dataset.user) !== page.user?.id)
  listener.onArrival(others)
  // Somebody reading far back keeps a full list; the newest come with "Jump to present".
  const isFull = !scroller.isFollowing() && rowsOf(list()).length >= limits.timelineRowsMax
  if (isFull) pill.setUpToDate(false)
  if (!scroller.isFollowing()) pill.add(others.length)
  if (!pill.isUpToDate()) return
  const release = scroller.hold()
  const first = pending.first()
  const text = fresh.map((row) => row.outerHTML).join('')
  if (first === null) swapLive({ text, target: list(), swap: 'beforeend' })
  else swapLive({ text, target: first, swap: 'beforebegin' })
  for (const { id } of fresh) {
    // More than three at once arrive without a show.
    if (fresh.length <= 3) document.getElementById(id)?.classList.add('enter')
    place(parts, id)
  }
  if (scroller.isFollowing()) dropOldest(page, list(), rows)
  release()
}

function swapLive(swap: Pick<SwapContext, 'text' | 'target' | 'swap'>): void {
  void htmx().swap({ ...swap, sourceElement: list(), isLive: true })
}

/** Moves a row up to its place when it came late; pending ones keep standing last. */
function place({ rows }: Parts, id: string): void {
  const row = document.getElementById(id)
  if (row === null) return
  let before = previousRow(row)
  while (before !== null && seqOf(before) > seqOf(row)) {
    before.before(row)
    before = previousRow(row)
  }
  rows.settle(row)
}

function remove(parts: Parts, roomId: number, seq: number, revision: number): void {
  parts.positions.heard(roomId, revision)
  if (roomId !== room()) return
  const release = parts.scroller.hold()
  list().querySelector(`.msg[data-seq="${seq}"]`)?.remove()
  parts.rows.settleAll(list())
  release()
}

function showPending({ page, pending, pill, rows, scroller }: Parts, entry: OutboxEntry): void {
  if (entry.room !== room() && entry.writtenIn !== room()) return
  if (!pill.isUpToDate()) return void reload(page)
  const row = pending.show(entry)
  if (row?.parentElement === list()) rows.settle(row)
  scroller.toEnd()
}
