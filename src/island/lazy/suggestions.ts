import type { App, SuggestionList } from '../app'
import { suggestEmoji, suggestPeople, type Suggestions } from '../composer/sources'
import { closest, element, make } from '../ui/dom'
import { isComposing } from '../ui/keys'

/** Makes the list over the field: people over an @, emoji over a colon. */
export function create(app: App): SuggestionList {
  let last: Event = new Event('input')
  const field = element('content', HTMLTextAreaElement)
  const offer = createList(field)
  const again = (): void => look(last)
  const sources = [suggestPeople(app, again), suggestEmoji(app, again)]
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
  let hasMoved = false
  /** Where a sign stands that was answered or waved away. */
  let done: number | null = null
  const set = (next: Suggestions | null, index = firstOf(next)): void => {
    list = next
    chosen = index
    render(box, field, next, index)
  }
  const close = (): void => {
    // Of an @ that stands first the composer knows what was answered.
    if (list?.isPrivate === false) done = list.start
    hasMoved = false
    set(null)
  }
  const move = (step: 1 | -1): void => {
    const length = list?.rows.length ?? 0
    hasMoved = true
    set(list, (Math.max(chosen, step === 1 ? -1 : 0) + step + length) % length)
  }
  const accept = (index: number): void => {
    const { hasWayOut = false, rows = [], start = 0 } = list ?? {}
    const isWayOut = hasWayOut && index === rows.length - 1
    close()
    if (!isWayOut) field.setSelectionRange(start, field.selectionStart)
    rows[index]?.accept()
  }
  const press = (event: KeyboardEvent): void => {
    const { key, shiftKey } = event
    const canAct = list?.rows.length !== 0 && (chosen >= 0 || key.startsWith('Arrow'))
    const isKey = key === 'Escape' || (canAct && keys.includes(key))
    // With Shift they stay what they are: a new line, a step back.
    const isTaken = isKey && !(shiftKey && /^(Enter|Tab)$/.test(key))
    if (list === null || !isTaken || isComposing(event)) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (key === 'Escape' && list.hasWayOut) accept(list.rows.length - 1)
    else if (key === 'Escape') close()
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
    const next = found?.start === done ? null : found
    hasMoved &&= next?.start === list?.start && next?.query === list?.query
    set(next, hasMoved ? indexOf(next, nameAt(list, chosen)) : undefined)
  }
}

/** What Enter takes: nothing, where the only row is the way out. */
function firstOf(list: Suggestions | null): number {
  return list?.hasWayOut === true && list.rows.length === 1 ? -1 : 0
}

/** An answer of the server adds rows: what the reader has moved to stays chosen. */
function indexOf(list: Suggestions | null, name: string | null): number | undefined {
  const index = list?.rows.findIndex((_, n) => nameAt(list, n) === name) ?? -1
  return index < 0 ? undefined : index
}

function nameAt(list: Suggestions | null, index: number): string | null {
  return list?.rows[index]?.parts.at(-1)?.textContent ?? null
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
  options[chosen]?.scrollIntoView({ block: 'nearest' })
  // Its heading belongs to the first.
  if (chosen <= 0) box.scrollTop = 0
}
