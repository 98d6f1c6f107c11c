import { createPaths } from '../../shared/paths'
import { isTouch } from '../ui/enter-key'
import { closeDrawers } from '../ui/drawers'
import { fetchHtml, swapIn } from '../net/htmx'
import { element, type Page } from '../ui/page'
import { isRemembered } from '../timeline/insert'
import type { RememberedRoom } from '../device/remembered-room'
import type { Timeline } from '../timeline/timeline'
import { showToast } from '../ui/toast'
import { limits } from '../../shared/limits'

/** Faster switches need no progress bar. */
const progressMs = 150
/** Rooms whose timeline is kept in memory, to be shown at once. */
const roomsKept = 12

/** A room as it stood when it was left. */
type Kept = { timeline: HTMLElement; head: HTMLElement; people: HTMLElement; known: number }

export type Switching = {
  open: (room: number) => Promise<void>
  /** Opens the room around one message, which is shown in the middle. */
  openAt: (room: number, seq: number) => Promise<void>
  /** The room before or after this one in the list; `isUnread` skips what was read. */
  step: (direction: 1 | -1, isUnread: boolean) => void
  forget: (room: number) => void
  forgetAll: () => void
  /** Fetches what stands around the list: the head and the people. */
  renew: () => Promise<void>
  /** A message of this room is gone: so are the kept lists that show it as a slip. */
  forgetSlips: (room: number) => void
  /** The room on the screen is not mine any more. */
  leave: () => void
}

export type SwitchHooks = {
  /** Called when another room stands on the page, before it is started. */
  onSwitched: () => void
  unreadOf: (room: number) => { readSeq: number; unread: number; since: number | null }
  focus: () => void
  /** What this device keeps of a room; null when that is nothing. */
  remembered: (room: number) => RememberedRoom | null
}

type Switch = {
  page: Page
  timeline: Timeline
  hooks: SwitchHooks
  kept: Map<number, Kept>
  /** The path that was asked for last: answers to others come too late. */
  wanted: string
}

/**
 * Opens rooms in place: at once from memory when they were open before, and brought up to date by
 * the same question that follows any interruption. The field for writing stays where it is.
 */
export function createSwitching(page: Page, timeline: Timeline, hooks: SwitchHooks): Switching {
  const it: Switch = { page, timeline, hooks, kept: new Map(), wanted: location.pathname }
  document.addEventListener('click', (event) => followLink(it, event))
  addEventListener('popstate', () => {
    const place = placeIn(location.pathname)
    if (place?.seq === undefined) void (place !== null && show(it, place.room, false))
    else void showAt(it, place.room, place.seq, false)
  })
  return {
    open: (room) => show(it, room, true),
    openAt: (room, seq) => showAt(it, room, seq, true),
    step: (direction, isUnread) => step(it, direction, isUnread),
    forget: (room) => void it.kept.delete(room),
    forgetAll: () => it.kept.clear(),
    renew: () => renew(it),
    forgetSlips(room) {
      for (const [id, { timeline: list }] of it.kept) {
        if (list.querySelector(`.slip .msg[data-room="${room}"]`) !== null) it.kept.delete(id)
      }
    },
    leave() {
      it.kept.delete(timeline.room())
      const others = document.querySelectorAll<HTMLElement>('#rooms .item:not([aria-current])')
      // The oldest is the one that everybody is in.
      const rooms = [...others].map((link) => Number(link.dataset.room)).sort((a, b) => a - b)
      showToast(page.words.roomGone)
      if (rooms[0] !== undefined) void show(it, rooms[0], true)
      else location.assign(createPaths(page.base).home())
    },
  }
}

async function show(it: Switch, room: number, isNew: boolean): Promise<void> {
  closeDrawers()
  const path = createPaths(it.page.base).room(room)
  it.wanted = path
  if (room === it.timeline.room()) return toEndOf(it, path, isNew)
  if (!restore(it, room) && !(await load(it, room, path))) return
  if (isNew) history.pushState(null, '', path)
  if (!isTouch()) it.hooks.focus()
}

/** The room is on the page already, perhaps somewhere in its past. */
function toEndOf({ timeline }: Switch, path: string, isNew: boolean): void {
  timeline.toEnd()
  if (isNew && location.pathname !== path) history.pushState(null, '', path)
}

async function showAt(it: Switch, room: number, seq: number, isNew: boolean): Promise<void> {
  closeDrawers()
  const { page, timeline } = it
  const path = createPaths(page.base).message(room, seq)
  it.wanted = path
  const isHere = room === timeline.room() && timeline.toPlace(seq)
  if (!isHere && !(await load(it, room, path))) return
  if (isRemembered()) timeline.toPlace(seq)
  if (isNew && location.pathname !== path) history.pushState(null, '', path)
}

