import { htmx, type SwapContext } from '../net/htmx'
import { element, type Page } from '../ui/page'
import type { Pending } from './pending'
import type { Pill } from './pill'
import { previousRow, revisionOf, type Rows, rowsOf, seqOf } from './rows'
import type { Scroller } from './scroller'
import { makeSlip, otherOf, slipNeighbour } from './slips'
import { beginAt, dropOldest } from './trim'

/** What it takes to put something into the list without moving the reader. */
type Hands = { page: Page; rows: Rows; pending: Pending; pill: Pill; scroller: Scroller }

/** The list on the page; another element after another room was opened. */
export function list(): HTMLElement {
  return element('timeline', HTMLElement)
}

/** The room on the page. */
export function room(): number {
  return Number(list().dataset.room)
}

/** The list is only what this device keeps of the room. */
export function isRemembered(): boolean {
  return list().dataset.remembered !== undefined
}

/**
 * Puts rows at the end, before those that wait for their answer, each at its place. After a hole
 * they are the first of the page.
 */
export function insertRows(hands: Hands, fresh: HTMLElement[], isAfterHole: boolean): void {
  const { page, pending, rows, scroller } = hands
  const release = scroller.hold()
  const first = pending.first()
  const text = fresh.map((row) => row.outerHTML).join('')
  if (first === null) swapLive({ text, target: list(), swap: 'beforeend' })
  else swapLive({ text, target: first, swap: 'beforebegin' })
  for (const { id } of fresh) {
    // More than three at once arrive without a show.
    if (fresh.length <= 3) document.getElementById(id)?.classList.add('enter')
    place(hands, id)
  }
  if (isAfterHole) beginAt(page, list(), rows, fresh[0]?.id)
  else if (scroller.isFollowing()) dropOldest(page, list(), rows)
  release()
}

/** A private message that was written in this room. */
export function insertSlip(hands: Hands, row: HTMLElement): void {
  const { page, pending, pill, scroller } = hands
  const after = Number(row.dataset.writtenAfter)
  const [first] = rowsOf(list())
  const isOlder = document.getElementById('older') !== null && first !== undefined
  // Beyond the edges it comes with its page.
  if (!pill.isUpToDate() || (isOlder && after < seqOf(first))) return
  const release = scroller.hold()
  const text = makeSlip(page, row, otherOf(page, row).name, after).outerHTML
  const neighbour = slipNeighbour(list(), after) ?? pending.first()
  if (neighbour === null) swapLive({ text, target: list(), swap: 'beforeend' })
  else swapLive({ text, target: neighbour, swap: 'beforebegin' })
  release()
}

/** A row older than the page goes: it comes with its page, when somebody scrolls there. */
export function isBeforeLoaded(row: HTMLElement): boolean {
  const [first] = rowsOf(list())
  const hasOlder = document.getElementById('older') !== null
  return hasOlder && first !== undefined && seqOf(row) < seqOf(first)
}

/** Brings a row that is shown up to date; the element stays the same. */
export function morph(hands: Hands, known: HTMLElement, row: HTMLElement): void {
  if (revisionOf(known) >= revisionOf(row)) return
  // Words that somebody is writing in it are not swept away: its news wait for them.
  if (known.classList.contains('msg--editing')) {
    const later = (): void => morph(hands, known, row)
    return known.addEventListener('edited', later, { once: true })
  }
  const release = hands.scroller.hold()
  swapLive({ text: row.outerHTML, target: known, swap: 'outerMorph' })
  if (known.closest('.slip') === null) place(hands, row.id)
  release()
}

function swapLive(swap: Pick<SwapContext, 'text' | 'target' | 'swap'>): void {
  void htmx().swap({ ...swap, sourceElement: list(), isLive: true })
}

/** Moves a row up to its place when it came late; pending ones keep standing last. */
function place({ rows }: Hands, id: string): void {
  const row = document.getElementById(id)
  if (row === null) return
  let before = previousRow(row)
  while (before !== null && seqOf(before) > seqOf(row)) {
    before.before(row)
    before = previousRow(row)
  }
  rows.settle(row)
}
