import { element } from './page'

const toastMs = 4_000

/** Shows one quiet sentence for a few seconds. */
export function showToast(sentence: string): void {
  const toast = element('toast', HTMLElement)
  toast.textContent = sentence
  toast.hidden = false
  setTimeout(() => {
    if (toast.textContent === sentence) toast.hidden = true
  }, toastMs)
}
