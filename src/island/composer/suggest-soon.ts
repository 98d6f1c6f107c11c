import type { SuggestionList } from '../app'
import { element } from '../ui/dom'

/** Fetches the list over the field when a sign is typed that may open it. */
export function suggestSoon(suggestions: () => Promise<SuggestionList>): void {
  const field = element('content', HTMLTextAreaElement)
  let isUndecided = false
  const look = (event: Event): void => {
    isUndecided = event instanceof InputEvent && event.isComposing
    if (!/[@＠:：]/.test(field.value)) return
    const isThere = ({ refresh }: SuggestionList): void => {
      field.removeEventListener('input', look)
      field.removeEventListener('compositionend', look)
      if (!isUndecided) refresh()
    }
    suggestions().then(isThere, () => {})
  }
  field.addEventListener('input', look)
  // The last input of a composition comes before its end.
  field.addEventListener('compositionend', look)
}
