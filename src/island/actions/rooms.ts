import { pagePaths } from '../../shared/paths'
import type { RoomSummary } from '../../shared/protocol'
import { fill } from '../../shared/text'
import type { Address, App, CopiedRoom, Place, RoomSwitcher } from '../app'
import { ifLoaded, useLoaded } from '../lazy'
import { fetchHtml, swapIn } from '../net/htmx'
import { markCurrent } from '../rooms/rooms'
import { closeDrawers, element, onClick } from '../ui/dom'
import { holdKeys } from '../ui/held-keys'
import { isTouch } from '../ui/keys'
import { isFromDevice, list, roomTitle } from '../ui/rows'
import { showToast } from '../ui/toast'
import { showUnsent } from './send-message'

/** A switch that is faster than this shows no progress. */
const progressMs = 150

/** The path that was requested last: answers to others are ignored. */
let wanted = ''

/**
 * Opens rooms in place: from the device copy until the server has answered, where there is one. The
 * composer is never replaced.
 */
export function createRoomSwitcher(app: () => App): RoomSwitcher {
  wanted = location.pathname
  onClick(document, 'a[data-room], .msg a', (link, event) => followLink(app(), link, event))
  // The server's answer: the reader is in a room, or in a private conversation.
  document.addEventListener('room:open', ({ detail: { room, seq } }) => {
    element('panel', HTMLDialogElement).close()
    void openPlace(app(), seq === undefined ? { room } : { room, seq }, true)
  })
  window.addEventListener('popstate', ({ state }) => {
    const place = placeIn(location.pathname)
    if (place === null) return
    // Closing the search leads back to where the reader is already.
    if (isOpen(place)) wanted = location.pathname
    else void openPlace(app(), place, false, app().timeline.keeper()?.noted(state))
  })
  return {
    open: (room) => openPlace(app(), { room }, true),
    openAt: (room, seq) => openPlace(app(), { room, seq }, true),
    step: (direction, isUnread) => step(app(), direction, isUnread),
  }
}

/** The room, and perhaps the message, of a path; null for any other path. */
function placeIn(pathname: string): Address | null {
  const [, room, seq] = /rooms\/(\d+)(?:\/messages\/(\d+))?$/.exec(pathname) ?? []
  if (room === undefined) return null
  return seq === undefined ? { room: Number(room) } : { room: Number(room), seq: Number(seq) }
}

/** Whether the list on the page was opened there, wherever the reader has scrolled since. */
function isOpen({ room, seq }: Address): boolean {
  const { dataset } = list()
  return Number(dataset.room) === room && (dataset.openedAt ?? '') === String(seq ?? '')
}

/** Opens a room, or the room around a message; `isNew` adds a step to the browser's history. */
async function openPlace(
  app: App,
  { room, seq }: Address,
  isNew: boolean,
  known?: Place | null,
): Promise<void> {
  const { composer, timeline } = app
  const paths = pagePaths(app.page.base)
  const at = seq ?? known?.seq
  const path = at === undefined ? paths.room(room) : paths.message(room, at)
  const enter = (): void => {
    if (isNew && location.pathname !== path) history.pushState(null, '', path)
  }
  closeDrawers()
  wanted = path
  const keeper = timeline.keeper()
  if (known && keeper?.toPlace(known)) return
  const isHere = room === timeline.room() && !known
  if (isHere && (seq === undefined || timeline.toMessage(seq))) {
    if (seq === undefined) {
      delete list().dataset.openedAt
      timeline.toEnd()
    }
    return enter()
  }
  keeper?.showNextAt(known ?? null)
  const opening = load(app, room, path, enter).then((isOpened) => {
    if (isOpened && seq !== undefined && isFromDevice()) timeline.toMessage(seq)
    if (isOpened && seq === undefined && !isTouch()) composer.focus()
    return isOpened
  })
  // What is typed is for that room; its copy takes it at once.
  if (room !== timeline.room()) void holdKeys(opening)
  await opening
}

