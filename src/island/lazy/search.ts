import type { App, Palette } from '../app'
import { announce, element } from '../ui/dom'
import { createPaths } from '../../shared/paths'
import { dropBack, offerBack } from '../search/back-to-results'
import { showOnDevice } from '../search/device-hits'
import { askHtml, fetchHtml, swapIn } from '../net/htmx'
import { openDirect } from '../composer/suggest-people'
import { itemsOf, markFirst, walk } from '../search/found-items'
import type { Page } from '../ui/page'
import { nameThisRoom, showPlaces } from '../search/places'
import { fillAway } from '../search/search-away'
import { queryField, readPath, withZone } from '../search/search-form'
import { showToast } from '../ui/toast'

/** A search is sent when typing has paused for this long… */
const searchPauseMs = 200
/** …and again when it was refused, or the server is away. */
const searchAgainMs = 700

type It = {
  page: Page
  app: App
  dialog: HTMLDialogElement
  body: HTMLElement
  /** Where the page was before the palette stood in its address; null while it does not. */
  cameFrom: string | null
  /** What is shown now, or is being asked for. */
  shown: string
  asking: Promise<void> | null
  /** Where the list stood, and what was chosen in it, when it was left. */
  left: { top: number; item: HTMLElement } | null
  timer?: Timer
}

/**
 * Makes the dialog that finds rooms, people and messages. Its search is the page's address while it
 * is open, so that Back returns to it.
 */
export function create(app: App): Palette {
  const { page } = app
  const dialog = document.createElement('dialog')
  dialog.id = 'palette'
  dialog.className = 'panel panel--search'
  dialog.setAttribute('aria-labelledby', 'palette-title')
  dialog.setAttribute('closedby', 'any')
  const body = document.createElement('div')
  dialog.append(body)
  document.body.append(dialog)
  const it: It = { page, app, dialog, body, cameFrom: null, shown: '', asking: null, left: null }
  dialog.addEventListener('input', (event) => {
    // Half-written signs of an input method are no words yet.
    if (!(event instanceof InputEvent && event.isComposing)) changed(it, event.target)
  })
  dialog.addEventListener('compositionend', ({ target }) => changed(it, target))
  dialog.addEventListener('submit', (event) => {
    event.preventDefault()
    void goToFirst(it)
  })
  dialog.addEventListener('click', (event) => choose(it, event))
  dialog.addEventListener('keydown', (event) => walk(dialog, queryField(), event))
  dialog.addEventListener('close', () => closed(it))
  addEventListener('popstate', () => {
    if (location.pathname === createPaths(page.base).search()) return
    it.cameFrom = null
    if (dialog.open) dialog.close()
  })
  return { open: (path) => open(it, path) }
}

async function open(it: It, path: string): Promise<void> {
  const { dialog, page } = it
  dropBack()
  const isBack = location.pathname + location.search === path
  const isKept = isBack && it.shown === path
  if (!isKept) await fill(it, path)
  if (isBack) it.cameFrom ??= createPaths(page.base).room(currentRoom())
  if (!dialog.open) dialog.showModal()
  if (isKept && it.left !== null) {
    it.left.item.focus({ preventScroll: true })
    dialog.scrollTop = it.left.top
  } else {
    queryField().focus()
    queryField().select()
  }
  if (!isBack) places(it)
}

/** Without an answer it is as it was before: rooms, and what is kept here, are found without. */
async function fill(it: It, path: string): Promise<void> {
  const html = await fetchHtml(it.page, withZone(path))
  if (html === null) {
    if (it.body.firstChild === null) fillAway(it.page, it.body)
    return
  }
  it.shown = path
  it.left = null
  await swapIn(html, it.body, 'innerHTML')
  nameThisRoom(currentRoom(), element('search', HTMLElement).dataset.here ?? '')
}

function currentRoom(): number {
  return Number(element('timeline', HTMLElement).dataset.room)
}

/** Words are waited for a moment; a filter is chosen once. */
function changed(it: It, target: EventTarget | null): void {
  const isTyping = target instanceof HTMLInputElement && target.type === 'search'
  if (isTyping) places(it)
  searchSoon(it, isTyping ? searchPauseMs : 0)
}

function searchSoon(it: It, ms: number): void {
  clearTimeout(it.timer)
  it.timer = setTimeout(() => void search(it), ms)
}

function places({ page, app, dialog }: It): void {
  const text = queryField().value.trim()
  showPlaces(page, text, element('search-places', HTMLElement))
  showOnDevice(
    page,
    text,
    app.deviceCopy?.search(text) ?? [],
    element('search-device', HTMLElement),
  )
  markFirst(dialog)
}

