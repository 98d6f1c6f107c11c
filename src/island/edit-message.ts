import { limits } from '../limits'
import { isComposing } from './composer'
import { isSending } from './enter-key'
import { element, type Page } from './page'

/**
 * Changes a message where it stands: Enter saves, Escape leaves, and both are buttons, too. The
 * text stays until the server has answered, so that nothing is lost when it says no.
 */
export function startEditing(
  page: Page,
  row: HTMLElement,
  content: string,
  save: (text: string) => Promise<boolean>,
): void {
  const { words } = page
  const field = document.createElement('textarea')
  field.className = 'editor'
  field.value = content
  field.setAttribute('aria-label', words.editLabel)
  const foot = document.createElement('p')
  foot.className = 'editor__foot'
  const close = (): void => {
    field.remove()
    foot.remove()
    row.classList.remove('msg--editing')
    element('content', HTMLElement).focus()
  }
  const submit = (): void => {
    const text = field.value.replace(/\s+$/, '')
    if (text === '' || text.length > limits.messageUnitsMax) return
    if (text === content) close()
    else void save(text).then((isSaved) => void (isSaved && close()))
  }
  foot.append(makeButton(words.saveEdit, submit), makeButton(words.leaveEdit, close))
  field.addEventListener('keydown', (event) => {
    if (isComposing(event)) return
    if (event.key === 'Escape') {
      event.preventDefault()
      close()
    }
    if (event.key !== 'Enter' || event.shiftKey || !isSending(event)) return
    event.preventDefault()
    submit()
  })
  row.classList.add('msg--editing')
  row.querySelector('.msg__body')?.after(field, foot)
  field.focus()
  field.setSelectionRange(content.length, content.length)
}

function makeButton(label: string, act: () => void): HTMLElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.textContent = label
  button.addEventListener('click', act)
  return button
}
