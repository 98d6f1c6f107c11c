import { isComposing } from '../ui/keys'

/** What can be gone to in the palette, in order: rooms and people, then messages. */
export function itemsOf(dialog: HTMLElement): HTMLElement[] {
  return [...dialog.querySelectorAll<HTMLElement>('.place, .hit, .search__more a, a[data-search]')]
}

/** Marks what Enter goes to. */
export function markFirst(dialog: HTMLElement): void {
  for (const [n, item] of itemsOf(dialog).entries()) item.classList.toggle('hit--first', n === 0)
}

/** Up and Down walk through what was found; whatever is typed goes into the field. */
export function walk(
  dialog: HTMLDialogElement,
  field: HTMLInputElement,
  event: KeyboardEvent,
): void {
  const { ctrlKey, key, metaKey } = event
  const isCommand = ctrlKey || metaKey
  if (isComposing(event)) {
    // Enter chooses a sign, and does not go anywhere yet.
    if (key === 'Enter') event.preventDefault()
    return
  }
  if (isCommand && key.toLowerCase() === 'k') {
    event.preventDefault()
    field.focus()
    return field.select()
  }
  if (key === 'Escape') {
    // Else the browser would only empty the field first.
    event.preventDefault()
    return dialog.close()
  }
  const target = event.target instanceof HTMLElement ? event.target : null
  const all = itemsOf(dialog)
  const here = target === null ? -1 : all.indexOf(target)
  const isField = target === field
  if (key === 'ArrowDown' && (isField || here >= 0)) {
    event.preventDefault()
    // The first is what Enter goes to already.
    all[isField && all.length > 1 ? 1 : here + 1]?.focus()
  } else if (key === 'ArrowUp' && here >= 0) {
    event.preventDefault()
    const before = all[here - 1] ?? field
    before.focus()
  } else if (here >= 0 && key.length === 1 && !isCommand && key !== ' ') field.focus()
}
