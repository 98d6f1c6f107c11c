import { limits } from '../../shared/limits'
import { pagePaths } from '../../shared/paths'
import { plural } from '../../shared/text'
import type { App, OutboxEntry, Timeline } from '../app'
import { fetchHtml, swapIn } from '../net/htmx'
import { element, onClick } from '../ui/dom'
import type { Page } from '../ui/page'
import { currentRoom, isFromDevice, list, passFocus, placedRows, seqOf } from '../ui/rows'
import { showToast } from '../ui/toast'
import { endHere, insertRows, type ListContext, receive, trim } from './insert'
import { dropPending, isPending, markSent, pendingRows, showPending } from './pending'
import { dropQuotes } from './quotes'
import { decorate, frameOf, hide, regroup, regroupAll } from './rows'
import { createScroller, hasEnd, isFar } from './scroller'

type TimelineListener = {
  /** Another list is on the page; `isJump`: because the reader wanted its end, or one message. */
  shown: (isJump: boolean) => void
  grown: () => void
  removing: (root: ParentNode) => void
  /** There may be system lines, and nothing yet that writes them. */
  lines: () => void
}

type TimelineNeeds = Pick<App, 'page' | 'clock' | 'muted' | 'positions'>

type State = ListContext &
  TimelineNeeds & {
    listener: TimelineListener
    pill: ReturnType<typeof createPill>
    /** A fresh list was requested because the reader wants its end. */
    isJumping: boolean
    /** New rows were left out, as they would be removed at once: the next ones follow a gap. */
    hasGap: boolean
  }

/** The list of messages: in order, each once, at most 400 rows, and it never jumps. */
export function createTimeline(needs: TimelineNeeds, listener: TimelineListener): Timeline {
  const { clock, page } = needs
  const log = element('log', HTMLElement)
  const pill = createPill(page, log, () => toEnd(state))
  const scroller = createScroller(log, pill.seen)
  const parts = { listener, pill, scroller, hidden: new Set<string>(), fold: listener.lines }
  const state: State = { ...needs, ...parts, keeper: null, isJumping: false, hasGap: false }
  clock.onChange(() => {
    decorate(state, list())
    regroupAll(state)
  })
  onClick(log, '.unfold', (button) => button.closest('.msg')?.classList.add('msg--unfolded'))
  watchSwaps(state)
  return {
    room: currentRoom,
    receive: (row) => receive(state, row),
    append: (fresh, others, behind) => append(state, fresh, others, behind),
    remove: (room, seq) => remove(state, room, seq),
    hide: ({ id }) => hide(state, id),
    showPending: (entry, isNew) => showUnsent(state, entry, isNew),
    dropPending: (clientId) => dropPending(page, clientId),
    markSent: (clientId) => markSent(page, clientId),
    hasEnd,
    isFollowing: scroller.isFollowing,
    toEnd: () => toEnd(state),
    jumpToEnd: () => jumpToEnd(state),
    toMessage: (seq) => toMessage(state, seq),
    reload: () => reload(state),
    keeper: () => state.keeper,
    toRow: scroller.toRow,
    start: () => start(state),
    keepBy: (keeper) => void (state.keeper = keeper),
    foldBy(fold) {
      state.fold = fold
      fold()
    },
  }
}

/** The button over the composer: how many messages arrived below, and the way to them. */
function createPill({ language, words }: Page, log: HTMLElement, onClick: () => void) {
  const button = element('latest', HTMLButtonElement)
  let unseen = 0
  const add = (messages: number): void => {
    unseen += messages
    button.hidden = unseen === 0 && hasEnd() && !isFar(log)
    const label = unseen > 0 ? plural(language, unseen, words.newMessages) : words.jumpToPresent
    button.querySelector('span')?.replaceChildren(label)
  }
  button.addEventListener('click', onClick)
  log.addEventListener('scroll', () => add(0), { passive: true })
  const set = (count: number): void => add(count - unseen)
  return { add, set, seen: () => add(hasEnd() ? -unseen : 0) }
}

/** Rows are prepared before htmx puts them on the page, and the reader's place is kept. */
function watchSwaps(state: State): void {
  let current = list()
  let release = (): void => {}
  document.addEventListener('htmx:before:swap', ({ detail: { ctx, tasks } }) => {
    for (const { fragment } of tasks) decorate(state, fragment)
    if (ctx.target === list()) state.listener.removing(list())
    release = state.scroller.hold()
  })
  document.addEventListener('htmx:after:swap', ({ detail: { ctx } }) => {
    const isFresh = list() !== current
    const edge = ctx.target?.id
    current = list()
    if (!isFresh && (edge === 'older' || edge === 'newer')) grow(state, edge)
    release()
    if (isFresh) start(state)
  })
}

