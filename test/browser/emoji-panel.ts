import type { BrowserPage } from '../helpers/browser'

export const field = `document.querySelector('#content')`
export const search = `document.querySelector('#emoji-search')`
export const focused = `document.activeElement.id`

const panel = `document.querySelector('#emoji')`
export const isOpen = `(${panel}?.matches(':popover-open') === true)`
/** What the chosen emoji is called. */
export const chosen = `document.querySelector('.emoji__cell--chosen')?.getAttribute('aria-label')`

/** The selector of an emoji in the panel: in which group, and what it is called. */
export function cell(group: string, label: string): string {
  return `.emoji__group[data-name="${group}"] .emoji__cell[aria-label="${label}"]`
}

/** Empties the field, types a text, and puts the caret or a selection somewhere. */
export async function write(
  page: BrowserPage,
  text: string,
  from = text.length,
  to = from,
): Promise<void> {
  await page.evaluate(`(${field}.focus(), ${field}.select())`)
  await page.press('Delete')
  if (text !== '') await page.type(text)
  await page.evaluate(`${field}.setSelectionRange(${from}, ${to})`)
}

/** What stands in the field. */
export function textOf(page: BrowserPage): Promise<string> {
  return page.evaluate<string>(`${field}.value`)
}

/** Opens the panel by its keys. */
export async function open(page: BrowserPage): Promise<void> {
  await page.press(';', ['Control'])
  await page.waitFor(isOpen, 'the panel')
}

export async function closed(page: BrowserPage): Promise<void> {
  await page.waitFor(`!${isOpen}`, 'the panel to close')
}

/** The key of the browser itself, which knows what was done to the field. */
export async function undo(page: BrowserPage, command: 'undo' | 'redo' = 'undo'): Promise<void> {
  const shift = command === 'redo' ? 8 : 0
  const key = { key: 'z', code: 'KeyZ', windowsVirtualKeyCode: 90, modifiers: 2 + shift }
  await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'rawKeyDown', commands: [command] })
  await page.cdp('Input.dispatchKeyEvent', { ...key, type: 'keyUp' })
}

/** Makes a phone of a browser: touch instead of a pointer. */
export async function becomePhone(page: BrowserPage): Promise<void> {
  await page.cdp('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 5 })
  const metrics = { width: 390, height: 844, deviceScaleFactor: 1, mobile: true }
  await page.cdp('Emulation.setDeviceMetricsOverride', metrics)
}

/** A finger, not a mouse. */
export async function touch(page: BrowserPage, selector: string): Promise<void> {
  const where = `(() => { const { x, y, width, height } =
    document.querySelector('${selector}').getBoundingClientRect()
    return { x: x + width / 2, y: y + height / 2 } })()`
  const point = await page.evaluate<{ x: number; y: number }>(where)
  await page.cdp('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  await page.cdp('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}
