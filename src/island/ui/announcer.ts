import { fill, plural } from '../../shared/text'
import { announce } from './dom'
import type { Page } from './page'

const spokenUnitsMax = 500
const gatherMs = 2_000

let recent = 0
let timer: Timer | undefined

/** Reads new messages to a screen reader; more than three within two seconds become a number. */
export function announceRows(page: Page, rows: HTMLElement[]): void {
  const last = rows.at(-1)
  if (last === undefined) return
  recent += rows.length
  timer ??= setTimeout(() => {
    if (recent > 3) announce(plural(page.language, recent, page.words.newMessages))
    recent = 0
    timer = undefined
  }, gatherMs)
  if (recent <= 3) announce(sentence(page, last))
}

/** The text of a message; without text, the names of its files. */
export function textOf(row: HTMLElement): string {
  const text = row.querySelector('.msg__body:not([hidden])')?.textContent?.trim() ?? ''
  if (text !== '') return text
  const pictures = [...row.querySelectorAll<HTMLImageElement>('.pic img')].map(({ alt }) => alt)
  const names = [...row.querySelectorAll('.file bdi')].map(({ textContent }) => textContent)
  return [...pictures, ...names].join(', ')
}

function sentence(page: Page, row: HTMLElement): string {
  const text = textOf(row)
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  const isLong = text.length > spokenUnitsMax
  const spoken = isLong ? fill(page.words.andMore, { text: text.slice(0, spokenUnitsMax) }) : text
  return fill(page.words.announceMessage, { name, text: spoken })
}
