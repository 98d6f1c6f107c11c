import { afterAll, beforeAll, expect, test } from 'bun:test'
import { languageNames } from '../../src/shared/languages'
import { wordsFor } from '../../views/words'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, type ChatPage, enter, openChatPage } from './pages/chat-page'

let server: RunningServer
let page: ChatPage

beforeAll(async () => {
  server = await startServer()
  page = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  page.close()
  await server.dispose()
})

/** The sentence comes when the script has had time to start; nobody waits for that here. */
async function saysSo(): Promise<void> {
  const isSeen = `document.getAnimations().forEach((one) => one.finish()) ||
    getComputedStyle(document.querySelector('#old')).visibility === 'visible'`
  await page.waitFor(isSeen, 'the sentence')
  expect(await page.part('#old').shownText()).toContain('The script of this page does not run')
}

/** What a browser before 2024 lacks: each by itself keeps the page from working. */
const lacks = {
  popover: 'delete HTMLElement.prototype.popover',
  withResolvers: 'delete Promise.withResolvers',
}

for (const [name, source] of Object.entries(lacks)) {
  test(`a browser without ${name} says in one sentence which ones work`, async () => {
    const made = await page.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
    await page.goto(addressOf(server.port, 'a', '/rooms/1'))
    await saysSo()
    await page.cdp('Page.removeScriptToEvaluateOnNewDocument', made as object)
  })
}

test('so does a page whose script was kept back, and posting works all the same', async () => {
  await page.cdp('Network.setBlockedURLs', { urls: ['*island*'] })
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await saysSo()
  await page.composer.field.focus()
  await page.type('Said without the script')
  await page.click('#send')
  await page.part('#timeline .msg__body').says('Said without the script')
  await page.cdp('Network.setBlockedURLs', { urls: [] })
})

test('where the script runs nothing is said, before signing in and after', async () => {
  const other = await openChatPage()
  await other.goto(addressOf(server.port, 'b'))
  await other.nickname.shown()
  await other.part('#old').gone()
  await other.type('Grace')
  await other.press('Enter')
  await other.connected()
  expect(await other.part('#old').isThere()).toBe(false)
  other.close()
})

test('a browser whose sockets take whole addresses only is connected', async () => {
  const source = `window.WebSocket = class extends WebSocket {
    constructor(url, protocol) {
      if (!url.startsWith('ws')) throw new DOMException(url + ' is invalid')
      super(url, protocol)
    }
  }`
  const made = await page.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.waitFor(`document.querySelector('#old') === null`, 'the script, started')
  await page.send('By a whole address')
  await page.sees('By a whole address')
  await page.cdp('Page.removeScriptToEvaluateOnNewDocument', made as object)
})

test('a press beside a dialog closes it where the browser does not do that by itself', async () => {
  const source = 'delete HTMLDialogElement.prototype.closedBy'
  const made = await page.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.warmUp()
  const mouse = (type: string, x: number, y: number): Promise<unknown> =>
    page.cdp('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 })
  for (const [opener, opened] of [
    ['#open-rooms', '#panel[open] h2'],
    ['#finder', '#palette[open] [name=q]'],
  ] as const) {
    const dialog = page.part(opened.split(' ')[0] ?? '')
    await page.click(opener)
    await page.part(opened).shown()
    // The browser of the tests knows the attribute by itself.
    await dialog.ask((element) => element.setAttribute('closedby', 'closerequest'))
    const { x, y } = await dialog.ask((element) => {
      const { left, top } = element.getBoundingClientRect()
      return { x: left + 8, y: top + 8 }
    })
    await mouse('mousePressed', x, y)
    await mouse('mouseReleased', 4, 700)
    await mouse('mousePressed', x, y)
    await mouse('mouseReleased', x, y)
    await dialog.shown()
    await mouse('mousePressed', 4, 700)
    await mouse('mouseReleased', 4, 700)
    await dialog.gone()
  }
  await page.cdp('Page.removeScriptToEvaluateOnNewDocument', made as object)
})

test('a page that is kept when one leaves it has no panel of before when one is back', async () => {
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.warmUp()
  await page.click('#open-rooms')
  const dialog = page.part('#panel[open]')
  await dialog.shown()
  await page.evaluate(`dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`)
  await dialog.gone()
})

test('the click of a lifted finger presses nothing in the menu that came under it', async () => {
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.warmUp()
  await page.send('Held')
  await page.sees('Held')
  await page.evaluate(`(() => {
    window.pressed = 0
    document.addEventListener('click', () => (pressed += 1))
    const menu = document.querySelector('#tools-menu')
    let lifted = {}
    document.addEventListener('pointerup', (event) => (lifted = event), true)
    menu.addEventListener('beforetoggle', ({ newState }) => {
      if (newState !== 'open') return
      const { clientX, clientY } = lifted
      const click = { bubbles: true, cancelable: true, clientX, clientY }
      const button = menu.querySelector('[data-quick]')
      queueMicrotask(() => button.dispatchEvent(new MouseEvent('click', click)))
    })
  })()`)
  const touch = { enabled: true, maxTouchPoints: 1 }
  await page.cdp('Emulation.setTouchEmulationEnabled', touch)
  await page.row('Held').hold()
  await page.messages.menu.shown()
  await page.settled()
  expect(await page.evaluate<number>('pressed')).toBe(0)
  await page.messages.menu.shown()
  await page.click(page.messages.quickReaction('😂'))
  await page.row('Held').part('[data-emoji="😂"]').shown()
  await page.cdp('Emulation.setTouchEmulationEnabled', { ...touch, enabled: false })
})

test('the sentence and the manual name the same versions', async () => {
  const manual = (await Bun.file('docs/install.md').text()).replaceAll('\n', ' ')
  for (const version of ['Firefox 125', 'Safari 17.5', '123']) {
    expect(manual).toContain(version)
    for (const language of languageNames)
      expect(wordsFor(language).page.noLiveScript).toContain(version)
  }
})
