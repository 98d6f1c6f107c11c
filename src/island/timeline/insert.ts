import { list, rowBeside, revisionOf, rowsOf, seqOf } from '../ui/rows'
import { createPaths } from '../../shared/paths'
import { limits } from '../../shared/limits'
import { htmx, morph } from '../net/htmx'
import { copyOf } from '../ui/dom'
import type { Page } from '../ui/page'
import type { Pending } from './pending'
import type { Pill } from './pill'
import { makeNote, noteNeighbour, otherOf } from './private-notes'
import { type Rows } from './rows'
import type { Scroller } from './scroller'

/** What it takes to change the list without moving the reader. */
export type TimelineContext = {
  page: Page
  rows: Rows
  pending: Pending
  pill: Pill
  scroller: Scroller
  /** Prepares rows that are about to be inserted. */
  decorate: (root: ParentNode) => void
}

/**
 * Adds rows at the end, before pending ones, each at its place. After a gap they are the first rows
 * of the page.
 */
export function insertRows(
  context: TimelineContext,
  fresh: HTMLElement[],
  isAfterGap: boolean,
): void {
  const { page, pending, rows, scroller } = context
  const release = scroller.hold()
  insert(context, pending.first(), ...fresh)
  for (const row of fresh) {
    // More than three at once are not animated.
    if (fresh.length <= 3) row.classList.add('enter')
    moveToPlace(context, row)
  }
  const [first] = fresh
  if (isAfterGap && first !== undefined) beginAt(page, rows, first)
  else if (scroller.isFollowing()) dropOldest(page, rows)
  release()
}

/** Adds a private message that was written in this room, unless its place is not loaded. */
export function insertNote(context: TimelineContext, row: HTMLElement): void {
  const { page, pending, pill, scroller } = context
  const after = Number(row.dataset.writtenAfter)
  const [first] = rowsOf()
  const isOlder = document.getElementById('older') !== null && first !== undefined
  if (!pill.isUpToDate() || (isOlder && after < seqOf(first))) return
  const release = scroller.hold()
  const note = makeNote(page, row, otherOf(page, row).name, after)
  insert(context, noteNeighbour(list(), after) ?? pending.first(), note)
  release()
}

/** Updates a row on the page; the element stays the same. */
export function update(context: TimelineContext, known: HTMLElement, row: HTMLElement): void {
  if (revisionOf(known) >= revisionOf(row)) return
  // The update waits until the reader has finished the edit.
  if (known.classList.contains('msg--editing')) {
    const later = (): void => update(context, known, row)
    return known.addEventListener('edited', later, { once: true })
  }
  const release = context.scroller.hold()
  const fragment = fragmentOf([row])
  context.decorate(fragment)
  morph(known, fragment)
  if (known.closest('.private-note') === null) moveToPlace(context, known)
  release()
}

/**
 * Adds nodes before an element, or at the end. They are the nodes that were parsed from the frame:
 * serialising and parsing them again could turn a text into markup.
 */
function insert({ decorate }: TimelineContext, before: HTMLElement | null, ...nodes: Node[]): void {
  const fragment = fragmentOf(nodes)
  decorate(fragment)
  if (before === null) list().append(fragment)
  else before.before(fragment)
}

function fragmentOf(nodes: Node[]): DocumentFragment {
  const fragment = document.createDocumentFragment()
  fragment.append(...nodes)
  return fragment
}

/** Moves a row that came late up to its place. */
function moveToPlace({ rows }: TimelineContext, row: HTMLElement): void {
  let before = rowBeside(row, 'previousElementSibling')
  while (before !== null && seqOf(before) > seqOf(row)) {
    before.before(row)
    before = rowBeside(row, 'previousElementSibling')
  }
  rows.regroup(row)
}

/** Removes the oldest rows beyond the limit; they can be fetched again. */
export function dropOldest(page: Page, rows: Rows): void {
  const all = rowsOf()
  const first = all[all.length - limits.timelineRowsMax]
  if (all.length > limits.timelineRowsMax && first !== undefined) beginAt(page, rows, first)
}

/** Removes all rows that the server has: what follows begins the list anew. */
export function dropAll(): void {
  for (const row of rowsOf()) if (!row.classList.contains('msg--pending')) row.remove()
}

/** Makes a row the first of the page, with headings and notes before it removed. */
function beginAt(page: Page, rows: Rows, first: HTMLElement): void {
  while (first.previousElementSibling !== null) first.previousElementSibling.remove()
  const path = createPaths(page.base).older(Number(list().dataset.room), seqOf(first))
  list().prepend(makeLoader('older-loader', path))
  rows.regroup(first)
}

/** Removes the newest rows of a list that grew at its old end; true when there were any. */
export function dropNewest(page: Page): boolean {
  const all = rowsOf()
  const last = all[limits.timelineRowsMax - 1]
  if (last === undefined || all.length === limits.timelineRowsMax) return false
  while (last.nextElementSibling !== null) last.nextElementSibling.remove()
  endHere(page)
  return true
}

/** What follows the last row is fetched when the reader scrolls there. */
export function endHere(page: Page): void {
  const last = rowsOf().findLast((row) => Number.isFinite(seqOf(row)))
  document.getElementById('newer')?.remove()
  const after = last === undefined ? 0 : seqOf(last)
  const path = createPaths(page.base).newer(Number(list().dataset.room), after)
  list().append(makeLoader('newer-loader', path))
}

/** The server's link to more rows, with another address. */
function makeLoader(template: string, path: string): HTMLElement {
  const loader = copyOf(template)
  loader.setAttribute('hx-get', path)
  // htmx learns of it once it is on the page.
  queueMicrotask(() => htmx().process(loader))
  return loader
}
