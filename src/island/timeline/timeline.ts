import {
  currentRoom,
  isFromDevice,
  list,
  passFocus,
  placeOf,
  revisionOf,
  rowsOf,
  seqOf,
} from '../ui/rows'
import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import type { App, OutboxEntry, Positions, Timeline } from '../app'
import { fetchHtml, swapIn, watchSwaps } from '../net/htmx'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'
import { showToast } from '../ui/toast'
import {
  dropAll,
  dropNewest,
  dropOldest,
  endHere,
  insertNote,
  insertRows,
  type TimelineContext,
  update,
} from './insert'
import { createPending } from './pending'
import { createPill } from './pill'
import { frameOf } from './private-notes'
import { dropQuotes, updateQuotes } from './quotes'
import { createRows } from './rows'
import { createScroller } from './scroller'

/** What the recipes do when the list changes by itself. */
type TimelineListener = {
  /** Another list is on the page; `isJump`: because the reader wanted its end, or one message. */
  shown: (isJump: boolean) => void
  /** Older or newer rows were loaded. */
  grown: () => void
  /** This part of the page is about to be removed. */
  removing: (root: ParentNode) => void
}

type State = TimelineContext & {
  listener: TimelineListener
  positions: Positions
  /** Ids of rows that are hidden while their deletion can be undone. */
  hidden: Set<string>
  /** A fresh list was requested because the reader wants its end. */
  isJumping: boolean
  /** New rows were left out, as they would be removed at once: the next ones follow a gap. */
  hasGap: boolean
}

type TimelineNeeds = Pick<App, 'page' | 'clock' | 'muted' | 'positions'>

/** The list of messages: in order, each once, at most 400 rows, and it never jumps. */
export function createTimeline(needs: TimelineNeeds, listener: TimelineListener): Timeline {
  const { page, clock, positions } = needs
  const box = element('log', HTMLElement)
  const pill = createPill(page, () => toEnd(state))
  const rows = createRows(needs)
  const scroller = createScroller(box, {
    onNearTop: () => void loadMore('older'),
    onNearEnd: () => void loadMore('newer'),
    onFollow: () => pill.seen(),
    isEndHere: pill.isUpToDate,
  })
  const pending = createPending(page, clock)
  const hidden = new Set<string>()
  const decorate = (root: ParentNode): void => {
    rows.decorate(root)
    for (const id of hidden) setHidden(root.querySelector<HTMLElement>(`[id="${id}"]`), true)
  }
  const parts = { page, rows, pending, pill, scroller, positions, listener, hidden, decorate }
  const state: State = { ...parts, isJumping: false, hasGap: false }
  clock.onMidnight(rows.regroupAll)
  watchSwaps(list, {
    onFragment: decorate,
    hold: scroller.hold,
    onReplacing: () => listener.removing(list()),
    onOlder: () => growOlder(state),
    onNewer: () => growNewer(state),
    onReplaced: () => start(state),
  })
  return {
    room: currentRoom,
    receive: (row) => receive(state, row),
    append: (fresh, others, behind) => append(state, fresh, others, behind),
    remove: (room, seq) => remove(state, room, seq),
    hide: (row) => hide(state, row.id),
    showPending: (entry) => showPending(state, entry),
    dropPending: pending.drop,
    markSent(clientId) {
      const row = document.getElementById(`message-${page.user?.id}-${clientId}`)
      row?.classList.remove('msg--pending')
    },
    hasEnd: pill.isUpToDate,
    isFollowing: scroller.isFollowing,
    toEnd: () => toEnd(state),
    jumpToEnd: () => jumpToEnd(state),
    toMessage: (seq) => toMessage(state, seq),
    loadOlder: () => loadMore('older'),
    reload: () => reload(page),
    start: () => start(state),
  }
}

function receive(state: State, row: HTMLElement): boolean {
  const { room, seq } = placeOf(row)
  if (revisionOf(row) > seq) updateQuotes(list(), row)
  const isHere = room === currentRoom()
  if (!isHere && Number(row.dataset.writtenIn) !== currentRoom()) return false
  const known = document.getElementById(row.id)
  if (known !== null) update(state, known, row)
  else if (!isHere) insertNote(state, row)
  // A change of a row that is not loaded is not new: it comes with its page.
  else return !isBeforeList(row) && (state.pill.isUpToDate() || revisionOf(row) === seq)
  return false
}

/** Whether a row is older than the page. */
function isBeforeList(row: HTMLElement): boolean {
  const [first] = rowsOf()
  const hasOlder = document.getElementById('older') !== null
  return hasOlder && first !== undefined && seqOf(row) < seqOf(first)
}

function append(state: State, fresh: HTMLElement[], others: number, behind: number): void {
  const { page, listener, pill, scroller } = state
  const isFollowing = scroller.isFollowing()
  // Somebody who reads far back keeps a full list; the newest come with "Jump to present".
  const isFull = !isFollowing && rowsOf().length >= limits.timelineRowsMax
  if (isFull && pill.isUpToDate()) {
    pill.setUpToDate(false)
    endHere(page)
  }
  if (!isFollowing) pill.add(others)
  if (!pill.isUpToDate()) return
  if (isFollowing && behind >= limits.timelineRowsMax) {
    state.hasGap = true
    return
  }
  if (state.hasGap) {
    listener.removing(list())
    dropAll()
  }
  insertRows(state, fresh, state.hasGap)
  state.hasGap = false
}

