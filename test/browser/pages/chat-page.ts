import { expect, test } from 'bun:test'
import { axeViolations, type BrowserPage, type Look, openBrowserPage } from '../../helpers/browser'
import { type Composer, composerOf } from './composer'
import { type EmojiPanel, emojiPanelOf } from './emoji-panel'
import { type Files, filesOf } from './files'
import { type Messages, messagesOf, type MessageRow, type ShownRow } from './messages'
import { type Palette, paletteOf } from './palette'
import { type Panel, panelOf } from './panel'
import { lazyParts, type Part, partOf, type Parts, partsOf, taken } from './part'
import { type Rail, railOf } from './rail'
import { basePath } from '../../helpers/server'
import { isFull, someOf } from '../../helpers/size'
import { waitUntil } from '../../helpers/wait'

type Options = Parameters<typeof openBrowserPage>[0]

/** A tab of the chat, with its parts by their names: a selector stands here or below, once. */
export type ChatPage = BrowserPage & {
  messages: Messages
  composer: Composer
  rail: Rail
  panel: Panel
  palette: Palette
  emoji: EmojiPanel
  files: Files
  signInDialog: Part
  nickname: Part
  logOut: Part
  /** Opens the question before a log-out. */
  openLogOut: () => Promise<void>
  head: Part
  /** A sentence for a moment; what screen readers hear; the bar of a lost connection. */
  toast: Part
  status: Part
  connection: Part
  lightbox: Part
  lightboxTitle: Part
  typing: Part
  part: (selector: string) => Part
  parts: (selector: string) => Parts
  /** The id of the person whose page this is. */
  userId: () => Promise<number>
  path: () => Promise<string>
  title: () => Promise<string>
  /** Waits until the title begins so. */
  titleBegins: (text: string) => Promise<void>
  /** Waits until the address has this path. */
  at: (path: string) => Promise<void>
  /** Goes back as the button of the browser does, and waits for nothing. */
  back: () => Promise<void>
  /** The id of the element that has the focus. */
  focusedId: () => Promise<string>
  /** Waits until the page of the room has its connection: only then the person is online. */
  connected: () => Promise<void>
  /** Reloads the page of the room and waits until the new one is connected. */
  reload: () => Promise<void>
  /** Joins an open room, or accepts an invitation, without touching the page. */
  joins: (room: number) => Promise<void>
  accepts: (room: number) => Promise<void>
  /** Types into the composer and presses Enter. */
  send: (text: string) => Promise<void>
  /** Waits until a text stands in a confirmed row. */
  sees: (text: string, ms?: number) => Promise<void>
  row: (text: string) => MessageRow
  rows: () => Promise<ShownRow[]>
  /** Waits until the server counts a room as read by this person. */
  hasRead: (room: number) => Promise<unknown>
  /** Waits until the parts that are fetched on first use are there and have been drawn. */
  warmUp: () => Promise<void>
  /** Makes a phone of the browser: touch instead of a pointer. */
  becomePhone: () => Promise<void>
  /** A finger, not a mouse. */
  touch: (selector: string) => Promise<void>
  /** Waits until this browser keeps a text for the page, or does not any more. */
  keeps: (text: string, isKept?: boolean) => Promise<void>
  /** Everything this browser keeps for the page, as one text. */
  kept: () => Promise<string>
}

/** Where a person's browser finds the server: each host has its own cookies and storage. */
export function addressOf(port: number, host: string, path = '/'): string {
  return `http://${host}.localhost:${port}${basePath()}${path}`
}

/** Opens an empty tab. */
export async function openChatPage(options: Options = {}): Promise<ChatPage> {
  return chatPageOf(await openBrowserPage(options))
}

/** Signs in by the form of the first page, as a script sends it, and waits for the room. */
export async function enter(
  port: number,
  name: string,
  host: string,
  options: Options = {},
): Promise<ChatPage> {
  const page = await openChatPage(options)
  // Showing the first page would take a seventh of the CPU time of these tests.
  await page.goto(addressOf(port, host, '/healthz'))
  const form = `new URLSearchParams(${JSON.stringify({ nickname: name, avatar: 'letter' })})`
  const answer = await page.evaluate<string>(`fetch('${basePath()}/session',
    { method: 'POST', redirect: 'manual', body: ${form} }).then(({ type }) => type)`)
  if (answer !== 'opaqueredirect') throw new Error(`${name} was not let in`)
  await page.goto(addressOf(port, host))
  await page.connected()
  return page
}

