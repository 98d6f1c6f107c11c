import { copyOf, element, fill, type Page } from '../ui/page'
import { rowsOf, seqOf } from './rows'
import type { Storage } from '../ui/storage'

/**
 * Private messages shown in the room in which they were written, on paper of their own: they are
 * no rows of that room, so they have no part in its order, its count or its places.
 */
export function makeSlip(page: Page, row: HTMLElement, name: string, after: number): HTMLElement {
  const frame = copyOf('slip')
  frame.dataset.after = String(after)
  frame.querySelector('.slip__note span')?.replaceChildren(fill(page.words.onlyYouAnd, { name }))
  frame.append(row)
  return frame
}

/** The other person of a private message, as its row names them. */
export function otherOf(page: Page, row: HTMLElement): { user: number; name: string } {
  const { user, to, toName } = row.dataset
  if (Number(user) === page.user?.id) return { user: Number(to), name: toName ?? '' }
  return { user: Number(user), name: row.querySelector('.msg__meta bdi')?.textContent ?? '' }
}

/** What a slip stands before: the first row said after it; null at the end. */
export function slipNeighbour(timeline: HTMLElement, after: number): HTMLElement | null {
  const next = rowsOf(timeline).find((row) => seqOf(row) > after)
  // A day's heading belongs to the row below it.
  const heading = next?.previousElementSibling
  return heading instanceof HTMLElement && heading.classList.contains('day')
    ? heading
    : (next ?? null)
}

/** Takes a message off the page; a private one with the paper around it. */
export function dropSlipOf(row: HTMLElement): void {
  const slip = row.closest('.slip')
  if (slip === null) row.remove()
  else slip.remove()
}

/** A switch for whoever shows the screen to others: private messages stay out of rooms. */
export function watchHiding(storage: Storage): void {
  const box = element('hide-slips', HTMLInputElement)
  const show = (): void => void document.body.classList.toggle('hides-slips', box.checked)
  box.checked = storage.read('hides-slips') === true
  box.addEventListener('change', () => {
    storage.write('hides-slips', box.checked)
    show()
  })
  show()
}
