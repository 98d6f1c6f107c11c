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
  const loader = element('older-loader', HTMLTemplateElement).content.firstElementChild
  const clone = loader?.cloneNode(true)
  if (!(clone instanceof HTMLElement)) return
  clone.setAttribute(
    'hx-get',
    createPaths(page.base).older(Number(timeline.dataset.room), seqOf(first)),
  )
  timeline.prepend(clone)
  htmx().process(clone)
  rows.settleAll(timeline)
}

/** Takes the newest rows off a list that grew at its old end; true when there were any. */
export function dropNewest(timeline: HTMLElement): boolean {
  const excess = rowsOf(timeline).slice(limits.timelineRowsMax)
  for (const row of excess) row.remove()
  return excess.length > 0
}
