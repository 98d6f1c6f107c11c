import { limits } from '../limits'
import { createPaths } from '../paths'
import type { Clock } from './clock'
import { htmx } from './htmx'
import type { OutboxEntry } from './outbox'
import { element, type Page } from './page'
import { createPending } from './pending'
import { createPill } from './pill'
import { createPositions, type Positions } from './positions'
import { createRows, previousRow, rowsOf, seqOf } from './rows'
import { createScroller } from './scroller'
import { dropNewest, dropOldest } from './trim'

export type TimelineListener = {
  /** Changes are missing after `after`: ask the server. */
  onGap: (room: number, after: number) => void
  /** Rows of other people arrived on this page. */
  onArrival: (rows: HTMLElement[]) => void
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
  /** Fetches a fresh list: too far behind, or its end had been left out. */
  reload: () => Promise<void>
  /** Shows the unanswered messages and the end; called once everything is wired. */
  start: () => void
}

/** The list of messages on the screen: in order, each once, at most 400 rows, never jumping. */
export function createTimeline(page: Page, clock: Clock, listener: TimelineListener): Timeline {
  const box = element('log', HTMLElement)
  const timeline = (): HTMLElement => element('timeline', HTMLElement)
  const room = (): number => Number(timeline().dataset.room)
  const rows = createRows(page.user?.id ?? 0, clock)
  const pending = createPending(page, clock, timeline)
  const positions = createPositions(listener.onGap)
  const pill = createPill(page, () => (pill.isUpToDate() ? scroller.toEnd() : void reload()))
  const scroller = createScroller(box, {
    onNearTop: () => document.getElementById('older')?.dispatchEvent(new Event('older')),
    onFollow: () => pill.seen(),
  })

  const receive = (published: HTMLElement[]): void => {
    const fresh: HTMLElement[] = []
    for (const row of published) {
      positions.heard(Number(row.dataset.room), Number(row.dataset.revision))
      if (Number(row.dataset.room) !== room()) continue
      const known = document.getElementById(row.id)
      if (known !== null) morph(known, row)
      else if (!isBeforeLoaded(row)) fresh.push(row)
    }
    if (fresh.length > 0) arrive(fresh)
  }
  const morph = (known: HTMLElement, row: HTMLElement): void => {
    if (Number(known.dataset.revision) >= Number(row.dataset.revision)) return
    const release = scroller.hold()
    swapLive({ text: row.outerHTML, target: known, swap: 'outerMorph' })
    place(document.getElementById(row.id))
    release()
  }
  const arrive = (fresh: HTMLElement[]): void => {
    const others = fresh.filter((row) => Number(row.dataset.user) !== page.user?.id)
    listener.onArrival(others)
    // Somebody reading far back keeps a full list; the newest come with "Jump to present".
    const isFull = !scroller.isFollowing() && rowsOf(timeline()).length >= limits.timelineRowsMax
    if (isFull) pill.setUpToDate(false)
    if (!scroller.isFollowing()) pill.add(others.length)
    if (!pill.isUpToDate()) return
    const release = scroller.hold()
    const first = pending.first()
    const text = fresh.map((row) => row.outerHTML).join('')
    if (first === null) swapLive({ text, target: timeline(), swap: 'beforeend' })
    else swapLive({ text, target: first, swap: 'beforebegin' })
    // More than three at once arrive without a show.
    if (fresh.length <= 3)
      for (const { id } of fresh) document.getElementById(id)?.classList.add('enter')
    for (const { id } of fresh) place(document.getElementById(id))
    timeline().querySelector('.first-words')?.remove()
    if (scroller.isFollowing()) dropOldest(page, timeline(), rows)
    release()
  }
  const swapLive = (
    swap: Pick<Parameters<ReturnType<typeof htmx>['swap']>[0], 'text' | 'target' | 'swap'>,
  ): void => void htmx().swap({ ...swap, sourceElement: timeline(), isLive: true })
  /** Moves a row up to its place when it came late, and pending ones keep standing last. */
  const place = (row: HTMLElement | null): void => {
    if (row === null) return
    let before = previousRow(row)
    while (before !== null && seqOf(before) > seqOf(row)) {
      before.before(row)
      before = previousRow(row)
    }
    rows.settle(row)
  }
  const isBeforeLoaded = (row: HTMLElement): boolean => {
    const [first] = rowsOf(timeline())
    const hasOlder = document.getElementById('older') !== null
    return hasOlder && first !== undefined && seqOf(row) < seqOf(first)
  }
  const reload = (): Promise<void> => {
    const url = createPaths(page.base).room(room())
    return htmx().ajax('GET', url, { target: '#timeline', swap: 'outerHTML' })
  }
  const start = (): void => {
    const list = timeline()
    positions.set(room(), Number(list.dataset.revision))
    pill.setUpToDate(true)
    rows.dress(list)
    rows.settleAll(list)
    scroller.watch(list)
    listener.onFresh()
    scroller.toEnd()
    scroller.fill()
  }
  clock.onMidnight(() => rows.settleAll(timeline()))
  watchSwaps(box, timeline, {
    onFragment: rows.dress,
    hold: scroller.hold,
    onOlder() {
      rows.settleAll(timeline())
      if (dropNewest(timeline())) pill.setUpToDate(false)
      scroller.fill()
    },
    onFresh: start,
  })
  return {
    room,
    positions,
    receive,
    remove(roomId, seq, revision) {
      positions.heard(roomId, revision)
      if (roomId !== room()) return
      const release = scroller.hold()
      timeline().querySelector(`.msg[data-seq="${seq}"]`)?.remove()
      rows.settleAll(timeline())
      release()
    },
    showPending(entry) {
      if (entry.room !== room()) return
      if (!pill.isUpToDate()) return void reload()
      const row = pending.show(entry)
      if (row !== null) rows.settle(row)
      timeline().querySelector('.first-words')?.remove()
      scroller.toEnd()
    },
    dropPending: pending.drop,
    reload,
    start,
  }
}

type SwapHooks = {
  onFragment: (fragment: ParentNode) => void
  hold: () => () => void
  onOlder: () => void
  onFresh: () => void
}

/** Rows are dressed before they are painted, whoever asked for them, and the place is kept. */
function watchSwaps(box: HTMLElement, timeline: () => HTMLElement, hooks: SwapHooks): void {
  let current = timeline()
  let release = (): void => {}
  document.addEventListener('htmx:before:swap', (event) => {
    if (!(event instanceof CustomEvent)) return
    for (const { fragment } of event.detail.tasks) hooks.onFragment(fragment)
    if (!event.detail.ctx.isLive) release = hooks.hold()
  })
  document.addEventListener('htmx:after:swap', (event) => {
    if (!(event instanceof CustomEvent) || event.detail.ctx.isLive) return
    if (!box.contains(timeline())) return
    if (timeline() === current) hooks.onOlder()
    current = timeline()
    release()
    if (event.detail.ctx.target?.id === 'timeline') hooks.onFresh()
  })
}