/** Opens the first page, types a name, presses Enter, and waits until the room is connected. */
export async function enterByHand(
  port: number,
  name: string,
  host: string,
  options: Options = {},
): Promise<ChatPage> {
  const page = await openChatPage(options)
  await page.goto(addressOf(port, host))
  // It gets the focus a moment after it is shown.
  await page.nickname.focused()
  await page.type(name)
  await page.press('Enter')
  await page.connected()
  return page
}

function chatPageOf(page: BrowserPage): ChatPage {
  const part = (selector: string): Part => partOf(page, selector)
  const messages = messagesOf(page)
  const composer = composerOf(page)
  return {
    ...page,
    ...doingsOf(page, composer),
    ...fingersOf(page),
    async click(selector) {
      await taken(page, `document.querySelector(${JSON.stringify(selector)})`)
      await page.click(selector)
    },
    async openLogOut() {
      await part('#open-log-out').press()
      await part('#panel[open] #log-out').shown()
    },
    messages,
    composer,
    rail: railOf(page),
    panel: panelOf(page),
    palette: paletteOf(page),
    emoji: emojiPanelOf(page),
    files: filesOf(page),
    signInDialog: part('#sign-in'),
    nickname: part('#nickname'),
    logOut: part('#log-out'),
    head: part('#head h1'),
    toast: part('#toast'),
    status: part('#status'),
    connection: part('#connection'),
    lightbox: part('#lightbox'),
    lightboxTitle: part('#lightbox-title'),
    typing: part('#typing'),
    part,
    parts: (selector) => partsOf(page, selector),
    row: messages.row,
    rows: messages.rows,
  }
}

function doingsOf(page: BrowserPage, { field }: Composer) {
  const connected = async (): Promise<void> => {
    // A hidden page makes its person away. The server may call somebody online who reloads; only a
    // script that runs names the button.
    const isOnline = `document.querySelector('#connection')?.hidden &&
      document.querySelector('#send')?.hasAttribute('title') &&
      (/online|away/.test(document.querySelector('#person-' + document.body.dataset.user)
        ?.dataset.state) || document.querySelector('#offline-heading') === null)`
    await page.waitFor(isOnline, 'the room, connected', 20_000)
  }
  const stored = `JSON.stringify({ ...localStorage })`
  return {
    connected,
    async reload(): Promise<void> {
      await page.evaluate(`(document.body.dataset.isOld = 'yes', location.reload())`)
      await page.waitFor(`document.body?.dataset.isOld === undefined`, 'the new page', 20_000)
      await connected()
    },
    joins: (room: number) => post(page, `${room}/members`),
    accepts: (room: number) => post(page, `${room}/invitations/answer`, 'answer=accept'),
    async send(text: string): Promise<void> {
      await field.focus()
      await page.type(text)
      await page.press('Enter')
    },
    async sees(text: string, ms = 15_000): Promise<void> {
      const found = `[...document.querySelectorAll('#timeline > .msg:not(.msg--pending)')]
        .some((row) => row.querySelector('.msg__body').textContent === ${JSON.stringify(text)})`
      await page.waitFor(found, `the message “${text.slice(0, 60)}”`, ms)
    },
    userId: async () => Number(await page.evaluate<string>('document.body.dataset.user')),
    title: () => page.evaluate<string>('document.title'),
    titleBegins: (text: string) =>
      page.waitFor(`document.title.startsWith('${text}')`, `a title that begins with ${text}`),
    at: (path: string) => page.waitFor(`location.pathname === '${basePath()}${path}'`, path),
    back: () => page.evaluate<void>('history.back()'),
    path: async () => (await page.evaluate<string>('location.pathname')).slice(basePath().length),
    focusedId: () => page.evaluate<string>('document.activeElement.id'),
    hasRead: (room: number) =>
      waitUntil(
        () =>
          page.evaluate<boolean>(`fetch('${basePath()}/rail')
            .then((answer) => answer.text())
            .then((html) => !new DOMParser().parseFromString(html, 'text/html')
              .querySelector('#room-${room}').classList.contains('unread'))`),
        `room ${room} to be read`,
      ),
    async warmUp(): Promise<void> {
      // A real key: only after one a browser lets a page make sounds.
      await page.press('ArrowLeft')
      await lazyParts(page)
    },
    async keeps(text: string, isKept = true): Promise<void> {
      const found = `${stored}.includes(${JSON.stringify(text)})`
      await page.waitFor(isKept ? found : `!${found}`, `${text} ${isKept ? '' : 'not '}to be kept`)
    },
    kept: () => page.evaluate<string>(stored),
  }
}

