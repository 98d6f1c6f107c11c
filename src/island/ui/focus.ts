import { element } from './dom'
import { isTouch } from './keys'

/**
 * Something that holds the focus is about to go: the next message gets it, or the one before, else
 * the field. Without that the keys would go nowhere.
 */
export function passFocus(leaving: HTMLElement): void {
  if (!leaving.contains(document.activeElement)) return
  const row =
    neighbourOf(leaving, 'nextElementSibling') ?? neighbourOf(leaving, 'previousElementSibling')
  if (row !== null) row.focus({ preventScroll: true })
  else if (!isTouch()) element('content', HTMLElement).focus()
}

function neighbourOf(
  leaving: HTMLElement,
  side: 'nextElementSibling' | 'previousElementSibling',
): HTMLElement | null {
  let other = leaving[side]
  while (other !== null && !other.classList.contains('msg')) other = other[side]
  return other instanceof HTMLElement ? other : null
}
