import type { App, Faces } from '../app'
import { fill } from '../../shared/text'
import { element } from '../ui/dom'
import { prefill, watchFaces } from '../people/face'
import { renewHead } from '../people/people'
import { roomTitle } from '../ui/rows'
import type { Page } from '../ui/page'

/** After an interruption every page asks who is online: not all at the same moment. */
const renewMsMax = 3_000

export { prefill, watchFaces }

export function create(app: App): Faces {
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx.sourceElement.id === 'head') comparePeople(app)
  })
  return {
    changePeople: (changed) => changePeople(app, changed),
    renewSoon: () => void setTimeout(renewHead, Math.random() * renewMsMax),
  }
}

function changePeople(app: App, changed: HTMLElement[]): void {
  for (const person of changed) changePerson(app, person)
}

/** The list of people was fetched again: names and pictures may have changed meanwhile. */
function comparePeople(app: App): void {
  const people = [...document.querySelectorAll<HTMLElement>('#people-list .person')]
  const changed = people.filter((person) => isOtherwise(app.page, person))
  changePeople(app, changed)
}

/** Whether the page still shows another name or picture of somebody than the list does. */
function isOtherwise({ user }: Page, person: HTMLElement): boolean {
  const { person: id, name = '' } = person.dataset
  const row = document.querySelector(`#timeline .msg[data-user="${id}"]`)
  const isMyself = Number(id) === user?.id
  const shown = isMyself
    ? (document.body.dataset.nickname ?? '')
    : row?.querySelector('.msg__meta bdi')?.textContent
  if (shown !== undefined && shown !== name) return true
  const faces = [row, person].map((place) => place?.querySelector('.av')?.cloneNode(true))
  const [there, here] = faces.map((face) => {
    if (face instanceof Element) face.classList.remove('av--small')
    return face
  })
  return there != null && here != null && !there.isEqualNode(here)
}

function changePerson(app: App, changed: HTMLElement): void {
  const { drafts, page } = app
  const id = Number(changed.dataset.person)
  const name = changed.dataset.name ?? ''
  const face = changed.querySelector<HTMLElement | SVGElement>('.av')
  if (face === null) return
  app.deviceCopy?.rename(id, name)
  for (const place of placesOf(id)) renew(place, name, face)
  for (const quoted of document.querySelectorAll(`.quote[data-of="${id}"] bdi`)) {
    quoted.replaceChildren(name)
  }
  for (const row of document.querySelectorAll<HTMLElement>(`.msg[data-to="${id}"]`)) {
    row.dataset.toName = name
    const note = row.closest('.private-note')?.querySelector('.private-note__label span')
    note?.replaceChildren(fill(page.words.onlyYouAnd, { name }))
  }
  if (id === page.user?.id) {
    document.body.dataset.nickname = name
    drafts.rename(name)
  }
  if (Number(element('timeline', HTMLElement).dataset.person) === id) renameRoom(app, name)
  app.rooms.refresh()
}

/** Rows, lines of people, the menu, and the rows that are still to be made. */
function placesOf(id: number): ParentNode[] {
  const places: ParentNode[] = [
    ...document.querySelectorAll(`.msg[data-user="${id}"], .person[data-person="${id}"]`),
  ]
  if (Number(document.body.dataset.user) !== id) return places
  const menu = document.querySelectorAll('#menu .menu__who, [popovertarget=menu]')
  const template = document.querySelector<HTMLTemplateElement>('#pending-row')
  return template === null ? [...places, ...menu] : [...places, ...menu, template.content]
}

function renew(place: ParentNode, name: string, face: Element): void {
  const old = place.querySelector('.av')
  const fresh = face.cloneNode(true)
  if (old !== null && fresh instanceof Element) {
    for (const size of ['av--small', 'av--large']) {
      fresh.classList.toggle(size, old.classList.contains(size))
    }
    old.replaceWith(fresh)
  }
  place.querySelector('.msg__meta bdi, bdi')?.replaceChildren(name)
  if (place instanceof HTMLElement && place.matches('.person')) place.dataset.name = name
}

function renameRoom({ composer, title }: App, name: string): void {
  const { dataset } = element('timeline', HTMLElement)
  dataset.name = name
  dataset.title = name
  element('head', HTMLElement).querySelector('h1 bdi')?.replaceChildren(name)
  title.setRoom(roomTitle())
  composer.setConnected(true)
}
