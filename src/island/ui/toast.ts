import { announce, element } from './dom'

const toastMs = 4_000

/** Shows one quiet sentence for a few seconds, and says it to whoever listens. */
export function showToast(sentence: string): void {
  const toast = element('toast', HTMLElement)
  announce(sentence)
  toast.textContent = sentence
  toast.hidden = false
  setTimeout(() => {
    if (toast.textContent === sentence) toast.hidden = true
  }, toastMs)
}

/** The same with a way back, for as long as there is one; it stands over the other. */
export function showUndo(sentence: string, label: string, ms: number, undo: () => void): void {
  const toast = element('undo', HTMLElement)
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = label
  const close = (): void => {
    if (toast.contains(button)) toast.hidden = true
    button.remove()
  }
  button.addEventListener('click', () => {
    undo()
    close()
  })
  announce(`${sentence} ${label}`)
  toast.replaceChildren(sentence, button)
  toast.hidden = false
  setTimeout(close, ms)
}