function append(state: State, fresh: HTMLElement[], others: number, behind: number): void {
  const { listener, pill, scroller } = state
  const isFollowing = scroller.isFollowing()
  // Somebody who reads far back keeps a full list; the newest come with "Jump to present".
  if (!isFollowing && hasEnd() && placedRows().length >= limits.timelineRowsMax) endHere(state)
  if (!isFollowing) pill.add(others)
  if (!hasEnd()) return
  if (isFollowing && behind >= limits.timelineRowsMax) {
    state.hasGap = true
    return
  }
  if (state.hasGap) listener.removing(list())
  insertRows(state, fresh, state.hasGap)
  state.hasGap = false
}

function remove(state: State, room: number, seq: number): void {
  const { hidden, listener, scroller } = state
  dropQuotes(room, seq)
  const place = `[data-room="${room}"][data-seq="${seq}"]`
  const row = list().querySelector<HTMLElement>(place)
  if (row === null) return
  const release = scroller.hold()
  listener.removing(row)
  passFocus(frameOf(row))
  frameOf(row).remove()
  hidden.delete(row.id)
  regroupAll(state)
  release()
}

function showUnsent(state: State, entry: OutboxEntry, isNew: boolean): HTMLElement | null {
  const { clock, page, scroller } = state
  // Its place is at the end of the room; where that is not on the page, it comes with it.
  if (!isNew && !hasEnd() && !isPending(page, entry.clientId)) return null
  const row = showPending({ clock, page }, entry)
  if (row?.parentElement === list()) regroup(clock, row)
  if (isNew || scroller.isFollowing()) scroller.toEnd()
  return row
}

function toEnd(state: State): void {
  if (hasEnd()) state.scroller.toEnd()
  else void jumpToEnd(state)
}

async function jumpToEnd(state: State): Promise<boolean> {
  const before = list()
  state.isJumping = true
  const isDone = await reload(state, true)
  state.isJumping = false
  if (!isDone && list() === before) showToast(state.page.words.notConnected)
  return isDone
}

/** False without an answer, or when another list is on the page by then. */
async function reload(state: State, isToEnd = false): Promise<boolean> {
  const before = list()
  const { keeper } = state
  const paths = pagePaths(state.page.base)
  const place = isToEnd ? null : (keeper?.place() ?? null)
  const whole = paths.room(currentRoom())
  const html = await fetchHtml(place === null ? whole : paths.message(currentRoom(), place.seq))
  if (html === null || list() !== before) return false
  // The reader may have gone on while it was fetched.
  keeper?.showNextAt(place && keeper.place(place.seq))
  await swapIn(html, list())
  // The address may have been that of one message.
  if (place === null && location.pathname !== whole) history.replaceState(null, '', whole)
  return true
}

function toMessage({ scroller }: State, seq: number): boolean {
  const row = list().querySelector<HTMLElement>(`:scope > .msg[data-seq="${seq}"]`)
  if (row === null) return false
  list().dataset.openedAt = String(seq)
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
  const { listener, page, pill, positions, scroller } = state
  const timeline = list()
  if (!isFromDevice()) positions.set(currentRoom(), Number(timeline.dataset.revision))
  pill.seen()
  decorate(state, timeline)
  regroupAll(state)
  for (const row of pendingRows()) row.remove()
  scroller.watch(timeline)
  element('log', HTMLElement).dispatchEvent(new Event('fresh'))
  const { at } = timeline.dataset
  delete timeline.dataset.at
  const isKept = state.keeper?.isShown() === true
  if (at !== undefined && !isKept) timeline.dataset.openedAt = at
  if (at === undefined && !isKept) scroller.toEnd()
  listener.shown(state.isJumping || at !== undefined)
  state.hasGap = false
  if (isKept) {
    pill.set(Number(timeline.dataset.unread))
    return scroller.fill()
  }
  if (at !== undefined && !toMessage(state, Number(at))) {
    // The message was deleted; the ones around it are shown.
    const next = placedRows().find((row) => seqOf(row) > Number(at)) ?? placedRows().at(-1)
    if (next !== undefined) scroller.toRow(next)
    showToast(page.words.messageGone)
  }
  scroller.fill()
}

/** Older or newer rows were put in: the list gives up what it has too many of at its other end. */
function grow(state: State, edge: 'older' | 'newer'): void {
  const { listener, pill, positions, scroller } = state
  const last = edge === 'older' ? '#older, :scope > .start' : '#newer, :scope > #newest'
  const mark = list().querySelector<HTMLElement>(`:scope > ${last}`)
  regroupAll(state)
  trim(state, edge)
  state.fold()
  if (mark?.id === 'newest') mark.remove()
  if (edge === 'newer') pill.seen()
  else pill.add(0)
  positions.readAt(currentRoom(), Number(mark?.dataset.revision))
  listener.grown()
  scroller.fill()
}
