import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import { htmx } from '../net/htmx'
import { copyOf, type Page } from '../ui/page'
import { type Rows, rowsOf, seqOf } from './rows'

/** Takes the oldest rows beyond the limit off a followed list; they can be fetched again. */
export function dropOldest(page: Page, timeline: HTMLElement, rows: Rows): void {
  const all = rowsOf(timeline)
  const first = all[all.length - limits.timelineRowsMax]
  if (all.length <= limits.timelineRowsMax || first === undefined) return
  begin(page, timeline, rows, first)
}

/** Takes all rows that the server has off the page: what follows begins it anew. */
export function dropAll(timeline: HTMLElement): void {
  for (const row of rowsOf(timeline)) if (!row.classList.contains('msg--pending')) row.remove()
}

/** The row with this id is the first of the page; what came before it can be fetched. */
export function beginAt(page: Page, timeline: HTMLElement, rows: Rows, id = ''): void {
  const first = document.getElementById(id)
  if (first !== null) begin(page, timeline, rows, first)
}

function begin(page: Page, timeline: HTMLElement, rows: Rows, first: HTMLElement): void {
  // Headings and private slips between them, too.
  while (first.previousElementSibling !== null) first.previousElementSibling.remove()
  const room = Number(timeline.dataset.room)
  timeline.prepend(makeLoader('older-loader', createPaths(page.base).older(room, seqOf(first))))
  rows.settle(first)
}

/** Takes the newest rows off a list that grew at its old end; true when there were any. */
export function dropNewest(page: Page, timeline: HTMLElement): boolean {
  const all = rowsOf(timeline)
  const last = all[limits.timelineRowsMax - 1]
  if (last === undefined || all.length === limits.timelineRowsMax) return false
  for (let next = last.nextElementSibling; next !== null; next = last.nextElementSibling) {
    next.remove()
  }
  endHere(page, timeline)
  return true
}

/** What follows the last row is not on the page: it comes when somebody scrolls there. */
export function endHere(page: Page, timeline: HTMLElement): void {
  const last = rowsOf(timeline).findLast((row) => Number.isFinite(seqOf(row)))
  document.getElementById('newer')?.remove()
  const room = Number(timeline.dataset.room)
  const after = last === undefined ? 0 : seqOf(last)
  timeline.append(makeLoader('newer-loader', createPaths(page.base).newer(room, after)))
}

/** The link to more, as the server renders it, leading elsewhere. */
function makeLoader(template: string, path: string): HTMLElement {
  const loader = copyOf(template)
  loader.setAttribute('hx-get', path)
  // Known to htmx when it stands on the page.
  queueMicrotask(() => htmx().process(loader))
  return loader
}
