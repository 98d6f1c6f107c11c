import { tint } from '../../shared/emoji'
import { fill } from '../../shared/text'
import type { EmojiPanel } from '../app'
import { announce, closest, element } from '../ui/dom'
import { isCharacter, isComposing, isTouch } from '../ui/keys'
import { codeOf, type EmojiCells, type EmojiUsed, findEmoji, signOf } from './emoji'

/** Emoji shown for a search: twenty rows. */
const emojiFoundMax = 180

type State = ReturnType<typeof createState>

/** Makes the panel on the page (views/emoji/emoji-panel.tsx) work; gives what opens it. */
export function createEmojiPanel(cells: EmojiCells, used: EmojiUsed): EmojiPanel['open'] {
  const state = createState(cells, used)
  const { box, list, search } = state
  watchTabs(state)
  watchTones(state)
  search.addEventListener('input', (event) => {
    // What an input method has not decided yet is nothing to look for.
    if (!(event instanceof InputEvent) || !event.isComposing) show(state)
  })
  search.addEventListener('compositionend', () => show(state))
  box.addEventListener('keydown', (event) => press(state, event))
  box.addEventListener('beforetoggle', ({ newState }) => onToggle(state, newState === 'open'))
  addEventListener('resize', () => {
    if (box.matches(':popover-open')) layOut(state)
  })
  list.addEventListener('mousedown', (event) => {
    if (closest(event.target, 'li') !== null) event.preventDefault()
  })
  list.addEventListener('pointermove', ({ pointerType, target }) => {
    const cell = pointerType === 'mouse' ? closest(target, 'li') : null
    if (cell !== null && cell !== state.chosen) choose(state, cell)
  })
  list.addEventListener('click', ({ shiftKey, target }) => {
    const cell = closest(target, 'li')
    if (cell !== null) take(state, cell, shiftKey)
  })
  return (opener, pick) => open(state, opener, pick)
}

function createState(cells: EmojiCells, used: EmojiUsed) {
  const list = element('emoji-list', HTMLElement)
  return {
    cells,
    used,
    box: element('emoji', HTMLElement),
    search: element('emoji-search', HTMLInputElement),
    list,
    /** What was found, what was used lately, and the groups. */
    sections: [...list.querySelectorAll('ul')],
    tabs: element('emoji-tabs', HTMLElement),
    columns: 1,
    opener: document.body,
    pick: (_emoji: string): void => {},
    chosen: null as HTMLElement | null,
    /** Whether the arrows sideways walk among the emoji, or in the words of the search. */
    isWalking: true,
    /** When a click beside the panel closed it. */
    dismissedAt: Number.NEGATIVE_INFINITY,
  }
}

const sameClickMs = 100

function open(state: State, opener: HTMLElement, pick: State['pick']): void {
  const { box, list, search } = state
  if (box.matches(':popover-open')) return close(state)
  // The click that was beside the panel, on its own button, has just closed it.
  if (opener === state.opener && performance.now() - state.dismissedAt < sameClickMs) return
  Object.assign(state, { opener, pick })
  // The browser gives the focus back to where it was: somebody who was writing goes on writing.
  if (document.activeElement?.matches('textarea, input') !== true) {
    opener.focus({ preventScroll: true })
  }
  search.value = ''
  show(state)
  box.showPopover()
  layOut(state)
  // On a phone the keyboard would cover the emoji.
  const target = isTouch() ? list : search
  target.focus({ preventScroll: true })
}

function close(state: State): void {
  state.box.hidePopover()
  state.dismissedAt = Number.NEGATIVE_INFINITY
  // What had the focus may have gone meanwhile.
  if (document.activeElement === document.body) element('log', HTMLElement).focus()
}

function onToggle(state: State, isOpen: boolean): void {
  const { opener } = state
  // Not everything that opens the panel is a button.
  if (opener.matches('[aria-expanded]')) opener.ariaExpanded = String(isOpen)
  if (isOpen) return
  state.dismissedAt = performance.now()
  element('emoji-tones', HTMLElement).hidden = true
  element('emoji-tone', HTMLElement).ariaExpanded = 'false'
}

function layOut(state: State): void {
  const { box, opener, sections } = state
  placeBeside(box, opener)
  const shown = sections.find(({ hidden }) => !hidden) ?? box
  state.columns = getComputedStyle(shown).gridTemplateColumns.split(' ').length
  // With their number of rows the sections have their heights before they are drawn.
  for (const section of sections) {
    const rows = Math.ceil(section.childElementCount / state.columns)
    section.style.setProperty('--rows', String(rows))
  }
}

