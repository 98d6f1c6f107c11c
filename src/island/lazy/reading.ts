import { pagePaths } from '../../shared/paths'
import { openSearch } from '../actions/open'
import type { App, Reading } from '../app'
import { markRead } from '../actions/rooms'
import { createRenewal } from '../actions/renew'
import { keepState } from '../timeline/kept-state'
import { createPlace, notePlace } from '../timeline/place'
import { createUnreadBar } from '../timeline/unread-bar'
import { fill } from '../../shared/text'
import type { Clock } from '../ui/clock'
import { element } from '../ui/dom'
import { focusOf } from '../ui/rows'
import { showToast } from '../ui/toast'

/** What is done for somebody who reads, goes away and comes back. */
export function create(app: App): Reading {
  const keeper = { row: keepState, ...createPlace(app.timeline) }
  app.timeline.keepBy(keeper)
  watchClock(app.clock)
  notePlace(keeper)
  const tellAway = watchAway(app)
  watchSearch(app)
  const setBar = createUnreadBar(app, () => markRead(app))
  const renewal = createRenewal(app)
  const hello = ({ build }: { build: string }): void => {
    renewal(build)
    tellAway()
  }
  return { hello, setBar, leave: (deleted) => leave(app, deleted), nextRegion, togglePeople, walk }
}

/** The person is not in the room on the page any more; `deleted`: its name, where nobody is. */
function leave({ page, switcher }: App, deleted?: string): void {
  const others = document.querySelectorAll<HTMLElement>('#rooms .item:not([aria-current])')
  // Everybody is in the oldest room.
  const [first] = [...others].map(({ dataset }) => Number(dataset.room)).sort((a, b) => a - b)
  const { roomDeleted, roomGone } = page.words
  showToast(deleted === undefined ? roomGone : fill(roomDeleted, { room: deleted }))
  if (first !== undefined) void switcher.open(first)
  else location.assign(pagePaths(page.base).home())
}

/** A search that Back leads to opens in the palette. */
function watchSearch(app: App): void {
  const path = pagePaths(app.page.base).search()
  if (/^(Mac|iP)/.test(navigator.platform))
    document.querySelector('#finder kbd')?.replaceChildren('⌘ K')
  addEventListener('popstate', () => {
    if (location.pathname === path) openSearch(app, location.pathname + location.search)
  })
}

const minuteMs = 60_000

/** Labels are right when somebody comes back: timers stand still while a machine sleeps. */
function watchClock({ check }: Clock): void {
  for (const type of ['focus', 'pageshow', 'online', 'resume']) addEventListener(type, check)
  document.addEventListener('visibilitychange', check)
  // Days begin with a minute.
  const wait = (): void => {
    check()
    setTimeout(wait, minuteMs - (Date.now() % minuteMs))
  }
  wait()
}

/** Away after this long without a key or a pointer. */
const awayMs = 5 * 60_000

/**
 * Tells the server when nobody uses the page. Returns what to call after connecting, as the server
 * takes a new connection for somebody who is online.
 */
function watchAway({ connection }: App): () => void {
  let isAway = false
  let timer: Timer | undefined
  const tell = () => connection.send({ type: 'presence', state: isAway ? 'away' : 'online' })
  const set = (next: boolean): void => {
    const isNew = next !== isAway
    isAway = next
    if (isNew) tell()
  }
  const act = (): void => {
    if (document.hidden) return set(true)
    set(false)
    clearTimeout(timer)
    timer = setTimeout(set, awayMs, true)
  }
  for (const type of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'focus']) {
    addEventListener(type, act, { passive: true, capture: true })
  }
  document.addEventListener('visibilitychange', act)
  act()
  return () => void (isAway && tell())
}

/** A column where there is room for it, else a drawer. */
function togglePeople(): void {
  const people = element('people', HTMLElement)
  const { classList } = document.body
  const isColumn = people.checkVisibility() && !people.matches(':popover-open')
  if (isColumn || classList.contains('hides-people')) classList.toggle('hides-people')
  else people.togglePopover()
}

/** Rooms, messages, field, people: the regions of the page in a ring. */
function nextRegion(direction: 1 | -1): void {
  const person = '#people .person__open:not([tabindex="-1"])'
  const regions = ['#rooms .item[aria-current]', '#log', '#content', person]
    .map((region) => document.querySelector<HTMLElement>(region))
    .filter((region) => region?.checkVisibility() === true)
  const holders = regions.map((region) => region?.closest('#rooms, #log, #composer, #people'))
  const here = holders.findIndex((holder) => holder?.contains(document.activeElement) === true)
  regions.at((here + direction) % regions.length)?.focus()
}

/** In the list the arrows walk from message to message. */
function walk(step: number): void {
  const rows = [...document.querySelectorAll<HTMLElement>('#timeline :is(.msg, .system)')]
    .filter((row) => row.checkVisibility())
    .map(focusOf)
  const here = rows.findIndex((row) => row === document.activeElement)
  const start = here === -1 ? rows.length : here
  rows[Math.max(0, Math.min(rows.length - 1, start + step))]?.focus()
  // Letters act on a message that was walked to, not on one that was pressed or opened.
  element('log', HTMLElement).dataset.walking = ''
}
