import { createPaths } from '../../shared/paths'
import type { DeviceHit } from '../app'
import { htmx } from '../net/htmx'
import { element, make } from '../ui/dom'
import type { Page } from '../ui/page'
import { bestOf, rankName } from '../ui/rank-name'

/** A room, or a person to write to; `target` are the attributes that lead there. */
type Place = { name: string; icon: Node; target: Record<string, string> }

const placesMax = 6

/** Lists the rooms and people whose names fit; with nothing typed, rooms, the unread ones first. */
export function showPlaces(page: Page, typed: string): void {
  const wanted = typed.replace(/^[#@]/, '')
  const unread = roomsIn('#rooms .unread:not([aria-current])')
  const others = '#rooms .item:not(.unread, [aria-current])'
  const places =
    wanted === ''
      ? [...unread, ...roomsIn(others)]
      : [...roomsIn('#rooms .item'), ...peopleIn(page)]
  const fitting = bestOf(places, ({ name }) => rankName(name, wanted)).slice(0, placesMax)
  const items = fitting.map(({ name, icon, target }) => {
    const look = { type: 'button', class: 'place hit', ...target }
    return make('button', look, icon, make('bdi', {}, name))
  })
  htmx().process(show('search-places', items))
}

function roomsIn(selector: string): Place[] {
  return [...document.querySelectorAll<HTMLElement>(selector)].map((link) => ({
    name: link.querySelector('bdi')?.textContent ?? '',
    icon: [...link.querySelectorAll('.ic')].at(-1)?.cloneNode(true) ?? new Text(),
    target: { 'data-room': link.dataset.room ?? '' },
  }))
}

/** Everybody without a conversation on the list: the server is asked for one. */
function peopleIn({ base, user }: Page): Place[] {
  return [...document.querySelectorAll<HTMLOptionElement>('[name=sender] option')]
    .filter(({ value }) => value !== '' && value !== String(user?.id))
    .filter(({ value }) => document.querySelector(`#rooms [data-person="${value}"]`) === null)
    .map(({ value, text }) => {
      const picture = document.querySelector(`#people-list [data-person="${value}"] .av`)
      const icon = picture?.cloneNode(true) ?? new Text('@')
      const path = createPaths(base).direct(Number(value))
      return { name: text, icon, target: { 'hx-post': path, 'hx-swap': 'none' } }
    })
}

/** Lists the messages that this browser keeps and that contain what was typed. */
export function showDeviceHits({ base }: Page, typed: string, hits: DeviceHit[]): void {
  const items = hits.map(({ room, seq, roomName, sender, text }) => {
    const href = createPaths(base).message(room, seq)
    const meta = make('span', { class: 'hit__meta' }, `${sender} · ${roomName}`)
    const line = make('span', { class: 'hit__text', dir: 'auto' }, ...marked(text, typed))
    const look = { class: 'hit', href, 'data-hit': String(room), 'data-seq': String(seq) }
    return make('a', look, make('span', { class: 'hit__main' }, meta, line))
  })
  show('search-device', items)
}

/** Puts a heading and items into a box; without items nothing. */
function show(id: string, items: HTMLElement[]): HTMLElement {
  const box = element(id, HTMLElement)
  const rows = items.map((item) => make('li', {}, item))
  box.replaceChildren()
  if (rows.length > 0)
    box.append(make('h3', {}, box.dataset.label ?? ''), make('ul', { class: 'hits' }, ...rows))
  return box
}

const beforeUnits = 60
const lineUnits = 240

/** The text around the first of the typed words, with each of them marked. */
function marked(text: string, typed: string): (Node | string)[] {
  const words = typed.split(/\s+/u).filter((word) => word !== '')
  const any = new RegExp(`(${words.map((word) => RegExp.escape(word)).join('|')})`, 'giu')
  const first = Math.max(0, text.search(any) - beforeUnits)
  const piece = `${first > 0 ? '… ' : ''}${text.slice(first, first + lineUnits).toWellFormed()}`
  return piece.split(any).map((part, n) => (n % 2 === 0 ? part : make('mark', {}, part)))
}
