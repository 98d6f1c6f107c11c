import { hueOf, initialOf } from '../shared/text'
import { authorOf, type CopiedMessage, findCopy, linesOf } from './device/copy-store'
import { createClock } from './ui/clock'
import { element, make, makeButton } from './ui/dom'
import { readPage } from './ui/page'
import { openStorage } from './ui/storage'

/**
 * The page that the service worker shows in place of a room when the server is away: what this
 * device kept, to be read. It looks for the server, and comes back to where it was.
 */
document.getElementById('old')?.remove()
const page = readPage()
const clock = createClock(page)
const copy = findCopy(openStorage(page))
const rooms = (copy?.roomsKept() ?? []).filter(({ id }) => (copy?.read(id, 1).length ?? 0) > 0)
const retryMs = 5_000
const rowsMax = 1_000

const asked = Number(/rooms\/(\d+)/.exec(location.pathname)?.[1])
const first = rooms.find(({ id }) => id === asked) ?? rooms[0]
element('away-rooms', HTMLElement).append(...rooms.map(makeLink))
if (first === undefined) {
  const note = element('away-note', HTMLElement)
  note.textContent = note.closest('main')?.dataset.none ?? ''
} else show(first.id)
element('away-retry', HTMLElement).addEventListener('click', () => location.reload())
addEventListener('online', () => void look())
setInterval(() => void look(), retryMs)

type Room = (typeof rooms)[number]

function makeLink({ id, kind, name }: Room): HTMLElement {
  const attributes = { class: 'btn', 'data-room': String(id), dir: 'auto' }
  return makeButton(attributes, kind === 'direct' ? name : `#${name}`, () => show(id))
}

function show(room: number): void {
  for (const link of document.querySelectorAll<HTMLElement>('#away-rooms button'))
    link.setAttribute('aria-pressed', String(link.dataset.room === String(room)))
  const said = copy?.read(room, rowsMax).filter(({ system }) => system === null) ?? []
  const log = element('away-log', HTMLElement)
  let day = ''
  const rows = said.flatMap((message) => {
    const label = clock.dayLabel(message.at)
    const isNew = label !== day
    day = label
    return isNew
      ? [make('h2', { class: 'away__day' }, label), makeRow(message)]
      : [makeRow(message)]
  })
  log.replaceChildren(...rows)
  log.scrollTop = log.scrollHeight
}

/** Text goes in as text: what the storage has may have been edited by hand. */
function makeRow(message: CopiedMessage): HTMLElement {
  const { at, name, user } = message
  const time = make('time', { datetime: new Date(at).toISOString() }, clock.time(at))
  const author = make('b', { class: hueOf(user) }, make('bdi', {}, authorOf(page, message)))
  const face = make('span', { class: `av ${hueOf(user)}`, 'aria-hidden': 'true' }, initialOf(name))
  const lines = linesOf(message).map((line) => make('p', { dir: 'auto' }, line))
  const said = make('div', {}, make('p', { class: 'away__meta' }, author, ' ', time), ...lines)
  return make('article', { class: 'away__row' }, face, said)
}

/** The page that was asked for comes as soon as the server answers. */
async function look(): Promise<void> {
  if (document.hidden) return
  const answer = await fetch(`${page.base}healthz`).catch(() => null)
  if (answer?.ok !== true) return
  // Nobody is led to the page itself, but somebody may open it.
  if (location.pathname === `${page.base}offline`) location.replace(page.base)
  else location.reload()
}
