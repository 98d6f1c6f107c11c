import { list } from './insert'
import type { Page } from '../ui/page'
import { rowsOf, seqOf } from './rows'
import type { Scroller } from './scroller'
import { showToast } from '../ui/toast'

/** Brings the message at this place into the middle and flashes it; false when it is not here. */
export function toPlace(scroller: Scroller, seq: number): boolean {
  const row = list().querySelector<HTMLElement>(`:scope > .msg[data-seq="${seq}"]`)
  if (row === null) return false
  scroller.toRow(row)
  row.focus({ preventScroll: true })
  row.classList.remove('msg--flash')
  // Asking for a layout lets the flash begin anew.
  void row.offsetHeight
  row.classList.add('msg--flash')
  return true
}

/** The message is not there any more; what was said around it is. */
export function showGone(page: Page, scroller: Scroller, seq: number): void {
  const next = rowsOf(list()).find((row) => seqOf(row) > seq) ?? rowsOf(list()).at(-1)
  if (next !== undefined) scroller.toRow(next)
  showToast(page.words.messageGone)
}
