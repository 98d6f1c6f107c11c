import { excerptOf } from '../../shared/excerpt'
import { fold } from '../../shared/fold'
import { limits } from '../../shared/limits'
import { latePaths } from '../../shared/paths'
import type { App, DeviceHit, Palette } from '../app'
import { htmx, openCard, type RequestContext } from '../net/htmx'
import { createPeopleSearch, type PeopleSearch } from '../net/people-search'
import { announce, closest, copyOf, element, make, makeButton, onClick } from '../ui/dom'
import { givesSign, isComposing } from '../ui/keys'
import type { Page } from '../ui/page'
import { bestOf, rankName } from '../../shared/rank-name'

type State = {
  app: App
  dialog: HTMLDialogElement
  people: PeopleSearch
  /** An input method has not finished. */
  isComposing: boolean
  /** The address of the search whose results are shown. */
  shown: string
  /** The first result opens when the answer is there. */
  opensFirst: boolean
  /** The place of the list, and what was chosen in it, when it was left. */
  left: { top: number; item: HTMLElement } | null
}

/** Makes the search dialog; while it is open its search is the address, to which Back returns. */
export function create(app: App): Palette {
  const dialog = element('palette', HTMLDialogElement)
  if (/^(Mac|iP)/.test(navigator.platform))
    document.querySelector('#finder kbd')?.replaceChildren('⌘ K')
  const people = createPeopleSearch(app.page.base, () => {
    if (dialog.open) showPlaces(state)
  })
  const state: State = {
    app,
    dialog,
    people,
    isComposing: false,
    shown: '',
    opensFirst: false,
    left: null,
  }
  const onTyped = (event: Event): void => {
    // What an input method has not finished is not searched for.
    state.isComposing = event instanceof InputEvent && event.isComposing
    if (state.isComposing) event.stopPropagation()
    else showLocal(state)
  }
  for (const name of ['input', 'compositionend'])
    dialog.addEventListener(name, onTyped, { capture: true })
  dialog.addEventListener('submit', (event) => {
    event.preventDefault()
    openFirst(state)
  })
  dialog.addEventListener('keydown', (event) => walk(dialog, event))
  dialog.addEventListener('close', () => onClose(state))
  onClick(dialog, '[data-action=close]', () => dialog.close())
  onClick(dialog, '.place', (place) => goToPlace(state, place))
  onClick(dialog, 'a.hit', (hit, event) => {
    event.preventDefault()
    const isPerson = closest(event.target, '.hit > .av, .hit__meta b') !== null
    if (!isPerson || hit.dataset.user === undefined) return goToHit(state, hit)
    dialog.close()
    openCard(app.page, Number(hit.dataset.user))
  })
  dialog.addEventListener('htmx:config:request', ({ detail: { ctx } }) => {
    ctx.search = address(state)
  })
  dialog.addEventListener('htmx:before:swap', (event) => {
    const { search, target } = event.detail.ctx
    const isCurrent = dialog.open && search === address(state)
    if (target?.id !== 'search-results' || isCurrent) return
    // Something else was typed meanwhile, or the dialog is closed.
    event.preventDefault()
    event.stopPropagation()
  })
  dialog.addEventListener('htmx:after:swap', ({ detail }) => onSwapped(state, detail.ctx))
  for (const name of ['htmx:error', 'htmx:response:error'] as const)
    dialog.addEventListener(name, ({ detail }) => onUnanswered(state, detail.ctx))
  addEventListener('popstate', () => {
    if (!hasAddress(state)) dialog.close()
  })
  app.clock.onChange(() => showAnew(state))
  return { open: (path) => open(state, path) }
}

/** Opens at a search. One that Back leads to is shown as it was left, or fetched. */
function open(state: State, path: string): void {
  const { dialog, left, shown } = state
  document.getElementById('back-to-results')?.remove()
  const isBack = location.pathname + location.search === path
  const isKept = isBack && shown === path
  if (!isKept) {
    Object.assign(state, { shown: '', left: null, opensFirst: false })
    const body = element('palette-body', HTMLElement)
    body.replaceChildren(copyOf('palette-form'))
    body.querySelector('[name=tz]')?.setAttribute('value', timeZone())
    htmx().process(body)
  }
  if (!dialog.open) dialog.showModal()
  if (!isBack) showLocal(state)
  else if (!isKept) {
    const body = '#palette-body'
    void htmx().ajax('GET', path, { source: body, target: body, values: { tz: timeZone() } })
  } else if (left !== null) {
    left.item.focus({ preventScroll: true })
    dialog.scrollTop = left.top
  }
}

/** The day or the zone is another one: the results say the times of before. */
function showAnew(state: State): void {
  const isShown = state.dialog.open && state.shown !== ''
  // Those that were left are fetched when somebody returns to them.
  state.shown = ''
  if (!isShown) return
  state.dialog.querySelector('[name=tz]')?.setAttribute('value', timeZone())
  queryField().form?.dispatchEvent(new Event('now'))
}

function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

