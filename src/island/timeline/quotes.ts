import { limits } from '../../shared/limits'
import { wordsOf } from '../ui/announcer'
import { createPaths } from '../../shared/paths'
import { copyOf, type Page } from '../ui/page'

/** What stands over an answer: whose words, the beginning of them, and where they were said. */
export type Quoted = { room: number; seq: number; user: number; name: string; text: string }

/** A row as an answer would quote it: the same line as views/text/excerpt.ts makes of the text. */
export function quotedOf(row: HTMLElement): Quoted {
  const { room, seq, user } = row.dataset
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  const blocks = row.querySelectorAll('.msg__body :is(p, li, pre > code)')
  const words = Array.from(blocks, ({ textContent }) => textContent).join(' ')
  const line = words.trim() === '' ? wordsOf(row) : words
  const letters = Array.from(line.replace(/\s+/g, ' ').trim()).slice(0, limits.quoteLettersMax)
  return { room: Number(room), seq: Number(seq), user: Number(user), name, text: letters.join('') }
}

/** The line as the server renders it (views/messages/quote.tsx), filled in. */
export function makeQuote(page: Page, quoted: Quoted): HTMLElement {
  const clone = copyOf('quote-line')
  clone.setAttribute('href', createPaths(page.base).message(quoted.room, quoted.seq))
  clone.dataset.quote = String(quoted.seq)
  clone.dataset.of = String(quoted.user)
  // views/people/hue.ts: the colour of a person.
  clone.querySelector('b')?.setAttribute('class', `hue-${quoted.user % 12}`)
  clone.querySelector('bdi')?.replaceChildren(quoted.name)
  clone.querySelector('span')?.replaceChildren(quoted.text)
  return clone
}

/** A message has other words: so have the lines that quote it. */
export function requote(timeline: HTMLElement, row: HTMLElement): void {
  const { room, seq, text } = quotedOf(row)
  for (const line of linesTo(timeline, room, seq)) line.querySelector('span')?.replaceChildren(text)
}

/** A message is gone: the lines that quote it say so. */
export function unquote(timeline: HTMLElement, room: number, seq: number): void {
  for (const line of linesTo(timeline, room, seq)) {
    const gone = document.createElement('span')
    gone.className = 'quote quote--gone'
    gone.dataset.quote = String(seq)
    line.replaceWith(gone)
  }
}

function linesTo(timeline: HTMLElement, room: number, seq: number): NodeListOf<HTMLElement> {
  return timeline.querySelectorAll(`.msg[data-room="${room}"] a.quote[data-quote="${seq}"]`)
}
