import { make } from '../ui/dom'
import type { Emoji } from './emoji-list'
import { type Place, stepTo } from './emoji-steps'

/** A part of the grid: a group, what was used lately, or what a search found. */
export type Section = { name: string; emoji: Emoji[] }

/** The emoji in rows; one of them may be the chosen one. */
export type Grid = {
  box: HTMLElement
  /** Shows other sections, from the top; nothing is chosen, or the first. */
  show: (sections: Section[], choosesFirst: boolean) => void
  /** Moves the choice as this key says; false when it is no key for that. */
  move: (event: KeyboardEvent) => boolean
  choose: (cell: HTMLElement) => void
  chosen: () => Emoji | null
  emojiOf: (cell: HTMLElement) => Emoji | null
  /** Brings a section to the top. */
  scrollTo: (section: number) => void
  /** The section at the top. */
  current: () => number
  /** Draws again those that take a skin tone. */
  redraw: () => void
}

type Shown = Section & { element: HTMLElement; key: number; columns: number; isBuilt: boolean }

type State = {
  box: HTMLElement
  /** How an emoji is drawn in the reader's skin tone. */
  draw: (emoji: Emoji) => string
  /** Told of the chosen cell and its emoji, or that there is none. */
  onChoice: (cell: HTMLElement | null, emoji: Emoji | null) => void
  sections: Shown[]
  columns: number
  place: Place | null
  near: IntersectionObserver
  /** What was built before is shown again. */
  known: WeakMap<Emoji[], Shown>
  lastKey: number
}

/** More rows than the box ever shows. */
const firstRows = 10

/**
 * Makes the grid. What is seen at first is built at once; each other section has its exact height
 * from the beginning and its emoji when it comes near.
 */
export function createGrid(label: string, draw: State['draw'], onChoice: State['onChoice']): Grid {
  const box = make('div', { class: 'emoji__grid', id: 'emoji-grid', role: 'grid', tabindex: '0' })
  box.setAttribute('aria-label', label)
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        const section = state.sections.find(({ element }) => element === target)
        if (isIntersecting && section !== undefined) build(state, section)
      }
    },
    { root: box, rootMargin: '100%' },
  )
  const state: State = {
    box,
    draw,
    onChoice,
    sections: [],
    columns: 1,
    place: null,
    near,
    known: new WeakMap(),
    lastKey: 0,
  }
  return {
    box,
    show: (sections, choosesFirst) => show(state, sections, choosesFirst),
    move(event) {
      const next = stepTo(state, event)
      if (next === null) return false
      choose(state, next, true)
      return true
    },
    choose: (cell) => choose(state, placeOf(state, cell), false),
    chosen: () => emojiAt(state, state.place),
    emojiOf: (cell) => emojiAt(state, placeOf(state, cell)),
    scrollTo(section) {
      const element = state.sections[section]?.element
      if (element !== undefined) box.scrollTop = element.offsetTop - box.offsetTop
    },
    current: () =>
      state.sections.findLastIndex(
        ({ element }) => element.offsetTop - box.offsetTop <= box.scrollTop + 8,
      ),
    redraw: () => redraw(state),
  }
}

function show(state: State, sections: Section[], choosesFirst: boolean): void {
  const { box, near } = state
  const columns = columnsOf(box)
  near.disconnect()
  state.columns = columns
  state.sections = sections.map((section) => {
    const known = state.known.get(section.emoji)
    const shown = known?.columns === columns ? known : makeSection(state, section)
    state.known.set(section.emoji, shown)
    return shown
  })
  box.style.setProperty('--columns', String(columns))
  box.replaceChildren(...state.sections.map(({ element }) => element))
  box.scrollTop = 0
  let rows = 0
  for (const section of state.sections) {
    if (rows < firstRows) build(state, section)
    rows += Math.ceil(section.emoji.length / columns)
    near.observe(section.element)
  }
  const [first] = state.sections
  const isSomething = choosesFirst && (first?.emoji.length ?? 0) > 0
  choose(state, isSomething ? { section: 0, index: 0 } : null, false)
}

/** As many as fit; a finger needs more room than a pointer. */
function columnsOf(box: HTMLElement): number {
  const cell = Number.parseFloat(getComputedStyle(box).getPropertyValue('--cell')) * 16
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
  return Math.max(1, Math.floor(box.clientWidth / (cell * rem)))
}

function makeSection(state: State, { name, emoji }: Section): Shown {
  const { columns } = state
  const element = make('div', { class: 'emoji__group', role: 'rowgroup', 'aria-label': name })
  element.dataset.name = name
  element.style.setProperty('--rows', String(Math.ceil(emoji.length / columns)))
  state.lastKey += 1
  return { name, emoji, element, key: state.lastKey, columns, isBuilt: false }
}

function build(state: State, section: Shown): void {
  if (section.isBuilt) return
  section.isBuilt = true
  const { columns, draw } = state
  const cells = section.emoji.map((emoji, index) => {
    const attributes = { type: 'button', role: 'gridcell', tabindex: '-1', class: 'emoji__cell' }
    const cell = make('button', attributes, draw(emoji))
    cell.id = `emoji-${section.key}-${index}`
    cell.setAttribute('aria-label', emoji.label)
    return cell
  })
  const rows = Array.from({ length: Math.ceil(cells.length / columns) }, (_, row) => {
    const members = cells.slice(row * columns, (row + 1) * columns)
    return make('div', { class: 'emoji__row', role: 'row' }, ...members)
  })
  section.element.append(...rows)
}

function choose(state: State, place: Place | null, scrolls: boolean): void {
  const { box, onChoice } = state
  box.querySelector('.emoji__cell--chosen')?.classList.remove('emoji__cell--chosen')
  state.place = place
  const section = place === null ? undefined : state.sections[place.section]
  if (section !== undefined) build(state, section)
  const cell = document.getElementById(`emoji-${section?.key}-${place?.index}`)
  cell?.classList.add('emoji__cell--chosen')
  if (scrolls) cell?.scrollIntoView({ block: 'nearest' })
  if (cell === null) box.removeAttribute('aria-activedescendant')
  else box.setAttribute('aria-activedescendant', cell.id)
  onChoice(cell, emojiAt(state, place))
}

function placeOf(state: State, cell: HTMLElement): Place | null {
  const [, key, index] = /^emoji-(\d+)-(\d+)$/.exec(cell.id) ?? []
  const section = state.sections.findIndex((each) => each.key === Number(key))
  const place = { section, index: Number(index) }
  return emojiAt(state, place) === null ? null : place
}

function emojiAt({ sections }: State, place: Place | null): Emoji | null {
  return (place && sections[place.section]?.emoji[place.index]) ?? null
}

function redraw(state: State): void {
  state.known = new WeakMap()
  for (const cell of state.box.querySelectorAll<HTMLElement>('.emoji__cell')) {
    const emoji = emojiAt(state, placeOf(state, cell))
    if (emoji?.takesTone === true) cell.textContent = state.draw(emoji)
  }
}
