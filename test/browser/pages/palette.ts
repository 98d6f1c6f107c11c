import type { BrowserPage } from '../../helpers/browser'
import { type Part, type Parts, partOf, partsOf } from './part'

export type Palette = {
  dialog: Part
  field: Part
  hits: Parts
  marks: Parts
  /** The place that Enter goes to. */
  firstPlace: Part
  nothing: Part
  problem: Part
  count: Part
  open: () => Promise<void>
  /** Narrows the search by one of its fields. */
  choose: (name: string, value: string) => Promise<void>
  /** The texts of the results. */
  found: () => Promise<string[]>
  /** Waits until these are the results. */
  finds: (wanted: string[]) => Promise<void>
  /** Closes it and waits for the room where it was opened. */
  leave: () => Promise<void>
}

/** The dialog that searches messages, rooms and people. */
export function paletteOf(page: BrowserPage): Palette {
  const part = (selector: string): Part => partOf(page, selector)
  const field = part('#search-q')
  const texts = partsOf(page, '#search-results .hit__text')
  return {
    dialog: part('#palette'),
    field,
    hits: partsOf(page, '.hit'),
    marks: partsOf(page, '#search-results mark'),
    firstPlace: part('#search-places li:first-child > .place'),
    nothing: part('.search__nothing'),
    problem: part('#search-results .problem'),
    count: part('.search__count'),
    async open() {
      await page.press('k', ['Control'])
      await field.focused()
    },
    choose: (name, value) =>
      page.evaluate(`(() => {
        const field = document.querySelector('#search-chips [name=${name}]')
        field.value = ${JSON.stringify(value)}
        field.dispatchEvent(new Event('input', { bubbles: true }))
      })()`),
    found: texts.texts,
    async finds(wanted) {
      const expected = JSON.stringify(wanted)
      const found = `JSON.stringify(${texts.js}.map(({ textContent }) => textContent))`
      await page.waitFor(`${found} === ${JSON.stringify(expected)}`, `these results: ${expected}`)
    },
    async leave() {
      await page.press('Escape')
      await page.waitFor(`location.pathname.includes('/rooms/')`, 'where it was opened')
    },
  }
}
