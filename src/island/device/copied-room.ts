import { limits } from '../../shared/limits'
import { latePaths } from '../../shared/paths'
import type { RoomSummary } from '../../shared/protocol'
import { hueOf, initialOf } from '../../shared/text'
import type { App, CopiedRoom } from '../app'
import { copyOf, element, make } from '../ui/dom'
import { isFromDevice, list, sign } from '../ui/rows'
import { makeSystemRow } from '../ui/system-rows'
import {
  authorOf,
  type CopiedMessage,
  type CopyStore,
  excerptOf,
  linesOf,
  toldOf,
} from './copy-store'

/** The way to show the copy of a room; null when there is none. */
export function copiedRoom(app: App, store: CopyStore, room: number): CopiedRoom | null {
  const summary = app.rooms.find(room)
  const newest = store.read(room, limits.historyPageRows)
  if (summary === undefined || newest.length === 0) return null
  const rowsFrom = (messages: CopiedMessage[]) => messages.map((one) => rowOf(app, store, one))
  const note = make('p', { class: 'remembered' }, app.page.words.onThisDevice)
  return {
    show() {
      list().replaceWith(makeList(summary, [note, ...rowsFrom(newest)]))
      showHead(app, summary)
      element('people-list', HTMLElement).replaceChildren()
    },
    stay() {
      if (!isFromDevice()) return
      // All of it now: without the server nothing can be loaded by scrolling.
      note.after(...rowsFrom(store.read(room, limits.timelineRowsMax).slice(0, -newest.length)))
      app.timeline.start()
      void leaveWhenGone(app, store, room)
    },
  }
}

function makeList(room: RoomSummary, rows: Node[]): HTMLElement {
  const { comings, id, kind, name, recipient } = room
  const made = make('div', { id: 'timeline' }, ...rows)
  const title = kind === 'direct' ? name : `#${name}`
  Object.assign(made.dataset, { room: id, kind, name, title, role: 'member', remembered: '' })
  made.dataset.comings = String(comings)
  if (recipient !== null) made.dataset.person = String(recipient.id)
  if (recipient?.mark != null) made.dataset.mark = recipient.mark
  return made
}

/** A row from the template that the server rendered; text goes in as text, never as markup. */
function rowOf({ page }: App, store: CopyStore, message: CopiedMessage): HTMLElement {
  const told = toldOf(message)
  if (told !== null) return makeSystemRow({ ...message, told })
  const row = copyOf('pending-row')
  const { room, seq, revision, user, name, at, isEdited, text, files } = message
  row.id = `message-${user}-${message.clientId}`
  Object.assign(row.dataset, { room, seq, revision, user, at })
  row.dataset.source = [text, ...files.map((file) => file.name)].filter(Boolean).join('\n')
  if (isEdited) row.dataset.edited = String(at)
  const body = row.querySelector('.msg__body')
  body?.replaceChildren(...linesOf(message).map((line) => make('p', { dir: 'auto' }, line)))
  const quoted = store.find(room, message.replyTo)
  if (quoted !== null) {
    body?.before(
      make('span', { class: 'quote' }, `${authorOf(page, quoted)}: ${excerptOf(quoted)}`),
    )
  }
  sign(page, row, { ...message, mark: message.hasLeft ? 'left' : null })
  if (user !== page.user?.id) row.querySelector('.msg > .av')?.replaceWith(pictureOf(user, name))
  return row
}

function pictureOf(user: number, name: string): Node {
  const shown = document.querySelector(`.msg[data-user="${user}"] > .av`)
  const look = { class: `av ${hueOf(user)}`, 'aria-hidden': 'true' }
  return shown?.cloneNode(true) ?? make('span', look, initialOf(name))
}

function showHead({ page }: App, { id, kind, name }: RoomSummary): void {
  const head = element('head', HTMLElement)
  const paths = latePaths(page.base)
  const icon = kind === 'direct' ? '#icon-lock' : '#icon-room'
  // The copy knows neither the face nor the presence of anybody.
  head.querySelector('h1 .who')?.remove()
  for (const known of ['data-person', 'data-state'])
    head.querySelector('h1')?.removeAttribute(known)
  head.querySelector('h1 bdi')?.replaceChildren(name)
  head.querySelector('h1 use')?.setAttribute('href', icon)
  for (const unknown of head.querySelectorAll('p, #head-online')) unknown.replaceChildren()
  head.setAttribute('hx-get', paths.around(id))
  for (const name of ['href', 'hx-get']) {
    head.querySelector('a')?.setAttribute(name, paths.settings(id))
  }
}

/** No answer may also mean that the person is not in the room any more: then nothing is shown. */
async function leaveWhenGone(app: App, store: CopyStore, room: number): Promise<void> {
  const path = latePaths(app.page.base).room(room)
  const answer = await fetch(path, { method: 'HEAD' }).catch(() => null)
  if (answer?.status !== 404) return
  store.forget(room)
  if (app.timeline.room() === room)
    app.reading().then(
      ({ leave }) => leave(),
      () => {},
    )
}
