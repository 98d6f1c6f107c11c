import { hueOf } from '../../shared/text'
import { copyOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { placeOf, sign } from '../ui/rows'

/**
 * Completes a published row. A row of plain text (views/messages/live-row.tsx) has only what is its
 * own, which saves more than half of the bytes; the rest comes from the page's template.
 */
export function completeRow(page: Page, row: HTMLElement): void {
  const { live } = row.dataset
  const [picture, name] = row.children
  if (live === undefined || picture === undefined || name === undefined) return
  const [room, seq, at] = live.split('/')
  const user = Number.parseInt(row.id, 10)
  Object.assign(row.dataset, { room, seq, at, user })
  delete row.dataset.live
  row.id = `message-${row.id}`
  row.className = 'msg'
  picture.classList.add(hueOf(user))
  picture.setAttribute('aria-hidden', 'true')
  const whole = copyOf('pending-row')
  sign(page, whole, { user, name: name.textContent, ...placeOf(row) })
  whole.querySelector('.msg__body')?.replaceChildren(...[...row.childNodes].slice(2))
  whole.querySelector('.av')?.replaceWith(picture)
  row.replaceChildren(...whole.childNodes)
}
