import { renewHead } from '../people/people'
import { isFromDevice } from '../ui/rows'
import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import type { App, CopiedRoom, RoomSwitcher } from '../app'
import { fetchHtml, htmx, swapIn } from '../net/htmx'
import { element, onClick } from '../ui/dom'
import { closeDrawers } from '../ui/drawers'
import { isTouch } from '../ui/keys'
import { showToast } from '../ui/toast'
import { updateSurroundings } from './show-room'

/** A room as it was when it was left. */
type KeptRoom = { timeline: HTMLElement; head: HTMLElement; people: HTMLElement; known: number }

/** Rooms whose list stays in memory. */
const keptRoomsMax = 12
/** A switch that is faster than this shows no progress. */
const progressMs = 150

type State = {
  app: () => App
  kept: Map<number, KeptRoom>
  /** The path that was requested last: answers to others are ignored. */
  wanted: string
}

/**
 * Opens rooms in place: from memory when they were open before, brought up to date by the resume
 * that follows any interruption. The composer is never replaced.
 */
export function createRoomSwitcher(app: () => App): RoomSwitcher {
  const state: State = { app, kept: new Map(), wanted: location.pathname }
  onClick(document, 'a[data-room], .msg a', (link, event) => followLink(state, link, event))
  // The server's answer to a request for a private conversation.
  document.addEventListener('room:open', ({ detail }) => {
    element('panel', HTMLDialogElement).close()
    void openRoom(state, detail.room, true)
  })
  addEventListener('popstate', () => {
    const place = placeIn(location.pathname)
    if (place !== null) void openPlace(state, place, false)
  })
  return {
    open: (room) => openRoom(state, room, true),
    openAt: (room, seq) => openMessage(state, room, seq, true),
    step: (direction, isUnread) => step(state, direction, isUnread),
    forget: (room) => void state.kept.delete(room),
    forgetAll: () => state.kept.clear(),
    forgetNotes(room) {
      for (const [id, { timeline }] of state.kept) {
        const note = timeline.querySelector(`.private-note .msg[data-room="${room}"]`)
        if (note !== null) state.kept.delete(id)
      }
    },
    leave: () => leave(state),
  }
}

type Place = { room: number; seq?: number }

/** The room, and perhaps the message, of a path; null for any other path. */
function placeIn(pathname: string): Place | null {
  const found = /rooms\/(?<room>\d+)(?:\/messages\/(?<seq>\d+))?$/.exec(pathname)?.groups
  if (found?.room === undefined) return null
  const room = Number(found.room)
  return found.seq === undefined ? { room } : { room, seq: Number(found.seq) }
}

function openPlace(state: State, { room, seq }: Place, isNew: boolean): Promise<void> {
  return seq === undefined ? openRoom(state, room, isNew) : openMessage(state, room, seq, isNew)
}

async function openRoom(state: State, room: number, isNew: boolean): Promise<void> {
  const { composer, page, timeline } = state.app()
  closeDrawers()
  const path = createPaths(page.base).room(room)
  state.wanted = path
  if (room === timeline.room()) {
    timeline.toEnd()
    if (isNew && location.pathname !== path) history.pushState(null, '', path)
    return
  }
  if (!restore(state, room) && !(await load(state, room, path))) return
  if (isNew) history.pushState(null, '', path)
  if (!isTouch()) composer.focus()
}

async function openMessage(state: State, room: number, seq: number, isNew: boolean): Promise<void> {
  const { page, timeline } = state.app()
  closeDrawers()
  const path = createPaths(page.base).message(room, seq)
  state.wanted = path
  const isHere = room === timeline.room() && timeline.toMessage(seq)
  if (!isHere && !(await load(state, room, path))) return
  if (isFromDevice()) timeline.toMessage(seq)
  if (isNew && location.pathname !== path) history.pushState(null, '', path)
}

/** Keeps the room that is being left, and forgets the one that was left longest ago. */
function keep({ app, kept }: State): void {
  const { positions, timeline } = app()
  const left = timeline.room()
  kept.delete(left)
  // A list without the newest messages, or from the device copy, cannot be brought up to date.
  if (!timeline.hasEnd() || isFromDevice()) return
  kept.set(left, {
    timeline: element('timeline', HTMLElement),
    head: element('head', HTMLElement),
    people: element('people-list', HTMLElement),
    known: positions.known(left),
  })
  const oldest = kept.keys().next()
  if (kept.size > keptRoomsMax && !oldest.done) kept.delete(oldest.value)
}