/** Sends a form to a room, from the page. */
async function post(page: BrowserPage, path: string, fields = ''): Promise<void> {
  const body = `{ method: 'POST', redirect: 'manual', body: new URLSearchParams('${fields}') }`
  await page.evaluate(`fetch(document.body.dataset.base + 'rooms/${path}', ${body})
    .then(({ type }) => type)`)
}

function fingersOf(page: BrowserPage) {
  return {
    async becomePhone(): Promise<void> {
      await page.cdp('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 5 })
      const metrics = { width: 390, height: 844, deviceScaleFactor: 1, mobile: true }
      await page.cdp('Emulation.setDeviceMetricsOverride', metrics)
    },
    async touch(selector: string): Promise<void> {
      const point = await partOf(page, selector).ask((element) => {
        const { x, y, width, height } = element.getBoundingClientRect()
        return { x: x + width / 2, y: y + height / 2 }
      })
      await page.cdp('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
      await page.cdp('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    },
  }
}

/** A test that only the full size has, as other files try the same in another way. */
export function testInFull(name: string, run: () => Promise<void>): void {
  if (isFull) test(name, run)
}

/** Fails unless these texts, and only these, come to the screen, each once and in order. */
export async function expectTexts(page: ChatPage, texts: string[]): Promise<void> {
  await page.waitFor(`document.querySelector('#timeline > .msg--pending') === null`, 'the answers')
  const shown = await page.rows()
  expect(shown.map(({ text }) => text)).toEqual(texts)
  expect(shown.map(({ seq }) => seq)).toEqual(shown.map(({ seq }) => seq).toSorted((a, b) => a - b))
}

/** Fails on anything that went wrong in a page: policy reports, exceptions, foreign requests. */
export function expectNoProblems(...pages: BrowserPage[]): void {
  expect(pages.flatMap(({ problems }) => problems)).toEqual([])
}

const desktop = { width: 1280, height: 800 }
const phone = { width: 390, height: 844 }
const looks = [
  { dark: false, ...desktop },
  { dark: true, ...phone },
]
const otherLooks = [
  { dark: true, ...desktop },
  { dark: false, ...phone },
]
let turns = 0

/**
 * Runs the checker on a desktop in light and on a phone in dark, and leaves the page so. The suite
 * takes one of the two for half of the states, as most of a page is the same in the next one.
 */
export async function expectAccessible(page: BrowserPage): Promise<void> {
  const some = isFull ? looks : someOf([...looks, null, null], 1)
  for (const look of some) if (look !== null) await expectAccessibleIn(page, look)
  await page.emulate(looks[1] ?? {})
}

/** The same with the other two combinations; the suite takes two of the four by turns. */
export async function expectAccessibleInAllLooks(page: BrowserPage): Promise<void> {
  turns += 1
  const some = isFull ? [...looks, ...otherLooks] : turns % 2 === 0 ? looks : otherLooks
  for (const look of some) await expectAccessibleIn(page, look)
}

async function expectAccessibleIn(page: BrowserPage, look: Look): Promise<void> {
  await page.emulate(look)
  const found = await axeViolations(page)
  expect({ ...look, found }).toEqual({ ...look, found: [] })
}