function remove({ hidden, listener, rows, scroller }: State, room: number, seq: number): void {
  dropQuotes(list(), room, seq)
  const place = `.msg[data-room="${room}"][data-seq="${seq}"]`
  const row = list().querySelector<HTMLElement>(place)
  if (row === null) return
  const release = scroller.hold()
  listener.removing(row)
  passFocus(frameOf(row))
  frameOf(row).remove()
  hidden.delete(row.id)
  rows.regroupAll()
  release()
}

/** Hides a row; the returned function shows its newest state in its place again. */
function hide({ hidden, rows }: State, id: string): () => void {
  const set = (isHidden: boolean): void => {
    if (isHidden) hidden.add(id)
    else hidden.delete(id)
    setHidden(document.getElementById(id), isHidden)
    rows.regroupAll()
  }
  set(true)
  return () => set(false)
}

function setHidden(row: HTMLElement | null, isHidden: boolean): void {
  if (row === null) return
  row.hidden = isHidden
  frameOf(row).hidden = isHidden
}

function showPending({ pending, rows, scroller }: State, entry: OutboxEntry): HTMLElement | null {
  const row = pending.show(entry)
  if (row?.parentElement === list()) rows.regroup(row)
  scroller.toEnd()
  return row
}

function toEnd(state: State): void {
  if (state.pill.isUpToDate()) state.scroller.toEnd()
  else void jumpToEnd(state)
}

/** Fetches the end of the room; without a connection everything stays as it is. */
async function jumpToEnd(state: State): Promise<boolean> {
  state.isJumping = true
  const isDone = await reload(state.page)
  state.isJumping = false
  if (!isDone) showToast(state.page.words.notConnected)
  return isDone
}

/** False without an answer, or when another room is on the page by then. */
async function reload(page: Page): Promise<boolean> {
  const wanted = currentRoom()
  const path = createPaths(page.base).room(wanted)
  const html = await fetchHtml(page, path)
  if (html === null || currentRoom() !== wanted) return false
  await swapIn(html, list(), 'outerHTML')
  // The address may have been that of one message.
  if (location.pathname !== path) history.replaceState(null, '', path)
  return true
}

/** Scrolls to a message and highlights it; false when it is not on the page. */
function toMessage({ scroller }: State, seq: number): boolean {
  const row = list().querySelector<HTMLElement>(`:scope > .msg[data-seq="${seq}"]`)
  if (row === null) return false
  scroller.toRow(row)
  row.focus({ preventScroll: true })
  row.classList.remove('msg--flash')
  // Reading the layout restarts the animation.
  void row.offsetHeight
  row.classList.add('msg--flash')
  return true
}

/** The list on the page was made by the server or from the device copy. */
function start(state: State): void {
  const { positions, pending, pill, rows, scroller, listener } = state
  const timeline = list()
  if (!isFromDevice()) positions.set(currentRoom(), Number(timeline.dataset.revision))
  pill.setUpToDate(document.getElementById('newer') === null)
  state.decorate(timeline)
  rows.regroupAll()
  pending.clear()
  scroller.watch(timeline)
  element('log', HTMLElement).dispatchEvent(new Event('fresh'))
  const { at } = timeline.dataset
  delete timeline.dataset.at
  if (at === undefined) scroller.toEnd()
  listener.shown(state.isJumping || at !== undefined)
  state.hasGap = false
  if (at !== undefined && !toMessage(state, Number(at))) showDeleted(state, Number(at))
  scroller.fill()
}

/** The wanted message was deleted; the ones around it are shown. */
function showDeleted({ page, scroller }: State, seq: number): void {
  const next = rowsOf().find((row) => seqOf(row) > seq) ?? rowsOf().at(-1)
  if (next !== undefined) scroller.toRow(next)
  showToast(page.words.messageGone)
}

function loadMore(which: 'older' | 'newer'): boolean {
  const link = document.getElementById(which)
  link?.dispatchEvent(new Event(which))
  return link !== null
}

function growOlder({ page, positions, rows, pill, scroller, listener }: State): void {
  rows.regroupAll()
  const top = list().querySelector<HTMLElement>(':scope > #older, :scope > .start')
  positions.readAt(currentRoom(), Number(top?.dataset.revision))
  if (dropNewest(page)) pill.setUpToDate(false)
  listener.grown()
  scroller.fill()
}

function growNewer({ page, positions, rows, pill, scroller, listener }: State): void {
  rows.regroupAll()
  dropOldest(page, rows)
  const bottom = list().querySelector<HTMLElement>(':scope > #newer, :scope > #newest')
  if (bottom?.id === 'newest') {
    bottom.remove()
    pill.setUpToDate(true)
  }
  positions.readAt(currentRoom(), Number(bottom?.dataset.revision))
  listener.grown()
  scroller.fill()
}
