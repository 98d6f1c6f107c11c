import type { Page } from '../ui/page'
import { misses, rankName } from '../ui/rank-name'

/** Somewhere to go to at once: a room, or a person to write to. */
type Place = { name: string; sign: Node; room: string | undefined; person: string | undefined }

/** Lists the rooms and people whose names fit; with nothing typed, rooms, the unread ones first. */
export function showPlaces(page: Page, text: string, box: HTMLElement): void {
  const wanted = text.replace(/^[#@]/, '').toLocaleLowerCase()
  const found = wanted === '' ? unreadRooms() : matching(page, wanted)
  const list = document.createElement('ul')
  list.className = 'hits'
  list.append(...found.slice(0, placesMax).map(toItem))
  const heading = document.createElement('h3')
  heading.textContent = box.dataset.label ?? ''
  box.replaceChildren(...(found.length === 0 ? [] : [heading, list]))
}

const placesMax = 6

/** The room on the screen is the first to search in alone. */
export function nameThisRoom(room: number, words: string): void {
  const option = document.querySelector<HTMLOptionElement>(`[name=room] option[value="${room}"]`)
  if (option === null) return
  option.text = `${words}: ${option.text}`
  option.parentElement?.querySelector('option')?.after(option)
}

function unreadRooms(): Place[] {
  const links = [...document.querySelectorAll<HTMLElement>('#rooms .item:not([aria-current])')]
  const isUnread = (link: HTMLElement): boolean => link.classList.contains('unread')
  return links.sort((a, b) => Number(isUnread(b)) - Number(isUnread(a))).map(toPlace)
}

function matching(page: Page, wanted: string): Place[] {
  const rooms = [...document.querySelectorAll<HTMLElement>('#rooms .item')].map(toPlace)
  const known = new Set(rooms.map(({ person }) => person))
  const people = [...document.querySelectorAll<HTMLOptionElement>('[name=sender] option')]
    .filter(({ value }) => value !== '' && value !== String(page.user?.id) && !known.has(value))
    .map(({ value, text }) => ({ name: text, sign: signOf(value), room: undefined, person: value }))
  return [...rooms, ...people]
    .map((place) => ({ place, rank: rankName(place.name.toLocaleLowerCase(), wanted) }))
    .filter(({ rank }) => rank < misses)
    .sort((a, b) => a.rank - b.rank)
    .map(({ place }) => place)
}

function toPlace(link: HTMLElement): Place {
  const { person, room } = link.dataset
  const icon = [...link.querySelectorAll('.ic')].at(-1)?.cloneNode(true) ?? new Text()
  return { name: link.querySelector('bdi')?.textContent ?? '', sign: icon, room, person }
}

/** The person's picture, if they are in the room on the screen. */
function signOf(person: string): Node {
  const picture = document.querySelector(`#people-list .person[data-person="${person}"] .av`)
  return picture?.cloneNode(true) ?? new Text('@')
}

function toItem({ name, sign, room, person }: Place): HTMLElement {
  const button = document.createElement('button')
  button.type = 'button'
  button.className = 'place hit'
  if (room === undefined) button.dataset.person = person
  else button.dataset.room = room
  const label = document.createElement('bdi')
  label.textContent = name
  button.append(sign, label)
  const item = document.createElement('li')
  item.append(button)
  return item
}