/** Fetches a room; false without an answer, or when another one was requested meanwhile. */
async function load(app: App, room: number, path: string, enter: () => void): Promise<boolean> {
  const { deviceCopy, page, timeline } = app
  const copy = room === timeline.room() ? null : (deviceCopy?.openRoom(room) ?? null)
  const isWholeRoom = path === pagePaths(page.base).room(room)
  if (isWholeRoom && copy !== null) {
    showCopy(app, copy)
    enter()
  }
  const progress = setTimeout(() => document.body.classList.add('is-switching'), progressMs)
  let trouble = page.words.notConnected
  const html = await fetchHtml(path, () => (trouble = page.words.roomGone))
  clearTimeout(progress)
  document.body.classList.remove('is-switching')
  if (wanted !== path) return false
  if (html === null && copy !== null) {
    if (!isWholeRoom) showCopy(app, copy)
    copy.stay()
    enter()
    return true
  }
  if (html === null) {
    // Back and Forward change the address first.
    if (placeIn(location.pathname)?.room !== timeline.room()) {
      history.replaceState(null, '', pagePaths(page.base).room(timeline.room()))
    }
    showToast(trouble)
    return false
  }
  enter()
  await swapIn(html, element('timeline', HTMLElement))
  return true
}

/** Shows the device copy of a room until the server has answered. */
function showCopy(app: App, copy: CopiedRoom): void {
  rescueEdits(app, list())
  copy.show()
  updateSurroundings(app)
  app.timeline.start()
}

function followLink(app: App, link: HTMLElement, event: MouseEvent): void {
  if (!(link instanceof HTMLAnchorElement)) return
  const isOurs = link.origin === location.origin && link.pathname.startsWith(app.page.base)
  const place = isOurs ? placeIn(link.pathname) : null
  if (place === null) return
  event.preventDefault()
  link.closest('dialog')?.close()
  // A link in a message may lead to a room that the person is not in.
  const isListed = document.getElementById(`room-${place.room}`) !== null
  if (link.closest('.msg__body') !== null && !isListed)
    useLoaded(app.page, app.panel, ({ offer }) => offer(place, link.href))
  else void openPlace(app, place, true)
}

/** The neighbour, in the ring of the room list, of the room that was requested last. */
function step(app: App, direction: 1 | -1, isUnread: boolean): void {
  const links = [...document.querySelectorAll<HTMLElement>('#rooms > ul .item')]
  const room = placeIn(wanted)?.room ?? app.timeline.room()
  const here = links.findIndex((link) => Number(link.dataset.room) === room)
  const ring = links.map((_, n) => links.at((here + direction * (n + 1)) % links.length))
  const next = ring.find((link) => !isUnread || link?.classList.contains('unread') === true)
  if (next !== undefined) void openPlace(app, { room: Number(next.dataset.room) }, true)
}

/** Another list is on the page: unsent messages belong at its end, the new line into it. */
export function showRoom(app: App, isJump: boolean): void {
  const { newLine, outbox, readMarker, timeline } = app
  for (const entry of outbox.entries(timeline.room())) showUnsent(app, entry)
  updateSurroundings(app)
  showHold(app)
  if (isJump) newLine.drop()
  else newLine.open()
  readMarker.check()
}

/** Who may write in the room on the page, as its summary says, or the list itself. */
export function showHold({ hold }: App, room?: RoomSummary): void {
  if (room?.hold ?? list().dataset.hold) ifLoaded(hold, (hear) => hear(room))
}

/** What stands around the list follows the room in it: composer, room list, title. */
function updateSurroundings({ composer, drafts, page, people, timeline, title }: App): void {
  const room = timeline.room()
  if (Number(element('composer', HTMLElement).dataset.room) !== room) {
    ifLoaded(people, ({ typing }) => typing.clear())
    composer.setRoom()
  }
  markCurrent(page, room)
  drafts.mark()
  title.setRoom()
  const label = fill(page.words.messagesIn, { room: roomTitle() })
  element('log', HTMLElement).setAttribute('aria-label', label)
}

/** Everything in the room on the page has been read. */
export function markRead({ connection, newLine, positions, readMarker, timeline }: App): void {
  const room = timeline.room()
  newLine.drop()
  readMarker.resume()
  connection.send({ type: 'read', room, seq: positions.known(room) })
  timeline.toEnd()
}

/** More messages are on the page. */
export function onGrown({ newLine, readMarker }: App): void {
  newLine.grown()
  readMarker.check()
}

/** The text of an unsaved edit goes into the composer before its row is removed. */
export function rescueEdits({ composer, page }: App, root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>('.editor')) {
    if (field.value === field.defaultValue) continue
    composer.insert(composer.isEmpty() ? field.value : `\n${field.value}`)
    showToast(page.words.editLost)
  }
}
