import { limits } from '../../shared/limits'
import { latePaths } from '../../shared/paths'
import { addWeight, presenceWeight } from '../../shared/presence'
import { rankName } from '../../shared/rank-name'
import type { App, PeopleList } from '../app'
import { createTyping } from '../composer/typing'
import { fetchHtml, swapIn } from '../net/htmx'
import { createPeopleSearch, type PeopleSearch } from '../net/people-search'
import { receivePeople, showOnline } from '../people/people'
import { closest, element } from '../ui/dom'
import { isComposing } from '../ui/keys'
import type { Page } from '../ui/page'

/**
 * The list of people and the search beside it: who is listed is found at once, everybody else in
 * the room by the server. Both follow the list, which another room or a fresh answer replaces.
 */
export function create(app: App): PeopleList {
  const { connection, page, timeline } = app
  const search = createPeopleSearch(page.base, () => show())
  const rail = element('people', HTMLElement)
  const stop = createStop(rail, '.person:not([hidden]) .person__open', seek, () =>
    document.querySelector<HTMLElement>('#people-next a')?.click(),
  )
  watchRooms()
  const show = (): void => {
    showFound(page, search)
    stop.set()
  }
  const box = element('people-found', HTMLElement).parentElement
  if (box !== null) new MutationObserver(show).observe(box, { childList: true, subtree: true })
  watchLooks(page, rail)
  element('people-search', HTMLInputElement).addEventListener('keydown', leaveSearch)
  show()
  const list = {
    arrange: () => arrangeSoon(page),
    showOnline({ id, online, checksum }: Online): void {
      if (id !== timeline.room()) return
      showOnline(page, online)
      const list = listed()
      // The list of another room is about to be replaced.
      const isOfRoom = Number(list.dataset.room) === id
      if (isOfRoom && checksumOf(list) !== checksum) renewSoon(page)
    },
    renew: () => renewSoon(page),
    typing: createTyping(page, timeline.room, connection.send),
  }
  return { ...list, show, receive: (event) => receivePeople(app, list, event) }
}

type Online = Parameters<PeopleList['showOnline']>[0]

function listed(): HTMLElement {
  return element('people-list', HTMLElement)
}

function rowsOf(list: ParentNode): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('.person')]
}

/** It ends those who are online; without it there are more of them than the list has. */
function offlineHeading(): HTMLElement | null {
  return document.getElementById('offline-heading')
}

function isHere({ dataset }: HTMLElement): boolean {
  return dataset.state !== 'offline'
}

function checksumOf(list: HTMLElement): number {
  if (offlineHeading() === null) return Number(list.dataset.checksum)
  return rowsOf(list)
    .filter(isHere)
    .reduce((sum, { dataset: { person, state } }) => {
      return addWeight(sum, presenceWeight(Number(person), state === 'away' ? 'away' : 'online'))
    }, 0)
}

let arranging: Timer | undefined

/** Changes that arrive together are one; nothing moves while the pointer is over the list. */
function arrangeSoon(page: Page): void {
  clearTimeout(arranging)
  arranging = setTimeout(() => whenLeft(() => void keepFocus(() => arrange(page))))
}

function whenLeft(act: () => void): void {
  const list = listed()
  const isPointed = matchMedia('(hover: hover)').matches && list.matches(':hover')
  if (isPointed) list.addEventListener('pointerleave', act, { once: true })
  else act()
}

/** A list that is whole is sorted; of another one only those who came or went are moved. */
function arrange({ language }: Page): void {
  const list = listed()
  const rows = rowsOf(list)
  const heading = offlineHeading()
  const [here, absent] = [rows.filter(isHere), rows.filter((row) => !isHere(row))]
  if (heading === null) {
    for (const row of absent) row.remove()
  } else if (document.getElementById('people-next') !== null) {
    heading.before(...here.filter((row) => follows(heading, row)))
    heading.after(...absent.filter((row) => follows(row, heading)))
  } else {
    const { compare } = new Intl.Collator(language)
    for (const part of [here, absent])
      part.sort((a, b) => rankOf(a) - rankOf(b) || compare(nameOf(a), nameOf(b)))
    list.replaceChildren(...here, heading, ...absent)
  }
}

function follows(part: Node, other: Node): boolean {
  return (part.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
}

/** Hosts come first among those who are online. */
function rankOf(row: HTMLElement): number {
  return Number(row.dataset.host === undefined || !isHere(row))
}

function nameOf({ dataset }: HTMLElement): string {
  return dataset.name ?? ''
}

/** Does what moves or replaces rows; who had the focus keeps it. */
async function keepFocus(change: () => unknown): Promise<void> {
  const focused = document.activeElement
  const row = listed().contains(focused) ? focused?.closest('.person') : null
  await change()
  if (row == null || document.activeElement !== document.body) return
  const again = document.querySelector<HTMLElement>(`#${row.id} .person__open`)
  again?.focus({ preventScroll: true })
}

/** With more people online it takes longer, so that all readers together ask equally often. */
const renewMsPerPerson = 50
const renewMsMin = 200
let renewing: Timer | undefined
let isStale = false

function renewSoon(page: Page): void {
  isStale = true
  const count = Number(element('online-count', HTMLElement).textContent)
  const wait = Math.max(renewMsMin, count * renewMsPerPerson) * (0.5 + Math.random() / 2)
  renewing ??= setTimeout(() => {
    renewing = undefined
    if (isSeen()) whenLeft(() => void renewNow(page))
  }, wait)
}

function isSeen(): boolean {
  return !document.hidden && listed().checkVisibility()
}

async function renewNow({ base }: Page): Promise<void> {
  if (!isStale || !isSeen()) return
  isStale = false
  const list = listed()
  const pages = Math.ceil(rowsOf(list).length / limits.peopleListMax)
  const fields = { part: 'window', ...(pages > 1 ? { pages: String(pages) } : {}) }
  const html = await fetchHtml(latePaths(base).roomPeople(Number(list.dataset.room), fields))
  // Another room may have been opened meanwhile.
  if (html !== null && list.isConnected) await keepFocus(() => swapIn(html, list))
}

/** A list that is not right is fetched when somebody turns to it, or opens it. */
function watchLooks(page: Page, rail: HTMLElement): void {
  const renew = (): void => void renewNow(page)
  for (const type of ['pointerenter', 'focusin']) rail.addEventListener(type, renew)
  document.addEventListener('visibilitychange', renew)
  new IntersectionObserver(renew).observe(rail)
  // A person who came or went between two pages stands where the newer one says.
  rail.addEventListener('htmx:after:swap', () => {
    const seen = new Set<string>()
    for (const row of rowsOf(listed()).reverse()) {
      if (seen.has(row.id)) row.remove()
      seen.add(row.id)
    }
  })
}

const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }

