import { expect } from 'bun:test'
import { axeViolations, type BrowserPage, openBrowserPage } from '../helpers/browser'

type Options = Parameters<typeof openBrowserPage>[0]

/** Where a person's browser finds the house: each host has its own cookies and storage. */
export function addressOf(port: number, host: string, path = '/'): string {
  return `http://${host}.localhost:${port}${path}`
}

/** Opens the front door, types a name, presses Enter, and waits until the room is connected. */
export async function enter(
  port: number,
  name: string,
  host: string,
  options: Options = {},
): Promise<BrowserPage> {
  const page = await openBrowserPage(options)
  await page.goto(addressOf(port, host))
  await page.waitFor(`document.querySelector('#sign-in[open] #nickname')`, 'the sign-in dialog')
  await page.type(name)
  await page.press('Enter')
  await connected(page)
  return page
}

/** Waits until the page of the room has its connection: only then the person is online. */
export async function connected(page: BrowserPage): Promise<void> {
  // The server may call somebody online who reloads; only a script that runs names the button.
  const isOnline = `document.querySelector('#connection')?.hidden &&
    document.querySelector('#send')?.hasAttribute('title') &&
    document.querySelector('#person-' + document.body.dataset.user)?.dataset.state === 'online'`
  await page.waitFor(isOnline, 'the room, connected', 20_000)
}

/** Reloads the page of the room and waits until the new one is connected. */
export async function reload(page: BrowserPage): Promise<void> {
  await page.evaluate(`(document.body.dataset.isOld = 'yes', location.reload())`)
  await page.waitFor(`document.body?.dataset.isOld === undefined`, 'the new page', 20_000)
  await connected(page)
}

/** Types into the composer and presses Enter. */
export async function say(page: BrowserPage, text: string): Promise<void> {
  await page.evaluate(`document.querySelector('#content').focus()`)
  await page.type(text)
  await page.press('Enter')
}

/** What stands in each row: text, place, and whether the server has confirmed it. */
export type ShownRow = { text: string; seq: number; isPending: boolean; isFailed: boolean }

/** The rows on the screen, top to bottom. */
export async function rows(page: BrowserPage): Promise<ShownRow[]> {
  return page.evaluate<
    ShownRow[]
  >(`[...document.querySelectorAll('#timeline > .msg')].map((row) => ({
    text: row.querySelector('.msg__body').textContent,
    seq: Number(row.dataset.seq),
    isPending: row.classList.contains('msg--pending'),
    isFailed: row.classList.contains('msg--failed'),
  }))`)
}

/** Waits until a text stands in a confirmed row. */
export async function sees(page: BrowserPage, text: string, ms = 15_000): Promise<void> {
  const found = `[...document.querySelectorAll('#timeline > .msg:not(.msg--pending)')]
    .some((row) => row.querySelector('.msg__body').textContent === ${JSON.stringify(text)})`
  await page.waitFor(found, `the message “${text.slice(0, 60)}”`, ms)
}

/** Fails unless these texts, and only these, come to the screen, each once and in order. */
export async function expectTexts(page: BrowserPage, texts: string[]): Promise<void> {
  await page.waitFor(`document.querySelector('#timeline > .msg--pending') === null`, 'the answers')
  const shown = await rows(page)
  expect(shown.map(({ text }) => text)).toEqual(texts)
  expect(shown.filter(({ isPending }) => isPending)).toEqual([])
  expect(shown.map(({ seq }) => seq)).toEqual(shown.map(({ seq }) => seq).toSorted((a, b) => a - b))
}

/** Fails on anything that went wrong in a page: policy reports, exceptions, foreign requests. */
export function expectNoProblems(...pages: BrowserPage[]): void {
  expect(pages.flatMap(({ problems }) => problems)).toEqual([])
}

const looks = [
  { dark: false, width: 1280, height: 800 },
  { dark: true, width: 1280, height: 800 },
  { dark: false, width: 390, height: 844 },
  { dark: true, width: 390, height: 844 },
]

/** Runs the checker in light and dark, on a phone and on a desktop. */
export async function expectAccessible(page: BrowserPage): Promise<void> {
  for (const look of looks) {
    await page.emulate(look)
    // Colours fade into each other; half-way they have no contrast to speak of.
    await Bun.sleep(400)
    const found = await axeViolations(page)
    expect({ ...look, found }).toEqual({ ...look, found: [] })
  }
}
