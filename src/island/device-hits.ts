import { createPaths } from '../paths'
import type { Page } from './page'
import type { DeviceHit } from './parts'

/** Lists what this browser kept itself, under its own heading. */
export function showOnDevice(page: Page, hits: DeviceHit[], box: HTMLElement): void {
  const list = document.createElement('ol')
  list.className = 'hits'
  list.append(...hits.map((hit) => toItem(page, hit)))
  const heading = document.createElement('h3')
  heading.textContent = box.dataset.label ?? ''
  box.replaceChildren(...(hits.length === 0 ? [] : [heading, list]))
}

function toItem(page: Page, { room, seq, roomName, sender, text }: DeviceHit): HTMLElement {
  const link = document.createElement('a')
  link.className = 'hit'
  link.href = createPaths(page.base).message(room, seq)
  link.dataset.hit = String(room)
  link.dataset.seq = String(seq)
  const lines = [
    ['hit__meta', `${sender} · ${roomName}`],
    ['hit__text', text],
  ] as const
  const main = document.createElement('span')
  main.className = 'hit__main'
  for (const [name, words] of lines) {
    const line = document.createElement('span')
    line.className = name
    line.textContent = words
    main.append(line)
  }
  link.append(main)
  const item = document.createElement('li')
  item.append(link)
  return item
}
