import type { BrowserPage } from '../helpers/browser'

/** The row of the newest message that begins with a text, wherever it stands. */
export const rowWith = (text: string): string =>
  `[...document.querySelectorAll('#timeline .msg:not(.msg--pending)')].findLast((row) =>
    row.querySelector('.msg__body').textContent.startsWith(${JSON.stringify(text)}))`

/** Moves the pointer over a message, so that the toolbar stands there. */
export async function point(page: BrowserPage, text: string): Promise<void> {
  await page.waitFor(rowWith(text), `the message “${text}”`)
  await page.evaluate(`${rowWith(text)}.scrollIntoView({ block: 'center' })`)
  // The scroll takes the toolbar away, a frame later.
  await Bun.sleep(80)
  const place = `(({ left, top, height }) => ({ x: left + 24, y: top + height / 2 }))(
    ${rowWith(text)}.getBoundingClientRect())`
  const { x, y } = await page.evaluate<{ x: number; y: number }>(place)
  await page.cdp('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x - 1, y })
  await page.cdp('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y })
  await page.waitFor(`document.querySelector('#tools:not([hidden])')`, `the toolbar at “${text}”`)
}

/** Opens the menu of a message by its toolbar. */
export async function menuOf(page: BrowserPage, text: string): Promise<void> {
  await point(page, text)
  await page.click('#tools [data-tool=more]')
  await page.waitFor(`document.querySelector('#tools-menu:popover-open')`, 'the menu')
}

/** Goes to a message as the arrow keys do. */
export async function focusRow(page: BrowserPage, text: string): Promise<void> {
  await page.evaluate(`document.querySelector('#log').focus()`)
  const isThere = `document.activeElement === ${rowWith(text)}`
  for (let n = 0; n < 50 && !(await page.evaluate<boolean>(isThere)); n += 1) {
    await page.press('ArrowUp')
  }
}

/** Rests a finger on a message. */
export async function longPress(page: BrowserPage, text: string): Promise<void> {
  await page.evaluate(`${rowWith(text)}.scrollIntoView({ block: 'center' })`)
  await Bun.sleep(80)
  const place = `(({ left, top, height }) => ({ x: left + 80, y: top + height / 2 }))(
    ${rowWith(text)}.getBoundingClientRect())`
  const point = await page.evaluate<{ x: number; y: number }>(place)
  await page.cdp('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await Bun.sleep(700)
  await page.cdp('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}
