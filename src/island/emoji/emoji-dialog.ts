import { fill } from '../../shared/text'
import { announce, element } from '../ui/dom'
import { isComposing, isTouch } from '../ui/keys'
import { createGrid, type Grid } from './emoji-grid'
import type { Emoji, EmojiGroup, EmojiList, EmojiWord } from './emoji-list'
import type { EmojiSearch } from './emoji-search'
import { makeShell, makeTabs, mark, type Shell, watchTabs } from './emoji-shell'
import { watchTone } from './emoji-tones'
import { tint } from './emoji-tone'
import type { EmojiUsed } from './emoji-used'
import type { Page } from '../ui/page'
import { placeBeside } from '../ui/place-beside'

/** Emoji shown for a search: twenty rows. */
const emojiFoundMax = 180

export type EmojiDialog = {
  open: (opener: HTMLElement, pick: (emoji: string) => void) => void
  /** Something turned out not to be drawn here: shows the groups anew. */
  refresh: () => void
}

export type EmojiWays = {
  page: Page
  list: EmojiList
  used: EmojiUsed
  search: EmojiSearch
  isDrawn: (emoji: Emoji) => boolean
}

type Visit = { opener: HTMLElement; home: HTMLElement; pick: (emoji: string) => void }

type State = EmojiWays & {
  shell: Shell
  grid: Grid
  /** Null while the panel is closed. */
  visit: Visit | null
  /** What can be drawn of each group. */
  groups: EmojiGroup[]
  /** The groups that have a tab, in their order. */
  tabs: EmojiWord[]
  /** Whether the arrows sideways walk in the grid, or in the words of the search. */
  isInGrid: boolean
  /** A click beside the panel closes it: when, and at which button it was open. */
  closed: { at: number; opener: HTMLElement | null }
}

/** Makes the panel: a search that controls a grid, tabs for the groups, and the skin tone. */
export function makeEmojiDialog(ways: EmojiWays): EmojiDialog {
  const { list, used } = ways
  const grid = createGrid(
    list.say('title'),
    (emoji) => tint(emoji, used.tone()),
    (cell, emoji) => showChoice(state, cell, emoji),
  )
  const shell = makeShell(list, grid.box)
  const state: State = {
    ...ways,
    shell,
    grid,
    visit: null,
    groups: drawnGroups(ways),
    tabs: [],
    isInGrid: true,
    closed: { at: 0, opener: null },
  }
  watchTone(ways.list, used, shell, () => grid.redraw())
  watchSearch(state)
  watchGrid(state)
  watchTabs(shell.tabs, grid.scrollTo)
  shell.box.addEventListener('keydown', (event) => pressAnywhere(state, event))
  addEventListener('resize', () => {
    if (state.visit !== null) placeBeside(shell.box, state.visit.opener)
  })
  shell.box.addEventListener('beforetoggle', ({ newState }) => {
    if (newState === 'closed') leave(state)
  })
  return {
    open: (opener, pick) => open(state, { opener, home: homeOf(opener), pick }),
    refresh() {
      state.groups = drawnGroups(ways)
      if (state.visit !== null && shell.search.value === '') showGroups(state)
    },
  }
}

/** Somebody who was writing goes on writing. */
function homeOf(opener: HTMLElement): HTMLElement {
  const active = document.activeElement
  return active instanceof HTMLElement && active.matches('textarea, input') ? active : opener
}

function open(state: State, visit: Visit): void {
  const { closed, shell } = state
  if (shell.box.matches(':popover-open')) return close(state)
  // The click that was beside the panel, on its own button, has just closed it.
  if (closed.opener === visit.opener && performance.now() - closed.at < sameClickMs) return
  state.visit = visit
  shell.search.value = ''
  shell.box.showPopover()
  placeBeside(shell.box, visit.opener)
  showGroups(state)
  setExpanded(visit, true)
  // On a phone the keyboard would cover what was asked for.
  const target = isTouch() ? state.grid.box : shell.search
  target.focus({ preventScroll: true })
}

const sameClickMs = 100

/** Closes the panel and gives the focus, and with it the caret, back. */
function close(state: State): void {
  const { shell, visit } = state
  shell.box.hidePopover()
  state.closed.opener = null
  // A button that has gone meanwhile cannot take the focus.
  const home = visit?.home.checkVisibility() === true ? visit.home : element('log', HTMLElement)
  home.focus()
}

/** Not everything that it is opened at is a button. */
function setExpanded(visit: Visit | null, isOpen: boolean): void {
  if (visit?.opener.matches('[aria-expanded]') !== true) return
  visit.opener.setAttribute('aria-expanded', String(isOpen))
}

function leave(state: State): void {
  const { shell, visit } = state
  setExpanded(visit, false)
  state.closed = { at: performance.now(), opener: visit?.opener ?? null }
  state.visit = null
  shell.toneChoice.hidden = true
}

