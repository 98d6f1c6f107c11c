import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import type { RoomSummary } from '../../shared/protocol'
import { hueOf, initialOf } from '../../shared/text'
import type { App, CopiedRoom } from '../app'
import { copyOf, element, make } from '../ui/dom'
import { list, sign } from '../ui/rows'
import { type CopiedMessage, type CopyStore, excerptOf } from './copy-store'

/** The way to show the copy of a room; null when there is none. */
export function copiedRoom(app: App, store: CopyStore, room: number): CopiedRoom | null {
  const summary = app.rooms.find(room)
  const newest = store.read(room, limits.historyPageRows)
  if (summary === undefined || newest.length === 0) return null
  const rowsFrom = (messages: CopiedMessage[]): Node[] =>
    messages.map((message) => rowOf(app, store, message))
  return {
    show() {
      const note = make('p', { class: 'remembered' }, app.page.words.onThisDevice)
      list().replaceWith(makeList(summary, [note, ...rowsFrom(newest)]))
      showHead(app, summary)
      const people = element('people-list', HTMLElement)
      people.replaceWith(people.cloneNode(false))
    },
    stay() {
      if (list().dataset.remembered === undefined) return
      // All of it now: without the server nothing can be loaded by scrolling.
      const older = store.read(room, limits.timelineRowsMax).slice(0, -newest.length)
      list()
        .querySelector('.remembered')
        ?.after(...rowsFrom(older))
      app.timeline.start()
      void leaveWhenGone(app, store, room)
    },
  }
}

/** The list as views/messages/timeline.tsx makes it, with what is known here. */
function makeList({ id, kind, name, recipient }: RoomSummary, rows: Node[]): HTMLElement {
  const made = make('div', { id: 'timeline' }, ...rows)
  const title = kind === 'direct' ? name : `#${name}`
  Object.assign(made.dataset, { room: id, kind, name, title, role: 'member', remembered: '' })
  if (recipient !== null) made.dataset.person = String(recipient.id)
  return made
}

/** A row from the template that the server rendered; text goes in as text, never as markup. */
function rowOf({ page }: App, store: CopyStore, message: CopiedMessage): HTMLElement {
  const row = copyOf('pending-row')
  const { room, seq, revision, user, name, at, text, isEdited, files } = message
  row.id = `message-${user}-${message.clientId}`
  Object.assign(row.dataset, { room, seq, revision, user, at })
  if (isEdited) row.dataset.edited = String(at)
  const lines = [text, ...files.map((file) => file.name)].filter((line) => line !== '')
  const body = row.querySelector('.msg__body')
  body?.replaceChildren(...lines.map((line) => make('p', {}, line)))
  const quoted = store.find(room, message.replyTo)
  if (quoted !== null) {
    body?.before(make('span', { class: 'quote' }, `${quoted.name}: ${excerptOf(quoted)}`))
  }
  sign(page, row, message)
  if (user !== page.user?.id) row.querySelector('.msg > .av')?.replaceWith(pictureOf(user, name))
  return row
}

/** The picture of a person who is on the page somewhere; else the first letter of the name. */
function pictureOf(user: number, name: string): Node {
  const shown = document.querySelector(`.msg[data-user="${user}"] > .av`)
  const look = { class: `av ${hueOf(user)}`, 'aria-hidden': 'true' }
  return shown?.cloneNode(true) ?? make('span', look, initialOf(name))
}

function showHead({ page }: App, { id, kind, name }: RoomSummary): void {
  const head = element('head', HTMLElement)
  const paths = createPaths(page.base)
  const icon = kind === 'direct' ? '#icon-lock' : '#icon-room'
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
  const path = createPaths(app.page.base).room(room)
  const answer = await fetch(path, { method: 'HEAD' }).catch(() => null)
  if (answer?.status !== 404) return
  store.forget(room)
  if (app.timeline.room() === room) app.switcher.leave()
}