/** The room of an address of ours, and the place in it when it names one. */
function placeIn(pathname: string): { room: number; seq?: number } | null {
  const found = /rooms\/(?<room>\d+)(?:\/messages\/(?<seq>\d+))?$/.exec(pathname)?.groups
  if (found?.room === undefined) return null
  const room = Number(found.room)
  return found.seq === undefined ? { room } : { room, seq: Number(found.seq) }
}

/** Keeps the room that is being left, and forgets the one that was left longest ago. */
function keep({ kept, timeline: { positions, room } }: Switch): void {
  const left = room()
  kept.delete(left)
  // A list without the newest messages, or of this device alone, is no place to come back to.
  if (document.getElementById('newer') !== null || isRemembered()) return
  kept.set(left, {
    timeline: element('timeline', HTMLElement),
    head: element('head', HTMLElement),
    people: element('people-list', HTMLElement),
    known: positions.known(left),
  })
  const oldest = kept.keys().next()
  if (kept.size > roomsKept && !oldest.done) kept.delete(oldest.value)
}

/** Shows a room from memory; false when it was not kept or is too far behind. */
function restore(it: Switch, room: number): boolean {
  const { hooks, kept, timeline } = it
  const memory = kept.get(room)
  if (memory === undefined) return false
  const behind = timeline.positions.known(room) - memory.known
  if (behind > limits.catchUpBrowserRevisionsMax) return false
  const { readSeq, unread, since } = hooks.unreadOf(room)
  // Since when is not known: the server's own page says it.
  if (unread > 0 && since === null) return false
  keep(it)
  const { dataset } = memory.timeline
  dataset.revision = String(memory.known)
  dataset.readSeq = String(readSeq)
  dataset.unread = String(unread)
  dataset.unreadSince = String(since)
  element('timeline', HTMLElement).replaceWith(memory.timeline)
  element('head', HTMLElement).replaceWith(memory.head)
  element('people-list', HTMLElement).replaceWith(memory.people)
  hooks.onSwitched()
  timeline.start()
  void renew(it)
  return true
}

/** Who is there has changed meanwhile. */
async function renew({ page, timeline }: Switch): Promise<void> {
  const room = timeline.room()
  const html = await fetchHtml(page, createPaths(page.base).around(room))
  if (html !== null && timeline.room() === room) await swapIn(html, document.body, 'none')
}

/** Fetches a room; false when it is not to be had, or another one was wanted meanwhile. */
async function load(it: Switch, room: number, path: string): Promise<boolean> {
  const { hooks, page, timeline } = it
  const memory = room === timeline.room() ? null : hooks.remembered(room)
  const isWhole = path === createPaths(page.base).room(room)
  if (isWhole) showMemory(it, memory)
  const slow = setTimeout(() => document.body.classList.add('is-switching'), progressMs)
  const html = await fetchHtml(page, path)
  clearTimeout(slow)
  document.body.classList.remove('is-switching')
  if (it.wanted !== path) return false
  if (html === null && memory !== null) {
    if (!isWhole) showMemory(it, memory)
    memory.stay()
    return true
  }
  if (html === null) {
    showToast(page.words.notConnected)
    return false
  }
  if (room !== timeline.room()) keep(it)
  await swapIn(html, element('timeline', HTMLElement), 'outerHTML')
  return true
}

/** What this device keeps of a room is there before the server answers. */
function showMemory(it: Switch, memory: RememberedRoom | null): void {
  if (memory === null) return
  keep(it)
  memory.paint()
  it.hooks.onSwitched()
  it.timeline.start()
}

function followLink(it: Switch, event: MouseEvent): void {
  const target = event.target instanceof Element ? event.target : null
  const link = target?.closest<HTMLAnchorElement>('a[data-room], .msg a')
  const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey
  const isOurs = link?.origin === location.origin && link.pathname.startsWith(it.page.base)
  const place = isOurs ? placeIn(link.pathname) : null
  const isMine = place !== null && document.getElementById(`room-${place.room}`) !== null
  if (link == null || place === null || !isPlain) return
  // A link that somebody wrote may lead into a room that is not mine: that is a page of its own.
  if (link.closest('.msg__body') !== null && !isMine) return
  event.preventDefault()
  link.closest('dialog')?.close()
  if (place.seq === undefined) void show(it, place.room, true)
  else void showAt(it, place.room, place.seq, true)
}

/** To a neighbour in the list, which is a ring. */
function step(it: Switch, direction: 1 | -1, isUnread: boolean): void {
  const links = [...document.querySelectorAll<HTMLElement>('#rooms .item')]
  const here = links.findIndex((link) => link.getAttribute('aria-current') !== null)
  const ring = links.map((_, n) => links.at((here + direction * (n + 1)) % links.length))
  const next = ring.find((link) => !isUnread || link?.classList.contains('unread') === true)
  if (next !== undefined) void show(it, Number(next.dataset.room), true)
}
