import type { App, Faces } from '../app'
import type { ChatEvent, Named } from '../../shared/protocol'
import { fill } from '../../shared/text'
import { startSignedOut } from '../device/installed'
import { startSignIn as startForm } from '../people/face'
import { element, nodesOf } from '../ui/dom'
import type { Storage } from '../ui/storage'
import { removePerson } from '../people/people'
import { list, showName } from '../ui/rows'
import { ifLoaded } from '../lazy'
import type { Page, Title } from '../ui/page'

/** After an interruption every page asks who is online: not all of many at the same moment. */
const renewMs = 3_000
const renewMsPerPerson = 10

export { watchFaces } from '../people/face'

export function startSignIn(storage: Storage): void {
  startSignedOut({ base: document.body.dataset.base ?? '/' })
  startForm(storage)
}

export function create(app: App): Faces {
  const changePeople = (changed: HTMLElement[]): void =>
    changed.forEach((person) => changePerson(app, person))
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx.sourceElement.id !== 'head') return
    // The people were fetched again: names and pictures may have changed meanwhile.
    const people = [...document.querySelectorAll<HTMLElement>('#people-list .person')]
    changePeople(people.filter(hasChanged))
  })
  const renewSoon = (): void => {
    const count = Number(element('online-count', HTMLElement).textContent)
    setTimeout(renew, Math.random() * (renewMs + count * renewMsPerPerson))
  }
  return { changePeople, changeRoom: (event) => changeRoom(app, event), renewSoon }
}

/** The head is fetched again where more than words has changed. */
function changeRoom(
  { composer, deviceCopy, page, rooms, timeline, title }: App,
  { room, archived, kind, name, topic }: ChatEvent & { type: 'room.changed' },
): void {
  const known = rooms.find(room)
  const isSame = known?.kind === kind && known.archived === archived
  Object.assign(known ?? {}, { archived, kind, name })
  // It may keep public rooms only.
  if (!isSame) deviceCopy?.setRooms()
  if (room !== timeline.room()) return
  renameRoom(title, name, `#${name}`)
  composer.refresh()
  const start = fill(page.words.start, { room: `#${name}` })
  list()
    .querySelector('.start')
    ?.replaceChildren(...nodesOf(start))
  element('head', HTMLElement).querySelector('p')?.replaceChildren(topic)
  if (!isSame) renew()
}

/** The room on the page has another name; `shown` is what stands for it in the title. */
function renameRoom(title: Title, name: string, shown: string): void {
  Object.assign(list().dataset, { name, title: shown })
  element('head', HTMLElement).querySelector('h1 bdi')?.replaceChildren(name)
  title.setRoom()
}

/** Whether the page still shows another name or picture of somebody than the list does. */
function hasChanged(person: HTMLElement): boolean {
  const { person: id, name } = person.dataset
  const row = document.querySelector(`#timeline .msg[data-user="${id}"]`)
  const { nickname, user } = document.body.dataset
  const author = row?.querySelector('.msg__meta bdi')
  const shown = id === user ? nickname : author?.textContent
  if (shown !== undefined && shown !== name) return true
  if (author != null && author.className !== person.querySelector('bdi')?.className) return true
  const [there, here] = [row, person].map((place) =>
    place?.querySelector('.av')?.outerHTML.replace(' av--small', ''),
  )
  return there !== undefined && there !== here
}

const renew = (): void => void element('head', HTMLElement).dispatchEvent(new Event('renew'))

function changePerson(app: App, changed: HTMLElement): void {
  const { composer, deviceCopy, drafts, page, rooms, title } = app
  const { name = '' } = changed.dataset
  const id = Number(changed.dataset.person)
  const face = changed.querySelector('.av')
  if (face === null) return
  const mark = changed.dataset.mark ?? null
  const hasLeft = mark === 'left'
  deviceCopy?.rename(id, name, hasLeft)
  if (hasLeft) removePerson(id)
  for (const place of placesOf(page, id)) show(place, name, mark, face)
  for (const quoted of document.querySelectorAll(`.quote[data-of="${id}"] bdi`))
    showName(quoted, name, mark)
  for (const row of document.querySelectorAll<HTMLElement>(`.msg[data-to="${id}"]`)) {
    row.dataset.toName = name
    const note = row.closest('.private-note')?.querySelector('.private-note__label span')
    const shown = hasLeft ? fill(page.words.nameLeft, { nickname: name }) : name
    note?.replaceChildren(...nodesOf(fill(page.words.onlyYouAnd, { name: shown })))
  }
  const person = { id, nickname: name, mark: markOf(mark) }
  ifLoaded(app.lines, ({ rename }) => rename(person))
  if (id === page.user?.id) {
    document.body.dataset.nickname = name
    drafts.rename(name)
  }
  if (Number(list().dataset.person) === id) {
    if (mark === null) delete list().dataset.mark
    else list().dataset.mark = mark
    renameRoom(title, name, name)
    // The head says more of a person who has left or is new.
    renew()
    composer.refresh()
  }
  if (document.querySelector(`#rooms [data-person="${id}"]`) !== null) rooms.refresh()
}

function markOf(mark: string | null): Named['mark'] {
  return mark === 'left' || mark === 'new' ? mark : null
}

function placesOf({ user }: Page, id: number): ParentNode[] {
  const rows = `.msg[data-user="${id}"], .person[data-person="${id}"]`
  if (id !== user?.id) return [...document.querySelectorAll(rows)]
  const menu = '#menu .menu__who, [popovertarget=menu]'
  const template = element('pending-row', HTMLTemplateElement).content
  return [...document.querySelectorAll(`${rows}, ${menu}`), template]
}

function show(place: ParentNode, name: string, mark: string | null, face: Element): void {
  const old = place.querySelector('.av')
  const fresh = document.importNode(face, true)
  // With the size that a face has in this place.
  fresh.setAttribute('class', old?.getAttribute('class') ?? '')
  old?.replaceWith(fresh)
  const shown = place.querySelector('bdi')
  if (shown !== null) showName(shown, name, mark)
  if (place instanceof HTMLElement && place.matches('.person')) place.dataset.name = name
}
