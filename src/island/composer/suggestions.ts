import { isComposing } from '../ui/keys'
import type { SuggestionList, SuggestionSource, Suggestions } from '../app'
import { element, make } from '../ui/dom'

type List = Suggestions & { chosen: number }

type Popup = {
  field: HTMLTextAreaElement
  box: HTMLElement
  sources: SuggestionSource[]
  list: List | null
  /** Where a sign stands that was answered or waved away. */
  done: number | null
  /** An input method is in the middle of a word. */
  isUndecided: boolean
}

/** The list that opens over the field while something is typed that a source can finish. */
export function watchSuggestions(sources: SuggestionSource[]): SuggestionList {
  const field = element('content', HTMLTextAreaElement)
  const box = element('options', HTMLElement)
  const popup: Popup = { field, box, sources, list: null, done: null, isUndecided: false }
  field.addEventListener('input', (event) => look(popup, event))
  // What an input method has just decided on.
  field.addEventListener('compositionend', (event) => look(popup, event))
  field.addEventListener('blur', () => close(popup))
  // Before the field's own Enter, which would send.
  field.addEventListener('keydown', (event) => press(popup, event), { capture: true })
  box.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    const option = event.target instanceof Element ? event.target.closest('[role=option]') : null
    if (option !== null) accept(popup, Number(option.id.slice('option-'.length)))
  })
  return {
    refresh() {
      if (document.activeElement === field && !popup.isUndecided) look(popup, null)
    },
  }
}

function look(popup: Popup, event: Event | null): void {
  const { field, sources } = popup
  popup.isUndecided = event instanceof InputEvent && event.isComposing
  const isSelection = field.selectionStart !== field.selectionEnd
  let found: Suggestions | null = null
  for (const source of isSelection ? [] : sources) found ??= source(field, event)
  // A sign that was just written is a new one, even where another stood.
  if (found?.start !== popup.done || found?.query === '') popup.done = null
  set(popup, found === null || found.start === popup.done ? null : { ...found, chosen: 0 })
}

function set(popup: Popup, list: List | null): void {
  const { box, field } = popup
  popup.list = list
  box.hidden = list === null
  if (list === null) return field.removeAttribute('aria-activedescendant')
  render(box, list)
  if (list.rows.length === 0) return field.removeAttribute('aria-activedescendant')
  field.setAttribute('aria-activedescendant', `option-${list.chosen}`)
}

function close(popup: Popup): void {
  popup.done = popup.list?.start ?? popup.done
  set(popup, null)
}

function press(popup: Popup, event: KeyboardEvent): void {
  const { list } = popup
  const act = keys[event.key]
  if (list === null || act === undefined || isComposing(event)) return
  if (list.rows.length === 0 && event.key !== 'Escape') return
  // With Shift they stay what they are: a new line, a step back.
  if (event.shiftKey && /^(Enter|Tab)$/.test(event.key)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  act(popup, list)
}

const keys: Record<string, (popup: Popup, list: List) => void> = {
  ArrowDown: (popup, list) => move(popup, list, 1),
  ArrowUp: (popup, list) => move(popup, list, -1),
  Enter: (popup, list) => accept(popup, list.chosen),
  Tab: (popup, list) => accept(popup, list.chosen),
  Escape: close,
}

function move(popup: Popup, list: List, step: 1 | -1): void {
  const { length } = list.rows
  if (length > 0) set(popup, { ...list, chosen: (list.chosen + step + length) % length })
}

function accept(popup: Popup, index: number): void {
  const { field, list } = popup
  const row = list?.rows[index]
  if (list === null || row === undefined) return
  close(popup)
  field.setSelectionRange(list.start, field.selectionStart)
  row.accept()
}

function render(box: HTMLElement, { chosen, heading, isPrivate, rows }: List): void {
  box.classList.toggle('options--private', isPrivate)
  box.setAttribute('aria-label', heading)
  const options = rows.map(({ parts, state = '' }, index) => {
    const attributes = { id: `option-${index}`, role: 'option' }
    const option = make('div', attributes, ...parts)
    option.setAttribute('aria-selected', String(index === chosen))
    option.dataset.state = state
    return option
  })
  box.replaceChildren(make('p', {}, heading), ...options)
}
