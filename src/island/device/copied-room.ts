import { sign } from '../ui/rows'
import type { App, CopiedRoom } from '../app'
import type { CopiedMessage } from './copied-message'
import { hueOf } from '../../shared/text'
import { copyOf, element } from '../ui/dom'
import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import type { CopyStore } from './copy-store'

/** Takes a room; gives the way to show what is kept of it, null when that is nothing. */
export function copiedRoom(app: App, store: CopyStore, room: number): CopiedRoom | null {
  const summary = app.rooms.find(room)
  const newest = store.read(room, limits.historyPageRows)
  if (summary === undefined || newest.length === 0) return null
  const { name, kind, recipient } = summary
  const isDirect = kind === 'direct'
  const title = isDirect ? name : `#${name}`
  return {
    show() {
      const head = element('head', HTMLElement)
      const people = element('people-list', HTMLElement)
      element('timeline', HTMLElement).replaceWith(listOf(app, newest, { room, kind, name, title }))
      if (recipient !== null) element('timeline', HTMLElement).dataset.person = String(recipient.id)
      head.replaceWith(headOf(app, head, room, name, isDirect))
      const nobody = people.cloneNode(false)
      people.replaceWith(nobody)
    },
    stay() {
      const timeline = element('timeline', HTMLElement)
      if (timeline.dataset.remembered === undefined) return
      // All of it now: there will be nothing to scroll to.
      const all = store.read(room, limits.timelineRowsMax)
      const older = all.slice(0, -newest.length).map((message) => rowOf(app, message))
      timeline.querySelector('.remembered')?.after(...older)
      app.timeline.start()
      void leaveWhenGone(app, store, room)
    },
  }
}

type About = { room: number; kind: string; name: string; title: string }

/** The list as views/messages/timeline.tsx makes it, with what is known here. */
function listOf(app: App, messages: CopiedMessage[], about: About): HTMLElement {
  const list = document.createElement('div')
  list.id = 'timeline'
  const { room, kind, name, title } = about
  Object.assign(list.dataset, { room, kind, name, title, role: 'member', remembered: '' })
  const note = document.createElement('p')
  note.className = 'remembered'
  note.textContent = app.page.words.onThisDevice
  list.append(note, ...messages.map((message) => rowOf(app, message)))
  return list
}

/** A row from the template that the server rendered; text goes in as text, never as markup. */
function rowOf({ page }: App, message: CopiedMessage): HTMLElement {
  const row = copyOf('pending-row')
  const { room, seq, revision, user, name, at, text, clientId, isEdited } = message
  row.id = `message-${user}-${clientId}`
  Object.assign(row.dataset, { room, seq, revision, user, at })
  if (isEdited) row.dataset.edited = String(at)
  const lines = [text, ...message.files.map(({ name }) => name)].filter((line) => line !== '')
  const body = row.querySelector('.msg__body')
  body?.replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement('p')
      paragraph.textContent = line
      return paragraph
    }),
  )
  if (message.reply !== null) {
    const quote = document.createElement('span')
    quote.className = 'quote'
    quote.textContent = `${message.reply.name}: ${message.reply.text}`
    body?.before(quote)
  }
  sign(page, row, message)
  if (user !== page.user?.id) row.querySelector('.msg > .av')?.replaceWith(pictureOf(user, name))
  return row
}

/** The picture of somebody who is on the page somewhere; else the first letter of the name. */
function pictureOf(user: number, name: string): Node {
  const shown = document.querySelector(`.msg[data-user="${user}"] > .av`)
  if (shown !== null) return shown.cloneNode(true)
  const letter = document.createElement('span')
  letter.className = `av ${hueOf(user)}`
  letter.ariaHidden = 'true'
  const [first] = new Intl.Segmenter().segment(name)
  letter.textContent = first?.segment.toUpperCase() ?? ''
  return letter
}

function headOf(
  { page }: App,
  before: HTMLElement,
  room: number,
  name: string,
  isDirect: boolean,
): Node {
  const head = before.cloneNode(true)
  if (!(head instanceof HTMLElement)) return before
  head.querySelector('h1 bdi')?.replaceChildren(name)
  head.querySelector('h1 use')?.setAttribute('href', isDirect ? '#icon-lock' : '#icon-room')
  head.querySelector('p')?.replaceChildren()
  head.querySelector('#head-online')?.replaceChildren()
  const paths = createPaths(page.base)
  head.setAttribute('hx-get', paths.around(room))
  for (const name of ['href', 'hx-get'])
    head.querySelector('a')?.setAttribute(name, paths.settings(room))
  return head
}

/** No answer may also mean that the room is not mine any more: then nothing of it is shown. */
async function leaveWhenGone(app: App, store: CopyStore, room: number): Promise<void> {
  const path = createPaths(app.page.base).room(room)
  const answer = await fetch(path, { method: 'HEAD' }).catch(() => null)
  if (answer?.status !== 404) return
  store.forget(room)
  if (app.timeline.room() === room) app.switcher.leave()
}
