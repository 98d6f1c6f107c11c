import type { DeviceHit } from '../app'
import { make } from '../ui/dom'
import { createPaths } from '../../shared/paths'
import type { Page } from '../ui/page'

/** Lists what this browser kept itself of what was typed, under its own heading. */
export function showOnDevice(page: Page, typed: string, hits: DeviceHit[], box: HTMLElement): void {
  const list = make('ol', { class: 'hits' }, ...hits.map((hit) => toItem(page, typed, hit)))
  const heading = make('h3', {}, box.dataset.label ?? '')
  box.replaceChildren(...(hits.length === 0 ? [] : [heading, list]))
}

function toItem(page: Page, typed: string, hit: DeviceHit): HTMLElement {
  const { room, seq, roomName, sender, text } = hit
  const address = { href: createPaths(page.base).message(room, seq) }
  const main = make(
    'span',
    { class: 'hit__main' },
    make('span', { class: 'hit__meta' }, `${sender} · ${roomName}`),
    make('span', { class: 'hit__text', dir: 'auto' }, ...marked(text, typed)),
  )
  const place = { 'data-hit': String(room), 'data-seq': String(seq) }
  return make('li', {}, make('a', { class: 'hit', ...address, ...place }, main))
}

/** What stands around the first of the words, each of them marked where it is written so. */
function marked(text: string, typed: string): (Node | string)[] {
  const words = typed.split(/\s+/u).filter((word) => word !== '')
  const any = new RegExp(`(${words.map((word) => RegExp.escape(word)).join('|')})`, 'giu')
  const first = Math.max(0, text.search(any) - beforeUnits)
  const piece = `${first > 0 ? '… ' : ''}${text.slice(first, first + lineUnits).toWellFormed()}`
  return piece.split(any).map((part, n) => (n % 2 === 0 ? part : make('mark', {}, part)))
}

const beforeUnits = 60
const lineUnits = 240
