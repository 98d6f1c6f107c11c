import { announce, count, fill, type Page } from './page'

const spokenUnitsMax = 500
const gatherMs = 2_000

/** Reads arriving messages to a screen reader; more than three in two seconds become a number. */
export function createAnnouncer(page: Page): (rows: HTMLElement[]) => void {
  let recent = 0
  let timer: Timer | undefined
  const rest = (): void => {
    if (recent > 3) announce(count(page, recent, page.words.announceMany))
    recent = 0
    timer = undefined
  }
  return (rows) => {
    if (rows.length === 0) return
    recent += rows.length
    timer ??= setTimeout(rest, gatherMs)
    const last = rows.at(-1)
    if (recent <= 3 && last !== undefined) announce(sentence(page, last))
  }
}

/** What a message says; without words, what its files are called. */
export function wordsOf(row: HTMLElement): string {
  const text = row.querySelector('.msg__body:not([hidden])')?.textContent?.trim() ?? ''
  if (text !== '') return text
  const pictures = [...row.querySelectorAll<HTMLImageElement>('.pic img')].map(({ alt }) => alt)
  const names = [...row.querySelectorAll('.file bdi')].map(({ textContent }) => textContent)
  return [...pictures, ...names].join(', ')
}

function sentence(page: Page, row: HTMLElement): string {
  const text = wordsOf(row)
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  const isLong = text.length > spokenUnitsMax
  const spoken = isLong ? fill(page.words.andMore, { text: text.slice(0, spokenUnitsMax) }) : text
  return fill(page.words.announceMessage, { name, text: spoken })
}
