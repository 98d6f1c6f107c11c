import { copyOf, type Page } from './page'
import { placeOf } from './rows'
import { sign } from './sign'

/**
 * Takes a row as the server publishes it; gives one that says only what is its own (a picture, a
 * name, words: views/live-row.tsx) all that other rows have.
 */
export function fillIn(page: Page, row: HTMLElement): void {
  const [picture, name] = row.children
  if (picture === undefined || name?.matches('b') !== true) return
  picture.setAttribute('aria-hidden', 'true')
  const user = Number(row.id.split('-')[1])
  row.dataset.user = String(user)
  const whole = copyOf('pending-row')
  sign(page, whole, { user, name: name.textContent, ...placeOf(row) })
  whole.querySelector('.msg__body')?.replaceChildren(...[...row.childNodes].slice(2))
  whole.querySelector('.av')?.replaceWith(picture)
  row.replaceChildren(...whole.childNodes)
}
