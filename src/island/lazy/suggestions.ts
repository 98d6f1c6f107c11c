import type { App, SuggestionList } from '../app'
import { suggestEmoji, suggestPeople, type Suggestions } from '../composer/sources'
import { closest, element, make } from '../ui/dom'
import { isComposing } from '../ui/keys'

/** Makes the list over the field: people over an @, emoji over a colon. */
export function create(app: App): SuggestionList {
  let last: Event = new Event('input')
  const field = element('content', HTMLTextAreaElement)
  const offer = createList(field)
  const sources = [suggestPeople(app), suggestEmoji(app, () => look(last))]
  const look = (event: Event): void => {
    last = event
    const isCaret = document.activeElement === field && field.selectionStart === field.selectionEnd
    let found: Suggestions | null = null
    for (const source of isCaret ? sources : []) found ??= source(field, event)
    offer(found)
  }
  return { look }
}

/** Gives what shows other suggestions in the list, or hides it. */
function createList(field: HTMLTextAreaElement): (found: Suggestions | null) => void {
  const box = element('options', HTMLElement)
  let list: Suggestions | null = null
  let chosen = 0
  /** Where a sign stands that was answered or waved away. */
  let done: number | null = null
  const set = (next: Suggestions | null, index = 0): void => {
    list = next
    chosen = index
    render(box, field, next, index)
  }
  const close = (): void => {
    done = list?.start ?? done
    set(null)
  }
  const move = (step: 1 | -1): void => {
    const length = list?.rows.length ?? 0
    set(list, (chosen + step + length) % length)
  }
  const accept = (index: number): void => {
    const { rows = [], start = 0 } = list ?? {}
    close()
    field.setSelectionRange(start, field.selectionStart)
    rows[index]?.accept()
  }
  const press = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event
    const isKey = key === 'Escape' || (list?.rows.length !== 0 && keys.includes(key))
    // With Shift they stay what they are: a new line, a step back.
    const isTaken = isKey && !(shiftKey && /^(Enter|Tab)$/.test(key))
    if (list === null || !isTaken || isComposing(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (key === 'Escape') close()
    else if (key.startsWith('Arrow')) move(key === 'ArrowDown' ? 1 : -1)
    else accept(chosen)
  }
  field.addEventListener('blur', close)
  // Before the field's own Enter, which would send.
  field.addEventListener('keydown', press, { capture: true })
  box.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    const option = closest(event.target, '[role=option]')
    if (option !== null) accept(Number(option.id.slice('option-'.length)))
  })
  return (found) => {
    // A sign that was just written is a new one, even where another stood.
    if (found?.start !== done || found?.query === '') done = null
    set(found?.start === done ? null : found)
  }
}

const keys = ['ArrowDown', 'ArrowUp', 'Enter', 'Tab']

function render(
  box: HTMLElement,
  field: HTMLTextAreaElement,
  list: Suggestions | null,
  chosen: number,
): void {
  box.hidden = list === null
  field.removeAttribute('aria-activedescendant')
  if (list === null) return
  box.classList.toggle('options--private', list.isPrivate)
  box.setAttribute('aria-label', list.heading)
  const options = list.rows.map(({ parts, state = '' }, index) => {
    const isChosen = String(index === chosen)
    const id = `option-${index}`
    if (index === chosen) field.setAttribute('aria-activedescendant', id)
    const look = { id, role: 'option', 'aria-selected': isChosen, 'data-state': state }
    return make('div', look, ...parts)
  })
  box.replaceChildren(make('p', {}, list.heading), ...options)
}
