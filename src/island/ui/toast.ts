import { announce, element, makeButton } from './dom'

const toastMs = 4_000

/** Shows a sentence for a few seconds, and announces it to screen readers. */
export function showToast(sentence: string): void {
  const toast = element('toast', HTMLElement)
  announce(sentence)
  toast.textContent = sentence
  toast.hidden = false
  setTimeout(() => {
    if (toast.textContent === sentence) toast.hidden = true
  }, toastMs)
}

/** The same with a button to undo, above the other toast. */
export function showUndo(sentence: string, label: string, ms: number, undo: () => void): void {
  const toast = element('undo', HTMLElement)
  const close = (): void => {
    if (toast.contains(button)) toast.hidden = true
    button.remove()
  }
  const button = makeButton({}, label, () => {
    undo()
    close()
  })
  announce(`${sentence} ${label}`)
  toast.replaceChildren(sentence, button)
  toast.hidden = false
  setTimeout(close, ms)
}
