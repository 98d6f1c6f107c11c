import { isFromDevice } from '../ui/rows'
import { createPaths } from '../../shared/paths'
import type { App, CopiedRoom, RoomSwitcher } from '../app'
import { fetchHtml, swapIn } from '../net/htmx'
import { closeDrawers, element, onClick } from '../ui/dom'
import { isTouch } from '../ui/keys'
import { showToast } from '../ui/toast'
import { updateSurroundings } from './show-room'

/** A switch that is faster than this shows no progress. */
const progressMs = 150

type State = {
  app: () => App
  /** The path that was requested last: answers to others are ignored. */
  wanted: string
}

/**
 * Opens rooms in place: from the device copy until the server has answered, where there is one. The
 * composer is never replaced.
 */
export function createRoomSwitcher(app: () => App): RoomSwitcher {
  const state: State = { app, wanted: location.pathname }
  onClick(document, 'a[data-room], .msg a', (link, event) => followLink(state, link, event))
  // The server's answer to a request for a private conversation.
  document.addEventListener('room:open', ({ detail }) => {
    element('panel', HTMLDialogElement).close()
    void openPlace(state, { room: detail.room }, true)
  })
  addEventListener('popstate', () => {
    const place = placeIn(location.pathname)
    if (place !== null) void openPlace(state, place, false)
  })
  return {
    open: (room) => openPlace(state, { room }, true),
    openAt: (room, seq) => openPlace(state, { room, seq }, true),
    step: (direction, isUnread) => step(state, direction, isUnread),
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

/** Opens a room, or the room around a message; `isNew` adds a step to the browser's history. */
async function openPlace(state: State, { room, seq }: Place, isNew: boolean): Promise<void> {
  const { composer, page, timeline } = state.app()
  const paths = createPaths(page.base)
  const path = seq === undefined ? paths.room(room) : paths.message(room, seq)
  const enter = (): void => {
    if (isNew && location.pathname !== path) history.pushState(null, '', path)
  }
  closeDrawers()
  state.wanted = path
  if (room === timeline.room() && (seq === undefined || timeline.toMessage(seq))) {
    if (seq === undefined) timeline.toEnd()
    return enter()
  }
  if (!(await load(state, room, path, enter))) return
  if (seq !== undefined && isFromDevice()) timeline.toMessage(seq)
  if (seq === undefined && !isTouch()) composer.focus()
}

/** Fetches a room; false without an answer, or when another one was requested meanwhile. */
async function load(state: State, room: number, path: string, enter: () => void): Promise<boolean> {
  const { deviceCopy, page, timeline } = state.app()
  const copy = room === timeline.room() ? null : (deviceCopy?.openRoom(room) ?? null)
  const isWholeRoom = path === createPaths(page.base).room(room)
  if (isWholeRoom && copy !== null) {
    showCopy(state, copy)
    enter()
  }
  const progress = setTimeout(() => document.body.classList.add('is-switching'), progressMs)
  const html = await fetchHtml(path)
  clearTimeout(progress)
  document.body.classList.remove('is-switching')
  if (state.wanted !== path) return false
  if (html === null && copy !== null) {
    if (!isWholeRoom) showCopy(state, copy)
    copy.stay()
    enter()
    return true
  }
  if (html === null) {
    showToast(page.words.notConnected)
    return false
  }
  enter()
  await swapIn(html, element('timeline', HTMLElement))
  return true
}

/** Shows the device copy of a room until the server has answered. */
function showCopy(state: State, copy: CopiedRoom): void {
  const app = state.app()
  copy.show()
  updateSurroundings(app)
  app.timeline.start()
}

/** The person is not in the room on the page any more. */
function leave(state: State): void {
  const { page } = state.app()
  const others = document.querySelectorAll<HTMLElement>('#rooms .item:not([aria-current])')
  // Everybody is in the oldest room.
  const [first] = [...others].map(({ dataset }) => Number(dataset.room)).sort((a, b) => a - b)
  showToast(page.words.roomGone)
  if (first !== undefined) void openPlace(state, { room: first }, true)
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

/** The neighbour, in the ring of the room list, of the room that was requested last. */
function step(state: State, direction: 1 | -1, isUnread: boolean): void {
  const links = [...document.querySelectorAll<HTMLElement>('#rooms .item')]
  const room = placeIn(state.wanted)?.room ?? state.app().timeline.room()
  const here = links.findIndex((link) => Number(link.dataset.room) === room)
  const ring = links.map((_, n) => links.at((here + direction * (n + 1)) % links.length))
  const next = ring.find((link) => !isUnread || link?.classList.contains('unread') === true)
  if (next !== undefined) void openPlace(state, { room: Number(next.dataset.room) }, true)
}
