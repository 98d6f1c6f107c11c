import { plural } from '../../shared/text'
import { element } from '../ui/dom'
import { isComposing, isSending, isTouch } from '../ui/keys'
import type { Page } from '../ui/page'
import { showToast } from '../ui/toast'
import { limits } from '../../shared/limits'

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
  // What it is compared with when it must be left in a hurry.
  field.defaultValue = content
  field.setAttribute('aria-label', words.editLabel)
  const foot = document.createElement('p')
  foot.className = 'editor__foot'
  const close = (): void => {
    field.remove()
    foot.remove()
    row.classList.remove('msg--editing')
    row.dispatchEvent(new Event('edited'))
    element('content', HTMLElement).focus()
  }
  const submit = (): void => {
    const text = field.value.replace(/\s+$/, '')
    const excess = text.length - limits.messageUnitsMax
    if (excess > 0) return showToast(plural(page.language, excess, words.tooLong))
    if (text === '') return showToast(words.editEmpty)
    if (text === content) close()
    else void save(text).then((isSaved) => void (isSaved && close()))
  }
  const [enter, escape] = isTouch() ? ['', ''] : [' (Enter)', ' (Esc)']
  foot.append(makeButton(words.saveEdit + enter, submit))
  foot.append(makeButton(words.leaveEdit + escape, close))
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
