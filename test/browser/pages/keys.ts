import { expect } from 'bun:test'
import type { BrowserPage } from '../../helpers/browser'
import { partOf } from './part'

const tabsMax = 200

/** With the keys alone: to an element by Tab, as the browser goes. */
export async function tabInto(page: BrowserPage, selector: string): Promise<void> {
  await partOf(page, selector).shown()
  const near = await page.evaluate<number>(stepsTo(selector))
  await Promise.all(Array.from({ length: near }, () => page.press('Tab')))
  const isThere = (): Promise<boolean> => page.evaluate<boolean>(hasFocus(selector))
  for (let n = 0; n < tabsMax && !(await isThere()); n += 1) await page.press('Tab')
  expect([selector, await isThere()]).toEqual([selector, true])
}

/** To an element by Tab; then what is typed there, in place of what it has; then Enter. */
export async function enterInto(
  page: BrowserPage,
  selector: string,
  typed?: string,
): Promise<void> {
  await tabInto(page, selector)
  if (typed !== undefined) {
    await page.press('a', ['Control'])
    await page.type(typed)
  }
  await page.press('Enter')
}

const hasFocus = (selector: string): string =>
  `document.activeElement?.matches(${JSON.stringify(selector)}) === true`

/** About how many elements are before it: a look after each would take twice as long. */
const stepsTo = (selector: string): string => `(() => {
  const place = document.querySelector('dialog[open]') ?? document
  const all = [...place.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility() &&
      !(one.type === 'radio' && !one.checked))
  const to = all.indexOf(document.querySelector(${JSON.stringify(selector)}))
  return Math.max(0, to - Math.max(0, all.indexOf(document.activeElement)) - 2)
})()`
