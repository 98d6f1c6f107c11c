import type { App, SuggestionList } from '../app'
import { suggestEmoji, suggestPeople, type Suggestions } from '../composer/sources'
import { closest, element, make } from '../ui/dom'
import { isComposing } from '../ui/keys'

type State = ReturnType<typeof createState>

/** Makes the list over the field: people over an @, emoji over a colon. */
export function create(app: App): SuggestionList {
  let last: Event = new Event('input')
  const state = createState()
  const { box, field } = state
  const sources = [suggestPeople(app), suggestEmoji(app, () => list.look(last))]
  const list: SuggestionList = {
    look(event) {
      last = event
      const isCaret =
        document.activeElement === field && field.selectionStart === field.selectionEnd
      let found: Suggestions | null = null
      for (const source of isCaret ? sources : []) found ??= source(field, event)
      // A sign that was just written is a new one, even where another stood.
      if (found?.start !== state.done || found?.query === '') state.done = null
      set(state, found?.start === state.done ? null : found)
    },
  }
  field.addEventListener('blur', () => close(state))
  // Before the field's own Enter, which would send.
  field.addEventListener('keydown', (event) => press(state, event), { capture: true })
  box.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    const option = closest(event.target, '[role=option]')
    if (option !== null) accept(state, Number(option.id.slice('option-'.length)))
  })
  return list
}

function createState() {
  return {
    field: element('content', HTMLTextAreaElement),
    box: element('options', HTMLElement),
    shown: null as Suggestions | null,
    chosen: 0,
    /** Where a sign stands that was answered or waved away. */
    done: null as number | null,
  }
}

function set(state: State, shown: Suggestions | null, chosen = 0): void {
  const { box, field } = state
  Object.assign(state, { shown, chosen })
  box.hidden = shown === null
  field.removeAttribute('aria-activedescendant')
  if (shown === null) return
  box.classList.toggle('options--private', shown.isPrivate)
  box.setAttribute('aria-label', shown.heading)
  const options = shown.rows.map(({ parts, state = '' }, index) => {
    const isChosen = String(index === chosen)
    const id = `option-${index}`
    if (index === chosen) field.setAttribute('aria-activedescendant', id)
    const look = { id, role: 'option', 'aria-selected': isChosen, 'data-state': state }
    return make('div', look, ...parts)
  })
  box.replaceChildren(make('p', {}, shown.heading), ...options)
}

function close(state: State): void {
  state.done = state.shown?.start ?? state.done
  set(state, null)
}

function press(state: State, event: KeyboardEvent): void {
  const { chosen, shown } = state
  const act = keys[event.key]
  if (shown === null || act === undefined || isComposing(event)) return
  if (shown.rows.length === 0 && event.key !== 'Escape') return
  // With Shift they stay what they are: a new line, a step back.
  if (event.shiftKey && /^(Enter|Tab)$/.test(event.key)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  act(state, chosen)
}

const keys: Record<string, (state: State, chosen: number) => void> = {
  ArrowDown: (state, chosen) => choose(state, chosen + 1),
  ArrowUp: (state, chosen) => choose(state, chosen - 1),
  Enter: accept,
  Tab: accept,
  Escape: close,
}

function choose(state: State, index: number): void {
  const length = state.shown?.rows.length ?? 0
  set(state, state.shown, (index + length) % length)
}

function accept(state: State, index: number): void {
  const { field, shown } = state
  const row = shown?.rows[index]
  if (shown === null || row === undefined) return
  close(state)
  field.setSelectionRange(shown.start, field.selectionStart)
  row.accept()
}
