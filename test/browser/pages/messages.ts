import type { BrowserPage } from '../../helpers/browser'
import { type Part, partBy, type Parts, partOf, partsOf } from './part'

/** What a row shows: text, place, and whether the server has confirmed it. */
export type ShownRow = { text: string; seq: number; isPending: boolean; isFailed: boolean }

/** A confirmed message: the newest one that begins with a text, wherever it stands. */
export type MessageRow = Part & {
  body: Part
  quote: Part
  seq: () => Promise<number>
  /** Moves the pointer over it, so that the toolbar stands there. */
  openTools: () => Promise<void>
  /** Opens its menu by the toolbar. */
  openMenu: () => Promise<void>
  /** Chooses Reply in its toolbar. */
  reply: () => Promise<void>
  /** Goes to it as the arrow keys do. */
  reach: () => Promise<void>
  /** Rests a finger on it. */
  hold: () => Promise<void>
}

export type Messages = {
  /** Where the list scrolls. */
  log: Part
  list: Part
  /** The button that leads to the end of the room. */
  latest: Part
  newLine: Part
  /** Rows that the server has not confirmed, and those it has refused. */
  pending: Part
  failed: Part
  /** The row that is being edited, and its field. */
  editing: Part
  editor: Part
  all: Parts
  /** Private messages among those of a room, each with a line that says whose it is. */
  privateNotes: PrivateNotes
  toolbar: Part
  menu: Part
  row: (text: string) => MessageRow
  /** Waits until the room of this title is on the screen. */
  titled: (title: string) => Promise<void>
  /** How far the end of the list is below the window, in pixels. */
  belowEnd: () => Promise<number>
  /** Waits until the list is scrolled to its end. */
  atEnd: () => Promise<void>
  /** Scrolls as a wheel does: so far from the top. */
  scrollTo: (top: number) => Promise<void>
  /** The rows on the screen, top to bottom. */
  rows: () => Promise<ShownRow[]>
  tool: (name: string) => string
  menuTool: (name: string) => string
  quickReaction: (emoji: string) => string
}

export type PrivateNotes = Parts & {
  /** The newest of a text; the row of one that is on its way is in it. */
  called: (text: string) => Part
  /** What stands in each: the line and the text. */
  shown: () => Promise<{ note: string; text: string }[]>
  countShown: () => Promise<number>
}

/** The list of messages, with its toolbar and its menu. */
export function messagesOf(page: BrowserPage): Messages {
  const part = (selector: string): Part => partOf(page, selector)
  return {
    log: part('#log'),
    list: part('#timeline'),
    latest: part('#latest'),
    newLine: part('#new-line'),
    pending: part('.msg--pending'),
    failed: part('.msg--failed'),
    editing: part('.msg--editing'),
    editor: part('.editor'),
    all: partsOf(page, '#timeline > .msg'),
    privateNotes: privateNotesOf(page),
    toolbar: part('#tools'),
    menu: part('#tools-menu'),
    row: (text) => rowOf(page, text),
    titled: (title) => partOf(page, `#timeline[data-title="${title}"]`).shown(),
    belowEnd: () => page.evaluate<number>(belowEnd),
    atEnd: () => page.waitFor(`${belowEnd} < 2`, 'the end of the list'),
    scrollTo: (top) => page.evaluate(`void (document.querySelector('#log').scrollTop = ${top})`),
    rows: () =>
      page.evaluate(`[...document.querySelectorAll('#timeline > .msg')].map((row) => ({
        text: row.querySelector('.msg__body').textContent,
        seq: Number(row.dataset.seq),
        isPending: row.classList.contains('msg--pending'),
        isFailed: row.classList.contains('msg--failed'),
      }))`),
    tool: (name) => `#tools [data-tool=${name}]`,
    menuTool: (name) => `#tools-menu [data-tool=${name}]`,
    quickReaction: (emoji) => `#tools-menu [data-quick="${emoji}"]`,
  }
}

const belowEnd = `(({ scrollHeight, scrollTop, clientHeight }) =>
  scrollHeight - scrollTop - clientHeight)(document.querySelector('#log'))`

function privateNotesOf(page: BrowserPage): PrivateNotes {
  const all = partsOf(page, '#timeline > .private-note')
  return {
    ...all,
    called: (text) =>
      partBy(
        page,
        `${all.js}.findLast((note) => note.querySelector('.msg__body').textContent === '${text}')`,
        `the private message “${text}”`,
      ),
    shown: () =>
      page.evaluate(`${all.js}.map((note) => ({
        note: note.querySelector('.private-note__label').innerText.trim(),
        text: note.querySelector('.msg__body').textContent,
      }))`),
    countShown: () => page.evaluate(`${all.js}.filter((note) => note.checkVisibility()).length`),
  }
}

/** The expression that finds it, for scripts that are one of their kind. */
export const rowWith = (text: string): string =>
  `[...document.querySelectorAll('#timeline .msg:not(.msg--pending)')].findLast((row) =>
    row.querySelector('.msg__body').textContent.startsWith(${JSON.stringify(text)}))`

/** Longer than a press has to be. */
const restMs = 600

function rowOf(page: BrowserPage, text: string): MessageRow {
  const row = partBy(page, rowWith(text), `the message “${text}”`)
  const place = async (fromLeft: number): Promise<{ x: number; y: number }> => {
    await row.shown()
    await row.ask((element) => element.scrollIntoView({ block: 'center' }))
    // The scroll takes the toolbar away, a frame later.
    await page.settled()
    const { left, top, height } = await row.ask((element) => {
      const { left, top, height } = element.getBoundingClientRect()
      return { left, top, height }
    })
    return { x: left + fromLeft, y: top + height / 2 }
  }
  const openTools = async (): Promise<void> => {
    const { x, y } = await place(24)
    await page.cdp('Input.dispatchMouseEvent', { type: 'mouseMoved', x: x - 1, y })
    await page.cdp('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y })
    await partOf(page, '#tools').shown()
  }
  return {
    ...row,
    body: row.part('.msg__body'),
    quote: row.part('.quote'),
    seq: () => row.ask(({ dataset }) => Number(dataset.seq)),
    openTools,
    async openMenu() {
      await openTools()
      await page.click('#tools [data-tool=more]')
      await partOf(page, '#tools-menu').shown()
    },
    async reply() {
      await openTools()
      await page.click('#tools [data-tool=reply]')
    },
    async reach() {
      await partOf(page, '#log').focus()
      for (let n = 0; n < 50 && !(await row.isFocused()); n += 1) await page.press('ArrowUp')
    },
    async hold() {
      const point = await place(80)
      await page.cdp('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
      // The rest is the gesture; what it opens comes when the finger is lifted.
      await Bun.sleep(restMs)
      await page.cdp('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    },
  }
}
