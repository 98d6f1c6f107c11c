import type { BrowserPage } from '../helpers/browser'

/** Everything this browser keeps, as one text. */
export const kept = (page: BrowserPage): Promise<string> =>
  page.evaluate<string>(`JSON.stringify({ ...localStorage })`)

/** Waits until a text is kept, or is not any more. */
export async function keeps(page: BrowserPage, text: string, isKept = true): Promise<void> {
  const found = `JSON.stringify({ ...localStorage }).includes(${JSON.stringify(text)})`
  await page.waitFor(isKept ? found : `!${found}`, `${text} ${isKept ? '' : 'not '}to be kept`)
}

/** Opens a room by its link in the list. */
export async function openRoom(page: BrowserPage, room: number): Promise<void> {
  await page.evaluate(`document.querySelector('#room-${room}').click()`)
  const isOpen = `document.querySelector('#timeline').dataset.room === '${room}'`
  await page.waitFor(isOpen, `room ${room}`)
}
