import { isComposing } from '../ui/keys'
import type { SuggestionList, SuggestionSource, Suggestions } from '../app'
import { closest, element, make } from '../ui/dom'

type List = Suggestions & { chosen: number }

type State = {
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
  const state: State = { field, box, sources, list: null, done: null, isUndecided: false }
  field.addEventListener('input', (event) => look(state, event))
  // What an input method has just decided on.
  field.addEventListener('compositionend', (event) => look(state, event))
  field.addEventListener('blur', () => close(state))
  // Before the field's own Enter, which would send.
  field.addEventListener('keydown', (event) => press(state, event), { capture: true })
  box.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    const option = closest(event.target, '[role=option]')
    if (option !== null) accept(state, Number(option.id.slice('option-'.length)))
  })
  return {
    refresh() {
      if (document.activeElement === field && !state.isUndecided) look(state, null)
    },
  }
}

function look(state: State, event: Event | null): void {
  const { field, sources } = state
  state.isUndecided = event instanceof InputEvent && event.isComposing
  const isSelection = field.selectionStart !== field.selectionEnd
  let found: Suggestions | null = null
  for (const source of isSelection ? [] : sources) found ??= source(field, event)
  // A sign that was just written is a new one, even where another stood.
  if (found?.start !== state.done || found?.query === '') state.done = null
  set(state, found === null || found.start === state.done ? null : { ...found, chosen: 0 })
}

function set(state: State, list: List | null): void {
  const { box, field } = state
  state.list = list
  box.hidden = list === null
  if (list === null) return field.removeAttribute('aria-activedescendant')
  render(box, list)
  if (list.rows.length === 0) return field.removeAttribute('aria-activedescendant')
  field.setAttribute('aria-activedescendant', `option-${list.chosen}`)
}

function close(state: State): void {
  state.done = state.list?.start ?? state.done
  set(state, null)
}

function press(state: State, event: KeyboardEvent): void {
  const { list } = state
  const act = keys[event.key]
  if (list === null || act === undefined || isComposing(event)) return
  if (list.rows.length === 0 && event.key !== 'Escape') return
  // With Shift they stay what they are: a new line, a step back.
  if (event.shiftKey && /^(Enter|Tab)$/.test(event.key)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  act(state, list)
}

const keys: Record<string, (state: State, list: List) => void> = {
  ArrowDown: (state, list) => move(state, list, 1),
  ArrowUp: (state, list) => move(state, list, -1),
  Enter: (state, list) => accept(state, list.chosen),
  Tab: (state, list) => accept(state, list.chosen),
  Escape: close,
}

function move(state: State, list: List, step: 1 | -1): void {
  const { length } = list.rows
  if (length > 0) set(state, { ...list, chosen: (list.chosen + step + length) % length })
}

function accept(state: State, index: number): void {
  const { field, list } = state
  const row = list?.rows[index]
  if (list === null || row === undefined) return
  close(state)
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
