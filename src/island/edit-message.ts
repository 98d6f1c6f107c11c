import { limits } from '../limits'
import { isComposing, isTouch } from './composer'
import { newId } from './new-id'
import { element, type Page } from './page'

export type Editor = { close: () => void }

/**
 * Changes a message where it stands: Enter saves, Escape leaves. The text stays until the server
 * has answered, so that nothing is lost when it says no.
 */
export function startEditing(
  page: Page,
  row: HTMLElement,
  content: string,
  save: (clientId: string, text: string, editor: Editor) => void,
): void {
  const field = document.createElement('textarea')
  field.className = 'editor'
  field.value = content
  field.setAttribute('aria-label', page.words.editLabel)
  const hint = document.createElement('p')
  hint.className = 'editor__hint'
  hint.textContent = page.words.editHint
  const editor: Editor = {
    close() {
      field.remove()
      hint.remove()
      row.classList.remove('msg--editing')
      element('content', HTMLElement).focus()
    },
  }
  field.addEventListener('keydown', (event) => {
    if (isComposing(event)) return
    if (event.key === 'Escape') {
      event.preventDefault()
      editor.close()
    }
    if (event.key !== 'Enter' || event.shiftKey || isTouch()) return
    event.preventDefault()
    const text = field.value.replace(/\s+$/, '')
    if (text === '' || text.length > limits.messageUnitsMax) return
    if (text === content) editor.close()
    else save(newId(), text, editor)
  })
  row.classList.add('msg--editing')
  row.querySelector('.msg__body')?.after(field, hint)
  field.focus()
  field.setSelectionRange(content.length, content.length)
}