/** One question at a time; when it is answered, what was typed meanwhile is asked. */
function search(it: It): Promise<void> {
  it.asking ??= askOn(it).finally(() => {
    it.asking = null
  })
  return it.asking
}

async function askOn(it: It): Promise<void> {
  for (let path = readPath(it.page); path !== it.shown; path = readPath(it.page)) {
    it.shown = path
    const isAnswered = await ask(it, path)
    if (isAnswered || !it.dialog.open) continue
    // Too fast, or away: the next key asks again, and so does this.
    it.shown = ''
    return searchSoon(it, searchAgainMs)
  }
}

/** False without an answer. */
async function ask(it: It, path: string): Promise<boolean> {
  const { page } = it
  const results = element('search-results', HTMLElement)
  const isNothing = path === createPaths(page.base).search()
  const typed = queryField().value
  const asked = `${withZone(path)}&part=results`
  const html = isNothing ? '' : await fetchFound(page, asked)
  if (html === null) {
    // What stands there is of another search.
    results.replaceChildren()
    return false
  }
  // Something else was typed meanwhile, or the palette is closed.
  if (readPath(page) !== path || !it.dialog.open) return true
  await swapIn(html, results, 'innerHTML')
  if (isNothing) return true
  element('search-device', HTMLElement).replaceChildren()
  takeTyped(it, typed)
  remember(it)
  markFirst(it.dialog)
  const count = results.querySelector('.search__count, .search__nothing p')?.textContent ?? ''
  announce(count.trim())
  return true
}

/** What was found; of what makes no sense, the sentence that says so: asking again is no use. */
async function fetchFound(page: Page, path: string): Promise<string | null> {
  const answer = await askHtml(page, path)
  const isAnswer = answer !== null && [200, 400, 422].includes(answer.status)
  return isAnswer ? answer.text().catch(() => null) : null
}

/** What was typed as a filter and ended with a space is a chip now, and no text any more. */
function takeTyped(it: It, typed: string): void {
  const { text } = element('search-chips', HTMLElement).dataset
  const field = queryField()
  delete element('search-chips', HTMLElement).dataset.text
  if (text === undefined || field.value !== typed || !/\s$/.test(typed)) return
  field.value = text === '' ? '' : `${text} `
  it.shown = readPath(it.page)
}

/** The search is the address of the page, so that it can be come back to. */
function remember(it: It): void {
  if (it.cameFrom !== null) return history.replaceState(null, '', it.shown)
  it.cameFrom = location.pathname + location.search
  history.pushState(null, '', it.shown)
}

async function goToFirst(it: It): Promise<void> {
  clearTimeout(it.timer)
  const place = it.dialog.querySelector<HTMLElement>('.place')
  if (place === null || queryField().value.trim() === '') await search(it)
  itemsOf(it.dialog)[0]?.click()
}

function choose(it: It, event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
  if (target?.closest('[data-action=close]') != null) return it.dialog.close()
  const item = target?.closest<HTMLElement>('.place, .hit, a[data-search]')
  if (item == null || !isPlain) return
  event.preventDefault()
  event.stopPropagation()
  const { hit, person, room, seq } = item.dataset
  if (hit !== undefined) {
    it.left = { top: it.dialog.scrollTop, item }
    return jump(it, Number(hit), Number(seq))
  }
  if (item instanceof HTMLAnchorElement && item.dataset.search !== undefined) {
    return void open(it, item.pathname + item.search).then(() => remember(it))
  }
  // The search itself is no place to come back to from there.
  if (it.cameFrom !== null) history.replaceState(null, '', it.cameFrom)
  leave(it)
  if (room !== undefined) return void it.app.switcher.open(Number(room))
  void openDirect(it.page, Number(person)).then((direct) => {
    if (direct === null) showToast(it.page.words.notConnected)
    else void it.app.switcher.open(direct)
  })
}

/** Closes without going back: the page is about to be somewhere else. */
function leave(it: It): void {
  it.cameFrom = null
  it.dialog.close()
}

function jump(it: It, room: number, seq: number): void {
  const path = it.shown || readPath(it.page)
  leave(it)
  void it.app.switcher.openAt(room, seq)
  offerBack(element('search', HTMLElement).dataset.back ?? '', () => {
    history.pushState(null, '', path)
    void open(it, path)
  })
}

function closed(it: It): void {
  clearTimeout(it.timer)
  const isInAddress = location.pathname === createPaths(it.page.base).search()
  if (it.cameFrom !== null && isInAddress) history.back()
  it.cameFrom = null
}