function queryField(): HTMLInputElement {
  return element('search-q', HTMLInputElement)
}

/** The address of the search that the form describes. */
function address({ app }: State): string {
  const fields = [...new FormData(element('search-form', HTMLFormElement))]
    .map(([name, value]) => [name, String(value)] as const)
    .filter(([name, value]) => name !== 'tz' && value.trim() !== '')
  return latePaths(app.page.base).search(Object.fromEntries(fields))
}

function hasAddress({ app }: State): boolean {
  return location.pathname === latePaths(app.page.base).search()
}

function showLocal(state: State): void {
  const { app } = state
  const typed = queryField().value.trim()
  showPlaces(state)
  showDeviceHits(app, typed, app.deviceCopy?.search(typed) ?? [])
}

function onSwapped(state: State, { swap, target }: RequestContext): void {
  if (swap === 'none') return
  const id = target?.id
  if (id === 'search-chips') showLocal(state)
  if (id === 'search-chips' || id === 'palette-body') nameThisRoom(state.app.timeline.room())
  if (id !== 'search-results' && id !== 'palette-body') return
  element('search-device', HTMLElement).replaceChildren()
  state.shown = address(state)
  history[hasAddress(state) ? 'replaceState' : 'pushState'](null, '', state.shown)
  const count = document.querySelector('#search-results :is(.search__count, .search__nothing p)')
  announce(count?.textContent?.trim() ?? '')
  goOn(state)
}

/** The room on the page is the first to search in alone. */
function nameThisRoom(room: number): void {
  const option = document.querySelector<HTMLOptionElement>(`[name=room] option[value="${room}"]`)
  if (option === null) return
  option.text = `${element('search', HTMLElement).dataset.here}: ${option.text}`
  option.parentElement?.firstElementChild?.after(option)
}

/** Too fast, or no answer: results of another search go, and the form asks again. */
function onUnanswered(state: State, ctx?: RequestContext): void {
  const target = ctx?.target
  const isForm = target?.id === 'search-results'
  // A search that makes no sense is answered with a sentence.
  if (ctx === undefined || (isForm && [400, 422].includes(ctx.response?.status ?? 0))) return
  ctx.swap = 'none'
  if (!isForm) return
  target?.replaceChildren()
  goOn(state)
  if (state.dialog.open) queryField().form?.dispatchEvent(new Event('retry'))
}

/** Enter goes to a place that fits, else to the first result, which may still be requested. */
function openFirst(state: State): void {
  const hasPlace = state.dialog.querySelector('.place') !== null && queryField().value.trim() !== ''
  state.opensFirst = true
  if (hasPlace || state.shown === address(state)) goOn(state)
  else queryField().form?.dispatchEvent(new Event('now'))
}

function goOn(state: State): void {
  if (state.opensFirst) itemsOf(state.dialog)[0]?.click()
  state.opensFirst = false
}

function goToPlace(state: State, { dataset }: HTMLElement): void {
  const { page, switcher, timeline } = state.app
  // The search is not a place to come back to from there.
  const here = latePaths(page.base).room(timeline.room())
  if (hasAddress(state)) history.replaceState(null, '', here)
  state.dialog.close()
  if (dataset.room !== undefined) void switcher.open(Number(dataset.room))
}

function goToHit(state: State, item: HTMLElement): void {
  const { hit, seq } = item.dataset
  const path = address(state)
  Object.assign(state, { shown: path, left: { top: state.dialog.scrollTop, item } })
  state.dialog.close('left')
  void state.app.switcher.openAt(Number(hit), Number(seq))
  const look = { class: 'btn latest back-to-results', id: 'back-to-results' }
  const button = makeButton(look, element('search', HTMLElement).dataset.back ?? '', () => {
    history.pushState(null, '', path)
    open(state, path)
  })
  document.querySelector('.chat')?.append(button)
}

/** Goes back to where it was opened, unless the page is about to be somewhere else. */
function onClose(state: State): void {
  queryField().form?.dispatchEvent(new Event('htmx:abort'))
  if (state.dialog.returnValue !== 'left' && hasAddress(state)) history.back()
  state.dialog.returnValue = ''
}

function itemsOf(dialog: HTMLElement): HTMLElement[] {
  return [...dialog.querySelectorAll<HTMLElement>('.place, .hit, .search__more a, .search__wider')]
}

/** Up and Down walk through what was found; whatever is typed goes into the field. */
function walk(dialog: HTMLDialogElement, event: KeyboardEvent): void {
  const { ctrlKey, key, metaKey, target } = event
  const isCommand = (ctrlKey || metaKey) && !givesSign(event)
  const field = queryField()
  const all = itemsOf(dialog)
  const here = all.findIndex((item) => item === target)
  // Enter chooses a sign of an input method, and does not go anywhere yet.
  if (isComposing(event)) return key === 'Enter' ? event.preventDefault() : undefined
  if (isCommand && key.toLowerCase() === 'k') field.select()
  // Else the browser would only empty the field first.
  else if (key === 'Escape') dialog.close()
  // The first is what Enter goes to already.
  else if (key === 'ArrowDown' && target === field) (all[1] ?? all[0])?.focus()
  else if (key === 'ArrowDown' && here >= 0) all[here + 1]?.focus()
  else if (key === 'ArrowUp' && here >= 0) (all[here - 1] ?? field).focus()
  else {
    const isText = key.length === 1 && key !== ' ' && !isCommand
    return here >= 0 && isText ? field.focus() : undefined
  }
  event.preventDefault()
}

