import { renameRoom } from '../actions/rooms'
import type { App, Faces } from '../app'
import { fill } from '../../shared/text'
import { element } from '../ui/dom'
import { list } from '../ui/rows'
import type { Page } from '../ui/page'

/** After an interruption every page asks who is online: not all at the same moment. */
const renewMsMax = 3_000

export { watchFaces } from '../people/face'

export function create(app: App): Faces {
  const changePeople = (changed: HTMLElement[]): void =>
    changed.forEach((person) => changePerson(app, person))
  document.addEventListener('htmx:after:swap', ({ detail }) => {
    if (detail.ctx.sourceElement.id !== 'head') return
    // The people were fetched again: names and pictures may have changed meanwhile.
    const people = [...document.querySelectorAll<HTMLElement>('#people-list .person')]
    changePeople(people.filter(hasChanged))
  })
  const renew = (): void => void element('head', HTMLElement).dispatchEvent(new Event('renew'))
  return { changePeople, renewSoon: () => void setTimeout(renew, Math.random() * renewMsMax) }
}

/** Whether the page still shows another name or picture of somebody than the list does. */
function hasChanged(person: HTMLElement): boolean {
  const { person: id, name } = person.dataset
  const row = document.querySelector(`#timeline .msg[data-user="${id}"]`)
  const { nickname, user } = document.body.dataset
  const shown = id === user ? nickname : row?.querySelector('.msg__meta bdi')?.textContent
  if (shown !== undefined && shown !== name) return true
  const [there, here] = [row, person].map((place) =>
    place?.querySelector('.av')?.outerHTML.replace(' av--small', ''),
  )
  return there !== undefined && there !== here
}

function changePerson(app: App, changed: HTMLElement): void {
  const { composer, deviceCopy, drafts, page, rooms, title } = app
  const { name = '' } = changed.dataset
  const id = Number(changed.dataset.person)
  const face = changed.querySelector('.av')
  if (face === null) return
  deviceCopy?.rename(id, name)
  for (const place of placesOf(page, id)) show(place, name, face)
  for (const quoted of document.querySelectorAll(`.quote[data-of="${id}"] bdi`))
    quoted.replaceChildren(name)
  for (const row of document.querySelectorAll<HTMLElement>(`.msg[data-to="${id}"]`)) {
    row.dataset.toName = name
    const note = row.closest('.private-note')?.querySelector('.private-note__label span')
    note?.replaceChildren(fill(page.words.onlyYouAnd, { name }))
  }
  if (id === page.user?.id) {
    document.body.dataset.nickname = name
    drafts.rename(name)
  }
  if (Number(list().dataset.person) === id) {
    renameRoom(title, name, name)
    composer.setConnected(true)
  }
  rooms.refresh()
}

function placesOf({ user }: Page, id: number): ParentNode[] {
  const rows = `.msg[data-user="${id}"], .person[data-person="${id}"]`
  if (id !== user?.id) return [...document.querySelectorAll(rows)]
  const menu = '#menu .menu__who, [popovertarget=menu]'
  const template = element('pending-row', HTMLTemplateElement).content
  return [...document.querySelectorAll(`${rows}, ${menu}`), template]
}

function show(place: ParentNode, name: string, face: Element): void {
  const old = place.querySelector('.av')
  const fresh = document.importNode(face, true)
  // With the size that a face has in this place.
  fresh.setAttribute('class', old?.getAttribute('class') ?? '')
  old?.replaceWith(fresh)
  place.querySelector('bdi')?.replaceChildren(name)
  if (place instanceof HTMLElement && place.matches('.person')) place.dataset.name = name
}
