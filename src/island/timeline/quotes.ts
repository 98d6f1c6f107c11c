import { list, placeOf, textOf } from '../ui/rows'
import { limits } from '../../shared/limits'
import { pagePaths } from '../../shared/paths'
import { hueOf } from '../../shared/text'
import type { Quoted } from '../app'
import { copyOf, make } from '../ui/dom'
import type { Page } from '../ui/page'

/** A row as a reply quotes it: the line that src/shared/markup/excerpt.ts makes of the text. */
export function quotedOf(row: HTMLElement): Quoted {
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  const letters = Array.from(textOf(row)).slice(0, limits.quoteLettersMax)
  return { ...placeOf(row), user: Number(row.dataset.user), name, text: letters.join('') }
}

/** The quote over a reply, from the server's template (views/messages/quote.tsx). */
export function makeQuote(page: Page, { room, seq, user, name, text }: Quoted): HTMLElement {
  const quote = copyOf('quote-line')
  quote.setAttribute('href', pagePaths(page.base).message(room, seq))
  quote.dataset.quote = String(seq)
  quote.dataset.of = String(user)
  quote.querySelector('b')?.setAttribute('class', hueOf(user))
  quote.querySelector('bdi')?.replaceChildren(name)
  quote.querySelector('span')?.replaceChildren(text)
  return quote
}

/** A message was edited: its quotes follow. */
export function updateQuotes(row: HTMLElement): void {
  const { room, seq, text } = quotedOf(row)
  for (const quote of quotesOf(room, seq)) {
    const span = quote.querySelector('span')
    if (span?.textContent !== text) span?.replaceChildren(text)
  }
}

/** A message was deleted: its quotes say so. */
export function dropQuotes(room: number, seq: number): void {
  for (const quote of quotesOf(room, seq)) {
    quote.replaceWith(make('span', { class: 'quote quote--gone', 'data-quote': String(seq) }))
  }
}

function quotesOf(room: number, seq: number): NodeListOf<HTMLElement> {
  return list().querySelectorAll(`.msg[data-room="${room}"] a.quote[data-quote="${seq}"]`)
}