/** A room, or a person to write to; `target` are the attributes that lead there. */
type Place = { name: string; icon: Node; target: Record<string, string> }

const placesMax = 6

/**
 * Lists the rooms and people whose names fit; with nothing typed, rooms, the unread ones first. The
 * server's answer adds people whom the page does not know.
 */
function showPlaces({ app: { page }, isComposing, people }: State): void {
  const wanted = queryField()
    .value.trim()
    .replace(/^[#@＠]/, '')
  const unread = roomsIn('#rooms .unread:not([aria-current])')
  const others = '#rooms .item:not(.unread, [aria-current])'
  const isName = !isComposing && wanted !== '' && wanted.length <= limits.nameSearchUnitsMax
  if (!isName) people.stop()
  const found = isName ? people.look(wanted, null).rows : []
  const places =
    wanted === ''
      ? [...unread, ...roomsIn(others)]
      : [...roomsIn('#rooms .item'), ...peopleIn(page, found)]
  const fitting = bestOf(places, ({ name }) => rankName(name, wanted)).slice(0, placesMax)
  const items = fitting.map(({ name, icon, target }) => {
    const look = { type: 'button', class: 'place hit', ...target }
    return make('button', look, icon, make('bdi', {}, name))
  })
  const focused = closest(document.activeElement, '.place')?.textContent
  htmx().process(showItems('search-places', items))
  items.find(({ textContent }) => textContent === focused)?.focus()
}

function roomsIn(selector: string): Place[] {
  return [...document.querySelectorAll<HTMLElement>(selector)].map((link) => ({
    name: link.querySelector('bdi')?.textContent ?? '',
    icon: [...link.querySelectorAll('.ic')].at(-1)?.cloneNode(true) ?? new Text(),
    target: { 'data-room': link.dataset.room ?? '' },
  }))
}

/** Everybody without a conversation on the list: the server is asked for one. */
function peopleIn({ base, user }: Page, found: HTMLElement[]): Place[] {
  const options = document.querySelectorAll<HTMLOptionElement>('[name=sender] option')
  const known = [...options].map(({ value, text }) => {
    return { id: value, name: text, row: document.querySelector(`#person-${Number(value)}`) }
  })
  const ids = new Set(known.map(({ id }) => id))
  const others = found.map((row) => {
    return { id: row.dataset.person ?? '', name: row.dataset.name ?? '', row }
  })
  return [...known, ...others.filter(({ id }) => !ids.has(id))]
    .filter(({ id }) => id !== '' && id !== String(user?.id))
    .filter(({ id }) => document.querySelector(`#rooms [data-person="${id}"]`) === null)
    .map(({ id, name, row }) => {
      const icon = row?.querySelector('.av')?.cloneNode(true) ?? new Text('@')
      const path = latePaths(base).direct(Number(id))
      return { name, icon, target: { 'hx-post': path, 'hx-swap': 'none' } }
    })
}

/** Lists the messages that this browser keeps and that contain what was typed. */
function showDeviceHits({ clock, page: { base } }: App, typed: string, hits: DeviceHit[]): void {
  const items = hits.map(({ room, seq, roomName, sender, text, at }) => {
    const href = latePaths(base).message(room, seq)
    const when = `${clock.dayLabel(at)} ${clock.time(at)}`
    const time = make('time', { title: clock.full(at) }, when)
    const place = make('bdi', {}, `${sender} · ${roomName}`)
    const meta = make('span', { class: 'hit__meta' }, place, time)
    const line = make('span', { class: 'hit__text', dir: 'auto' }, ...marked(text, typed))
    const look = { class: 'hit', href, 'data-hit': String(room), 'data-seq': String(seq) }
    return make('a', look, make('span', { class: 'hit__main' }, meta, line))
  })
  showItems('search-device', items)
}

/** Puts a heading and items into a box; without items nothing. */
function showItems(id: string, items: HTMLElement[]): HTMLElement {
  const box = element(id, HTMLElement)
  const rows = items.map((item) => make('li', {}, item))
  box.replaceChildren()
  if (rows.length > 0)
    box.append(make('h3', {}, box.dataset.label ?? ''), make('ul', { class: 'hits' }, ...rows))
  return box
}

/** The text around the first of the typed words, with each of them marked. */
function marked(text: string, typed: string): (Node | string)[] {
  const words = fold(typed).split(/\s+/u)
  return excerptOf(text, words).map(({ text: part, isHit }) =>
    isHit ? make('mark', {}, part) : part,
  )
}
