import { make } from '../ui/dom'
import type { EmojiList, EmojiWord } from './emoji-list'
import { tones } from './emoji-tone'

/** The parts of the panel around the grid. */
export type Shell = {
  box: HTMLElement
  search: HTMLInputElement
  /** Opens the choice of a skin tone. */
  tone: HTMLButtonElement
  toneChoice: HTMLElement
  tabs: HTMLElement
  /** What the chosen emoji is called. */
  name: HTMLElement
}

/** Makes the panel around this grid and puts it, closed, on the page. */
export function makeShell({ say }: EmojiList, grid: HTMLElement): Shell {
  const box = make('div', { class: 'emoji', id: 'emoji', popover: 'auto', role: 'dialog' })
  box.setAttribute('aria-label', say('title'))
  const search = make('input', {
    class: 'emoji__search',
    id: 'emoji-search',
    type: 'text',
    role: 'combobox',
    'aria-expanded': 'true',
    'aria-controls': grid.id,
    'aria-haspopup': 'grid',
    'aria-autocomplete': 'list',
    'aria-label': say('search'),
    placeholder: say('search'),
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: 'false',
    enterkeyhint: 'done',
  })
  const toneAttributes = { type: 'button', class: 'emoji__tone', 'aria-expanded': 'false' }
  const tone = make('button', toneAttributes)
  const choices = { class: 'emoji__tones', role: 'radiogroup', hidden: '' }
  const toneChoice = make('div', choices, ...tones.map(() => make('button', radio)))
  toneChoice.setAttribute('aria-label', say('tone').replace(/[:：].*$/, ''))
  const tabs = make('div', { class: 'emoji__tabs', role: 'tablist', 'aria-label': say('title') })
  const name = make('p', { class: 'emoji__name', 'aria-hidden': 'true' })
  const head = make('div', { class: 'emoji__head' }, search, tone)
  box.append(head, toneChoice, tabs, grid, name)
  document.body.append(box)
  return { box, search, tone, toneChoice, tabs, name }
}

const radio = { type: 'button', role: 'radio', class: 'emoji__cell' }

/** A picture for each group; they are drawn by every system that draws any. */
const signs: Partial<Record<EmojiWord, string>> = {
  recent: '🕘',
  smileys: '😀',
  people: '👋',
  nature: '🌿',
  food: '🍎',
  travel: '🚗',
  activities: '⚽',
  objects: '💡',
  symbols: '💛',
  flags: '🚩',
}

/** One tab for each of these groups. */
export function makeTabs({ say }: EmojiList, groups: EmojiWord[]): HTMLElement[] {
  return groups.map((group) => {
    const label = say(group)
    const attributes = { type: 'button', role: 'tab', class: 'emoji__tab', title: label }
    const tab = make('button', attributes, signs[group] ?? '')
    tab.setAttribute('aria-label', label)
    return tab
  })
}

/** A tab leads to its group; the arrows walk along the tabs. */
export function watchTabs(tabs: HTMLElement, scrollTo: (index: number) => void): void {
  tabs.addEventListener('click', ({ target }) => {
    const tab = target instanceof Element ? target.closest('[role=tab]') : null
    const index = [...tabs.children].findIndex((each) => each === tab)
    if (index === -1) return
    scrollTo(index)
    mark(tabs, index, 'aria-selected')
  })
  tabs.addEventListener('keydown', (event) => {
    if (walk(tabs, event)) event.preventDefault()
  })
}

/** Marks one of a row of tabs or choices; only that one is a stop of the Tab key. */
export function mark(row: HTMLElement, chosen: number, attribute: string): void {
  for (const [index, each] of [...row.children].entries()) {
    each.setAttribute(attribute, String(index === chosen))
    each.setAttribute('tabindex', index === chosen ? '0' : '-1')
  }
}

/** The arrows walk along a row of tabs or choices, and choose; false for other keys. */
export function walk(row: HTMLElement, { key }: KeyboardEvent): boolean {
  const all = [...row.querySelectorAll<HTMLElement>(':scope > button')]
  const here = all.findIndex((each) => each === document.activeElement)
  const targets: Record<string, number> = {
    ArrowRight: here + 1,
    ArrowDown: here + 1,
    ArrowLeft: here - 1,
    ArrowUp: here - 1,
    Home: 0,
    End: -1,
  }
  const target = targets[key]
  if (target === undefined || here === -1) return false
  const next = all.at(target % all.length)
  next?.click()
  next?.focus()
  return true
}
