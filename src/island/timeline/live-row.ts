import { copyOf, type Page } from '../ui/page'
import { placeOf } from './rows'
import { hueOf, sign } from './sign'

/**
 * Takes a row as the server publishes it; gives one that says only what is its own (a picture, a
 * name, words: views/messages/live-row.tsx) all that other rows have.
 */
export function fillIn(page: Page, row: HTMLElement): void {
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