function show(state: State): void {
  const { box, cells, list, search, sections, tabs, used } = state
  drawFirstRows(list)
  // Before anything changes, as it needs the layout.
  list.scrollTop = 0
  const query = search.value.trim()
  const isSearch = query !== ''
  const found = findEmoji(cells, query)
  const recent = isSearch ? [] : used.recent().flatMap((sign) => cells.get(sign) ?? [])
  const [results, lately, ...groups] = sections
  choose(state, null)
  fillSection(results, found.slice(0, emojiFoundMax))
  fillSection(lately, recent)
  for (const each of [tabs, ...groups]) each.hidden = isSearch
  state.isWalking = !isSearch
  tabs.firstElementChild?.toggleAttribute('hidden', recent.length === 0)
  if (!isSearch || results === undefined) return mark(tabs, recent.length > 0 ? 0 : 1, 'selected')
  const { found: sentence = '', nothing = '' } = box.dataset
  results.ariaLabel = found.length === 0 ? nothing : fill(sentence, { n: found.length })
  results.hidden = false
  announce(results.ariaLabel)
  choose(state, results.querySelector('li'))
}

/**
 * The browser would also draw the rows below the edge before the first frame, which takes twice as
 * long; they are drawn in the frame after.
 */
function drawFirstRows(list: HTMLElement): void {
  list.classList.add('emoji__list--opening')
  requestAnimationFrame(() => setTimeout(() => list.classList.remove('emoji__list--opening')))
}

function fillSection(section: HTMLElement | undefined, cells: HTMLElement[]): void {
  const copies = cells.map((cell) => document.importNode(cell, true))
  for (const copy of copies) copy.id = ''
  section?.replaceChildren(...copies)
  section?.toggleAttribute('hidden', copies.length === 0)
}

let lastId = 0

function choose(state: State, cell: HTMLElement | null): void {
  const { box, list, search } = state
  state.chosen?.removeAttribute('aria-selected')
  state.chosen = cell
  cell?.setAttribute('aria-selected', 'true')
  if (cell !== null) cell.id ||= `emoji-${(lastId += 1)}`
  for (const each of [search, list]) each.setAttribute('aria-activedescendant', cell?.id ?? '')
  const name = cell === null ? (box.dataset.more ?? '') : `${cell.ariaLabel} ${codeOf(cell)}`
  element('emoji-name', HTMLElement).textContent = name
}

function take(state: State, cell: HTMLElement, staysOpen: boolean): void {
  const { box, pick, used } = state
  used.note(signOf(cell))
  const before = document.activeElement
  if (!staysOpen) close(state)
  pick(cell.textContent)
  if (!staysOpen) return
  announce(cell.ariaLabel ?? '')
  if (before instanceof HTMLElement && box.contains(before)) before.focus()
}

function press(state: State, event: KeyboardEvent): void {
  const { key, target } = event
  const { chosen, list, search } = state
  if (isComposing(event) || event.defaultPrevented) return
  const isInWords =
    target === search && !state.isWalking && /^(Arrow(Left|Right)|Home|End)$/.test(key)
  const isHere = target === search || target === list
  if (key === 'Escape') close(state)
  else if (!isHere || isInWords) return
  else if (key === 'Enter') {
    if (chosen !== null) take(state, chosen, event.shiftKey)
  } else {
    const next = stepTo(rowsOf(state), chosen, event)
    // Letters typed anywhere in the panel are looked for.
    if (next === null) return isCharacter(event) ? search.focus() : undefined
    choose(state, next)
    next.scrollIntoView({ block: 'nearest' })
    state.isWalking = true
  }
  event.preventDefault()
}

function rowsOf({ columns, sections }: State): HTMLElement[][] {
  const shown = sections.filter(({ hidden }) => !hidden)
  return shown.flatMap((section) => {
    const cells = [...section.querySelectorAll('li')]
    const rows = Math.ceil(cells.length / columns)
    return Array.from({ length: rows }, (_, n) => cells.slice(n * columns, (n + 1) * columns))
  })
}

/** How far each key leads: rows down, or cells along; a page of keys is five rows. */
const steps: Record<string, { down?: number; along?: number }> = {
  ArrowRight: { along: 1 },
  ArrowLeft: { along: -1 },
  ArrowDown: { down: 1 },
  ArrowUp: { down: -1 },
  PageDown: { down: 5 },
  PageUp: { down: -5 },
  Home: { along: Number.NEGATIVE_INFINITY },
  End: { along: Number.POSITIVE_INFINITY },
}

