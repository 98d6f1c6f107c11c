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
  timeline.querySelector('.start')?.remove()
  document.getElementById('older')?.remove()
  const room = Number(timeline.dataset.room)
  timeline.prepend(makeLoader('older-loader', createPaths(page.base).older(room, seqOf(first))))
  rows.settleAll(timeline)
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