/**
 * Makes the items of a list one stop of the Tab key, from which the arrow keys lead on. Items that
 * come later are stops until `set` is called. `onEnd`: somebody goes on below the last; `onKey`
 * gets all other keys.
 */
function createStop(box: HTMLElement, items: string, onKey = leaveList, onEnd = (): void => {}) {
  const all = (): HTMLElement[] => [...box.querySelectorAll<HTMLElement>(items)]
  const set = (chosen: HTMLElement | null = null): void => {
    const listed = all()
    const known = listed.find((item) => item.getAttribute('tabindex') === '0')
    const stop = chosen ?? known ?? listed[0]
    for (const item of listed) if (item !== stop) item.tabIndex = -1
    if (stop !== undefined) stop.tabIndex = 0
  }
  box.addEventListener('focusin', ({ target }) => {
    const item = closest(target, items)
    if (item !== null) set(item)
  })
  box.addEventListener('keydown', (event) => {
    const [step, listed] = [steps[event.key], all()]
    const here = listed.findIndex((item) => item === event.target)
    const isPlain = !event.altKey && !event.ctrlKey && !event.metaKey
    if (here < 0 || !isPlain || isComposing(event)) return
    if (step === undefined) return onKey(event)
    event.preventDefault()
    listed[Math.max(0, Math.min(listed.length - 1, here + step))]?.focus()
    if (here + step >= listed.length) onEnd()
  })
  return { set }
}

/** From a list beside the messages Escape leads to the composer, as from the messages. */
function leaveList(event: KeyboardEvent): void {
  const isOverlay = document.querySelector('[popover]:popover-open') !== null
  if (event.key !== 'Escape' || isOverlay) return
  event.preventDefault()
  element('content', HTMLElement).focus()
}

/** What is typed on a person is looked for. */
function seek(event: KeyboardEvent): void {
  const field = element('people-search', HTMLInputElement)
  if (/^[\p{L}\p{N}]$/u.test(event.key) && !field.hidden) field.select()
  else leaveList(event)
}

/** Escape empties the field, as the browser does, and leads on when it is empty. */
function leaveSearch(event: KeyboardEvent): void {
  if (isComposing(event)) return
  if (element('people-search', HTMLInputElement).value === '') leaveList(event)
  else if (event.key === 'Escape') event.stopPropagation()
}

/** The room on the page is where the Tab key stops in the list of rooms. */
function watchRooms(): void {
  const rail = element('rooms', HTMLElement)
  const stop = createStop(rail, '.item')
  new MutationObserver(() => {
    const isInside = rail.contains(document.activeElement)
    stop.set(isInside ? null : rail.querySelector<HTMLElement>('[aria-current]'))
  }).observe(rail, { childList: true, subtree: true, attributeFilter: ['aria-current'] })
  stop.set(rail.querySelector<HTMLElement>('[aria-current]'))
}

/** Below the listed people who fit, those whom the server found besides. */
function showFound({ words }: Page, search: PeopleSearch): void {
  const list = listed()
  const { members, room } = list.dataset
  const field = element('people-search', HTMLInputElement)
  field.hidden = Number(members) <= limits.peopleWithoutSearchMax
  element('people-room', HTMLInputElement).value = room ?? ''
  const wanted = field.hidden ? '' : field.value.trim()
  list.classList.toggle('is-filtered', wanted !== '')
  const people = filterPeople(wanted)
  if (wanted === '') search.stop()
  const { rows, state } =
    wanted === '' ? { rows: [], state: null } : search.look(wanted, Number(room))
  const known = new Set(people.map(({ dataset: { person } }) => person))
  const others = rows.filter(({ dataset: { person } }) => !known.has(person))
  const isNobody = others.length === 0 && people.every(({ hidden }) => hidden)
  showOthers(others)
  const found = isNobody ? words.nobodyFound : ''
  const sentence = state === 'unanswered' ? words.notConnected : state === 'found' ? found : ''
  const note = element('people-note', HTMLElement)
  if (note.textContent !== sentence) note.textContent = sentence
}

/** Changes nothing where nothing differs, as changes are watched. */
function showOthers(rows: HTMLElement[]): void {
  const found = element('people-found', HTMLElement)
  found.hidden = rows.length === 0
  const isSame = found.children.length === rows.length
  if (!isSame || rows.some((row, n) => found.children[n] !== row)) found.replaceChildren(...rows)
}

/** Hides the listed people whose names do not fit; gives all. */
function filterPeople(wanted: string): HTMLElement[] {
  const people = rowsOf(listed())
  for (const person of people) person.hidden = !Number.isFinite(rankName(nameOf(person), wanted))
  return people
}
