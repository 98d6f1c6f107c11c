import { limits } from '../limits'
import { createPaths } from '../paths'
import { htmx } from './htmx'
import { element, type Page } from './page'
import { type Rows, rowsOf, seqOf } from './rows'

/** Takes the oldest rows beyond the limit off a followed list; they can be fetched again. */
export function dropOldest(page: Page, timeline: HTMLElement, rows: Rows): void {
  const all = rowsOf(timeline)
  const excess = all.length - limits.timelineRowsMax
  const first = all[excess]
  if (excess <= 0 || first === undefined) return
  for (const row of all.slice(0, excess)) row.remove()
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
  timeline.querySelector('.start')?.remove()
  document.getElementById('older')?.remove()
  const room = Number(timeline.dataset.room)
  timeline.prepend(makeLoader('older-loader', createPaths(page.base).older(room, seqOf(first))))
  // Headings of days whose rows are gone.
  for (const heading of timeline.querySelectorAll('.day')) {
    if (heading.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) heading.remove()
  }
  rows.settle(first)
}

/** Takes the newest rows off a list that grew at its old end; true when there were any. */
export function dropNewest(page: Page, timeline: HTMLElement): boolean {
  const all = rowsOf(timeline)
  const last = all[limits.timelineRowsMax - 1]
  const excess = all.slice(limits.timelineRowsMax)
  if (last === undefined || excess.length === 0) return false
  for (const row of excess) row.remove()
  document.getElementById('newer')?.remove()
  const room = Number(timeline.dataset.room)
  timeline.append(makeLoader('newer-loader', createPaths(page.base).newer(room, seqOf(last))))
  return true
}

/** The link to more, as the server renders it, leading elsewhere. */
function makeLoader(template: string, path: string): HTMLElement {
  const loader = element(template, HTMLTemplateElement).content.firstElementChild?.cloneNode(true)
  if (!(loader instanceof HTMLElement)) throw new Error(`#${template} is empty`)
  loader.setAttribute('hx-get', path)
  // Known to htmx when it stands on the page.
  queueMicrotask(() => htmx().process(loader))
  return loader
}
