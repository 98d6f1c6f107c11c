import { rowsOf, seqOf } from '../ui/rows'
import { fill } from '../../shared/text'
import { copyOf } from '../ui/dom'
import type { Page } from '../ui/page'

/**
 * A private note: a private message shown in the room in which it was written. It is no row of that
 * room, so it has no part in the room's order, count and places.
 */
export function makeNote(page: Page, row: HTMLElement, name: string, after: number): HTMLElement {
  const frame = copyOf('private-note')
  frame.dataset.after = String(after)
  frame
    .querySelector('.private-note__label span')
    ?.replaceChildren(fill(page.words.onlyYouAnd, { name }))
  frame.append(row)
  return frame
}

/** The other person of a private message, as its row names them. */
export function otherOf(page: Page, row: HTMLElement): { user: number; name: string } {
  const { user, to, toName } = row.dataset
  if (Number(user) === page.user?.id) return { user: Number(to), name: toName ?? '' }
  return { user: Number(user), name: row.querySelector('.msg__meta bdi')?.textContent ?? '' }
}

/** The element before which a note belongs; null at the end. */
export function noteNeighbour(timeline: HTMLElement, after: number): HTMLElement | null {
  const next = rowsOf(timeline).find((row) => seqOf(row) > after) ?? null
  // A day heading belongs to the row below it.
  const heading = next?.previousElementSibling
  const isHeading = heading instanceof HTMLElement && heading.classList.contains('day')
  return isHeading ? heading : next
}

/** The element that is removed with a row: the row, or the note around it. */
export function frameOf(row: HTMLElement): HTMLElement {
  return row.closest<HTMLElement>('.private-note') ?? row
}
