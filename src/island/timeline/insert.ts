import { limits } from '../../shared/limits'
import { pagePaths } from '../../shared/paths'
import type { Keeper } from '../app'
import { htmx, morph } from '../net/htmx'
import { copyOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { currentRoom, list, placedRows, placeOf, revisionOf, rowBeside, seqOf } from '../ui/rows'
import { pendingRows } from './pending'
import { updateQuotes } from './quotes'
import { decorate, makeNote, otherOf, regroup, type RowContext, topOf } from './rows'
import { hasEnd, type Scroller } from './scroller'

/** What it takes to change the list without moving the reader. */
export type ListContext = RowContext & { scroller: Scroller; keeper: Keeper | null }

/** Puts a published row into its place; true for a new one at the end, which is not inserted. */
export function receive(context: ListContext, row: HTMLElement): boolean {
  const { room, seq } = placeOf(row)
  if (revisionOf(row) > seq) updateQuotes(row)
  const isHere = room === currentRoom()
  const known = document.getElementById(row.id)
  // The row of a note that is here does not say so when the other person has left the room.
  if (!isHere && known === null && Number(row.dataset.writtenIn) !== currentRoom()) return false
  if (known !== null) update(context, known, row)
  else if (!isHere) insertNote(context, row)
  // A change of a row that is not loaded is not new: it comes with its page.
  else return !isBeforeList(seq) && (hasEnd() || revisionOf(row) === seq)
  return false
}

/** Adds rows at the end, before pending ones, each at its place. */
export function insertRows(context: ListContext, fresh: HTMLElement[], isAfterGap: boolean): void {
  const release = context.scroller.hold()
  list().insertBefore(fragmentOf(context, ...fresh), pendingRows()[0] ?? null)
  for (const row of fresh) {
    // More than three at once are not animated.
    if (fresh.length <= 3) row.classList.add('enter')
    moveToPlace(context, row)
  }
  if (isAfterGap) beginAt(context, fresh[0])
  else if (context.scroller.isFollowing()) trim(context, 'newer')
  context.fold()
  release()
}

/** Adds a private message that was written in this room, if its place is loaded. */
function insertNote(context: ListContext, row: HTMLElement): void {
  const { page, scroller } = context
  const after = Number(row.dataset.writtenAfter)
  if (!hasEnd() || isBeforeList(after)) return
  const release = scroller.hold()
  const next = placedRows().find((other) => seqOf(other) > after)
  const note = makeNote(page, row, otherOf(page, row).name, after)
  const before = next === undefined ? pendingRows()[0] : topOf(next)
  list().insertBefore(fragmentOf(context, note), before ?? null)
  context.fold()
  release()
}

function isBeforeList(seq: number): boolean {
  const [first] = placedRows()
  return document.getElementById('older') !== null && first !== undefined && seq < seqOf(first)
}

function update(context: ListContext, known: HTMLElement, row: HTMLElement): void {
  if (revisionOf(known) >= revisionOf(row) || !known.isConnected) return
  // The update waits until the reader has finished the edit.
  if (known.matches('.msg--editing')) {
    const later = (): void => update(context, known, row)
    return known.addEventListener('edited', later, { once: true })
  }
  const release = context.scroller.hold()
  if (known.matches('.system')) {
    Object.assign(known.dataset, row.dataset)
    context.fold()
  } else {
    const next = fragmentOf(context, row)
    const restore = context.keeper?.row(known, row)
    morph(known, next)
    restore?.()
  }
  if (known.closest('.private-note') === null) moveToPlace(context, known)
  release()
}

/** The parsed nodes of a frame: parsing their HTML once more could turn a text into markup. */
function fragmentOf(context: ListContext, ...nodes: Node[]): DocumentFragment {
  const fragment = document.createDocumentFragment()
  fragment.append(...nodes)
  decorate(context, fragment)
  return fragment
}

function moveToPlace({ clock }: ListContext, row: HTMLElement): void {
  let before = rowBeside(row, 'previousElementSibling')
  while (before !== null && seqOf(before) > seqOf(row)) {
    moveBefore(row, before)
    before = rowBeside(row, 'previousElementSibling')
  }
  regroup(clock, row)
}

/** Where the browser can, without stopping what plays in it or taking its focus. */
function moveBefore(row: HTMLElement, before: HTMLElement): void {
  if ('moveBefore' in list()) list().moveBefore(row, before)
  else before.before(row)
}

/** Keeps to the limit, but for an open editor: a list that grew gives up rows at its other end. */
export function trim(context: ListContext, grownAt: 'older' | 'newer'): void {
  const all = placedRows()
  const isEditing = list().querySelector('.msg--editing') !== null
  if (all.length <= limits.timelineRowsMax || isEditing) return
  if (grownAt === 'newer') return beginAt(context, all.at(-limits.timelineRowsMax))
  const last = all[limits.timelineRowsMax - 1]
  while (last?.nextElementSibling) last.nextElementSibling.remove()
  endHere(context)
}

function beginAt({ clock, page }: ListContext, first: HTMLElement | undefined): void {
  if (first === undefined) return
  while (first.previousElementSibling !== null) first.previousElementSibling.remove()
  list().prepend(makeLoader(page, 'older', seqOf(first)))
  regroup(clock, first)
}

/** What follows the last row is fetched when the reader scrolls there. */
export function endHere({ page }: ListContext): void {
  document.getElementById('newer')?.remove()
  const last = placedRows().map(seqOf).findLast(Number.isFinite)
  list().append(makeLoader(page, 'newer', last ?? 0))
}

function makeLoader({ base }: Page, which: 'older' | 'newer', seq: number): HTMLElement {
  const loader = copyOf(`${which}-loader`)
  loader.setAttribute('hx-get', pagePaths(base)[which](currentRoom(), seq))
  // htmx finds it once it is on the page.
  queueMicrotask(() => htmx().process(loader))
  return loader
}
