import { isComposing } from '../ui/keys'

/** What can be gone to in the palette, in order: rooms and people, then messages. */
export function itemsOf(dialog: HTMLElement): HTMLElement[] {
  return [...dialog.querySelectorAll<HTMLElement>('.place, .hit, .search__more a, .search__wider')]
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
  const { ctrlKey, key, metaKey, target } = event
  const isCommand = ctrlKey || metaKey
  const all = itemsOf(dialog)
  const here = all.findIndex((item) => item === target)
  const act = (): (() => void) | null => {
    // Enter chooses a sign of an input method, and does not go anywhere yet.
    if (isComposing(event)) return key === 'Enter' ? () => {} : null
    if (isCommand && key.toLowerCase() === 'k') return () => field.select()
    // Else the browser would only empty the field first.
    if (key === 'Escape') return () => dialog.close()
    // The first is what Enter goes to already.
    if (key === 'ArrowDown' && target === field) return () => (all[1] ?? all[0])?.focus()
    if (key === 'ArrowDown' && here >= 0) return () => all[here + 1]?.focus()
    if (key === 'ArrowUp' && here >= 0) return () => (all[here - 1] ?? field).focus()
    return null
  }
  const chosen = act()
  if (chosen !== null) event.preventDefault()
  chosen?.()
  const isText = key.length === 1 && key !== ' ' && !isCommand
  if (here >= 0 && isText) field.focus()
}