function drawnGroups({ isDrawn, list }: EmojiWays): EmojiGroup[] {
  return list.groups.map(({ name, emoji }) => ({ name, emoji: emoji.filter(isDrawn) }))
}

function showGroups(state: State): void {
  const { grid, groups, isDrawn, list, shell, used } = state
  const bySign = new Map(list.all.map((emoji) => [emoji.sign, emoji]))
  const recent = used.recent().flatMap((sign) => bySign.get(sign) ?? [])
  const all = [{ name: 'recent' as const, emoji: recent.filter(isDrawn) }, ...groups].filter(
    ({ emoji }) => emoji.length > 0,
  )
  const names = all.map(({ name }) => name)
  if (names.join() !== state.tabs.join()) {
    shell.tabs.replaceChildren(...makeTabs(list, names))
    state.tabs = names
  }
  state.isInGrid = true
  shell.tabs.hidden = false
  mark(shell.tabs, 0, 'aria-selected')
  const sections = all.map(({ name, emoji }) => ({ name: list.say(name), emoji }))
  grid.show(sections, false)
}

function showFound(state: State): void {
  const { grid, isDrawn, list, search, shell } = state
  const query = shell.search.value.trim()
  if (query === '') return showGroups(state)
  const found = search.find(query, () => {
    if (state.visit !== null && shell.search.value.trim() === query) showFound(state)
  })
  const emoji = found.filter(isDrawn)
  state.isInGrid = false
  shell.tabs.hidden = true
  const sentence =
    emoji.length === 0 ? list.say('nothing') : fill(list.say('found'), { n: emoji.length })
  const shown = emoji.slice(0, emojiFoundMax)
  grid.show([{ name: sentence, emoji: shown }], true)
  announce(sentence)
}

function showChoice({ list, shell }: State, cell: HTMLElement | null, emoji: Emoji | null): void {
  if (cell === null) shell.search.removeAttribute('aria-activedescendant')
  else shell.search.setAttribute('aria-activedescendant', cell.id)
  const code = emoji?.codes[0]
  shell.name.textContent =
    emoji === null ? list.say('more') : `${emoji.label}${code === undefined ? '' : ` :${code}:`}`
}

function watchSearch(state: State): void {
  const { search } = state.shell
  search.addEventListener('input', (event) => {
    // What an input method has not decided yet is nothing to look for.
    if (event instanceof InputEvent && event.isComposing) return
    showFound(state)
  })
  search.addEventListener('compositionend', () => showFound(state))
}

function watchGrid(state: State): void {
  const { grid } = state
  const cellOf = ({ target }: Event): HTMLElement | null =>
    target instanceof Element ? target.closest<HTMLElement>('.emoji__cell') : null
  grid.box.addEventListener('mousedown', (event) => {
    // The focus stays where it is, so that somebody may go on searching.
    if (cellOf(event) !== null) event.preventDefault()
  })
  grid.box.addEventListener('pointermove', (event) => {
    const cell = event.pointerType === 'mouse' ? cellOf(event) : null
    if (cell !== null && !cell.matches('.emoji__cell--chosen')) grid.choose(cell)
  })
  grid.box.addEventListener('click', (event) => {
    const cell = cellOf(event)
    const emoji = cell && grid.emojiOf(cell)
    if (emoji !== null) take(state, emoji, event.shiftKey)
  })
  grid.box.addEventListener(
    'scroll',
    () => mark(state.shell.tabs, Math.max(0, grid.current()), 'aria-selected'),
    { passive: true },
  )
}

function take(state: State, emoji: Emoji, staysOpen: boolean): void {
  const { shell, used, visit } = state
  if (visit === null) return
  used.note(emoji.sign)
  const before = document.activeElement
  if (!staysOpen) close(state)
  visit.pick(tint(emoji, used.tone()))
  if (!staysOpen) return
  announce(emoji.label)
  if (before instanceof HTMLElement && shell.box.contains(before)) before.focus()
}

function pressAnywhere(state: State, event: KeyboardEvent): void {
  if (isComposing(event) || event.defaultPrevented) return
  const { grid, shell } = state
  const isSearching = event.target === shell.search
  const isHere = isSearching || event.target === grid.box
  const isSideways = /^(Arrow(Left|Right)|Home|End)$/.test(event.key)
  const emoji = grid.chosen()
  if (event.key === 'Escape') close(state)
  else if (isHere && event.key === 'Enter') {
    if (emoji !== null) take(state, emoji, event.shiftKey)
  } else if (isHere && (!isSideways || state.isInGrid || !isSearching)) {
    if (!grid.move(event)) return writeInSearch(state, event)
    state.isInGrid = true
  } else return
  event.preventDefault()
}

/** Letters typed anywhere in the panel are looked for. */
function writeInSearch({ shell }: State, event: KeyboardEvent): void {
  const isCharacter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
  if (isCharacter && event.target !== shell.search) shell.search.focus()
}