/** Shows a room from memory; false when it was not kept or is too far behind. */
function restore(state: State, room: number): boolean {
  const app = state.app()
  const kept = state.kept.get(room)
  if (kept === undefined) return false
  const behind = app.positions.known(room) - kept.known
  if (behind > limits.catchUpBrowserRevisionsMax) return false
  const { read_seq: readSeq = 0, unread = 0 } = app.rooms.find(room) ?? {}
  const unreadSince = app.rooms.unreadSince(room)
  // The time of the first unread message is unknown: the server's page has it.
  if (unread > 0 && unreadSince === null) return false
  keep(state)
  Object.assign(kept.timeline.dataset, { revision: kept.known, readSeq, unread, unreadSince })
  element('timeline', HTMLElement).replaceWith(kept.timeline)
  element('head', HTMLElement).replaceWith(kept.head)
  element('people-list', HTMLElement).replaceWith(kept.people)
  updateSurroundings(app)
  app.timeline.start()
  // htmx has torn the head down when another one was swapped in.
  htmx().process(kept.head, true)
  renewHead()
  return true
}

/** Fetches a room; false without an answer, or when another one was requested meanwhile. */
async function load(state: State, room: number, path: string): Promise<boolean> {
  const { deviceCopy, page, timeline } = state.app()
  const copy = room === timeline.room() ? null : (deviceCopy?.openRoom(room) ?? null)
  const isWholeRoom = path === createPaths(page.base).room(room)
  if (isWholeRoom) showCopy(state, copy)
  const progress = setTimeout(() => document.body.classList.add('is-switching'), progressMs)
  const html = await fetchHtml(page, path)
  clearTimeout(progress)
  document.body.classList.remove('is-switching')
  if (state.wanted !== path) return false
  if (html === null && copy !== null) {
    if (!isWholeRoom) showCopy(state, copy)
    copy.stay()
    return true
  }
  if (html === null) {
    showToast(page.words.notConnected)
    return false
  }
  if (room !== timeline.room()) keep(state)
  await swapIn(html, element('timeline', HTMLElement), 'outerHTML')
  return true
}

/** Shows the device copy of a room until the server has answered. */
function showCopy(state: State, copy: CopiedRoom | null): void {
  if (copy === null) return
  const app = state.app()
  keep(state)
  copy.show()
  htmx().process(element('head', HTMLElement))
  updateSurroundings(app)
  app.timeline.start()
}

/** The person is not in the room on the page any more. */
function leave(state: State): void {
  const { page, timeline } = state.app()
  state.kept.delete(timeline.room())
  const others = document.querySelectorAll<HTMLElement>('#rooms .item:not([aria-current])')
  // Everybody is in the oldest room.
  const [first] = [...others].map(({ dataset }) => Number(dataset.room)).sort((a, b) => a - b)
  showToast(page.words.roomGone)
  if (first !== undefined) void openRoom(state, first, true)
  else location.assign(createPaths(page.base).home())
}

function followLink(state: State, link: HTMLElement, event: MouseEvent): void {
  if (!(link instanceof HTMLAnchorElement)) return
  const isOurs = link.origin === location.origin && link.pathname.startsWith(state.app().page.base)
  const place = isOurs ? placeIn(link.pathname) : null
  if (place === null) return
  // A link in a message may lead to a room the person is not in: that is a page of its own.
  const isMember = document.getElementById(`room-${place.room}`) !== null
  if (link.closest('.msg__body') !== null && !isMember) return
  event.preventDefault()
  link.closest('dialog')?.close()
  void openPlace(state, place, true)
}

/** The neighbour in the room list, which is a ring. */
function step(state: State, direction: 1 | -1, isUnread: boolean): void {
  const links = [...document.querySelectorAll<HTMLElement>('#rooms .item')]
  const here = links.findIndex((link) => link.getAttribute('aria-current') !== null)
  const ring = links.map((_, n) => links.at((here + direction * (n + 1)) % links.length))
  const next = ring.find((link) => !isUnread || link?.classList.contains('unread') === true)
  if (next !== undefined) void openRoom(state, Number(next.dataset.room), true)
}