/** Where a key leads in these rows, from nowhere to the first; null for other keys. */
export function stepTo<Cell>(
  rows: Cell[][],
  here: Cell | null,
  { key, ctrlKey, metaKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
): Cell | null {
  const step = steps[key]
  if (step === undefined) return null
  const { down = 0, along = 0 } = step
  const row = rows.findIndex((cells) => cells.some((cell) => cell === here))
  if (row === -1) return rows[0]?.[0] ?? null
  // Home and End stay in the row, unless Ctrl says otherwise.
  const isInRow = down !== 0 || !(Number.isFinite(along) || ctrlKey || metaKey)
  const cells = isInRow ? (rows[clamp(row + down, rows)] ?? []) : rows.flat()
  const column = (isInRow ? (rows[row] ?? []) : cells).findIndex((cell) => cell === here)
  return cells[clamp(column + along, cells)] ?? null
}

function clamp(index: number, { length }: unknown[]): number {
  return Math.max(0, Math.min(index, length - 1))
}

function watchTabs({ list, sections, tabs }: State): void {
  const topOf = (section?: HTMLElement): number => (section?.offsetTop ?? 0) - list.offsetTop
  watchRow(tabs, (index) => {
    list.scrollTop = topOf(sections[index + 1])
    mark(tabs, index, 'selected')
  })
  const markTop = (): void => {
    const isAbove = (section: HTMLElement): boolean =>
      !section.hidden && topOf(section) <= list.scrollTop + 8
    mark(tabs, Math.max(1, sections.findLastIndex(isAbove)) - 1, 'selected')
  }
  list.addEventListener('scroll', markTop, { passive: true })
}

function watchTones({ box, list, used }: State): void {
  const button = element('emoji-tone', HTMLElement)
  const row = element('emoji-tones', HTMLElement)
  // The panel comes without a tone.
  let shown = 0
  const show = (): void => {
    const tone = used.tone()
    const chosen = row.children[tone]
    button.textContent = chosen?.textContent ?? ''
    button.ariaLabel = fill(box.dataset.tone ?? '', { tone: chosen?.ariaLabel ?? '' })
    mark(row, tone, 'checked')
    if (tone === shown) return
    shown = tone
    for (const cell of list.querySelectorAll<HTMLElement>('[data-tone]'))
      cell.textContent = tint(signOf(cell), tone)
  }
  const setOpen = (isOpen: boolean): void => {
    row.hidden = !isOpen
    button.ariaExpanded = String(isOpen)
    const target = isOpen ? row.querySelector<HTMLElement>('[aria-checked=true]') : button
    target?.focus()
  }
  watchRow(row, (tone, event) => {
    used.setTone(tone)
    show()
    announce(button.ariaLabel ?? '')
    // The arrows go on choosing; a press of the pointer or of Enter has chosen.
    if (event.isTrusted) setOpen(false)
  })
  button.addEventListener('click', () => setOpen(row.hidden === true))
  row.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return
    setOpen(false)
    event.preventDefault()
  })
  show()
}

/** A row of tabs or choices: a click chooses, and so do the arrows, which walk along it. */
function watchRow(row: HTMLElement, choose: (index: number, event: Event) => void): void {
  row.addEventListener('click', (event) => {
    const index = [...row.children].findIndex((each) => each === closest(event.target, 'button'))
    if (index !== -1) choose(index, event)
  })
  row.addEventListener('keydown', (event) => {
    const all = [...row.querySelectorAll<HTMLElement>('button:not([hidden])')]
    const here = all.findIndex((each) => each === document.activeElement)
    const { along = 0, down = along } = steps[event.key] ?? {}
    if (down === 0 || Math.abs(down) === 5) return
    event.preventDefault()
    const end = down > 0 ? -1 : 0
    const next = Number.isFinite(down) ? (here + down) % all.length : end
    all.at(next)?.click()
    all.at(next)?.focus()
  })
}

/** Marks one of a row of tabs or choices; only that one is a stop of the Tab key. */
function mark(row: HTMLElement, chosen: number, state: 'checked' | 'selected'): void {
  for (const [index, each] of [...row.children].entries()) {
    each.setAttribute(`aria-${state}`, String(index === chosen))
    each.setAttribute('tabindex', index === chosen ? '0' : '-1')
  }
}

const gapPx = 8

/** Places the panel above a button or a row, else below, within the window, off the composer. */
function placeBeside(box: HTMLElement, button: HTMLElement): void {
  const { left, right } = button.getBoundingClientRect()
  const { top, bottom } = (button.closest('.slab') ?? button).getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = box
  const start = right - left > width ? right - width - gapPx : left - gapPx
  const x = Math.max(gapPx, Math.min(start, innerWidth - width - gapPx))
  const above = top - gapPx - height
  const below = Math.max(gapPx, Math.min(bottom + gapPx, innerHeight - height - gapPx))
  box.style.setProperty('--x', `${x}px`)
  box.style.setProperty('--y', `${above >= gapPx ? above : below}px`)
}
