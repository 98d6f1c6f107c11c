import { announce, element, makeButton, nodesOf } from './dom'

const toastMs = 4_000

/** Shows a sentence for a few seconds, and announces it to screen readers. */
export function showToast(sentence: string): void {
  const toast = element('toast', HTMLElement)
  announce(sentence)
  toast.replaceChildren(...nodesOf(sentence))
  toast.hidden = false
  const first = toast.firstChild
  setTimeout(() => {
    if (toast.firstChild === first) toast.hidden = true
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
  toast.replaceChildren(...nodesOf(sentence), button)
  toast.hidden = false
  setTimeout(close, ms)
}
