/**
 * Copies a text: on plain HTTP there is no clipboard to write to, but there is an old way. False
 * when the browser does not allow it.
 */
export function copyText(text: string): boolean {
  const before = document.activeElement
  const field = document.createElement('textarea')
  field.className = 'vh'
  field.value = text
  // Inside an open popover or dialog, where nothing outside could be selected.
  const place = document.querySelector('dialog[open], [popover]:popover-open') ?? document.body
  place.append(field)
  field.select()
  const isCopied = document.execCommand('copy')
  field.remove()
  if (before instanceof HTMLElement) before.focus({ preventScroll: true })
  return isCopied
}
