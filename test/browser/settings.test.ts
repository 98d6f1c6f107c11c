import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { pixelAt } from './pixel'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage

/** Cookies ignore ports: the choices made here must not reach the other tests' pages. */
const host = 'settings'

const paper = { light: [245, 242, 236], dark: [18, 21, 27] }

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', host)
  await ada.send('Words to look at')
  await ada.sees('Words to look at')
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

/** A place of the background. */
const background = (page: ChatPage): Promise<number[]> => pixelAt(page, 900, 20)

async function looks(page: ChatPage, theme: keyof typeof paper): Promise<void> {
  const deadline = performance.now() + 5_000
  let colour: number[] = []
  while (performance.now() < deadline) {
    colour = await background(page)
    if (String(colour) === String(paper[theme])) return
  }
  expect({ theme, colour }).toEqual({ theme, colour: paper[theme] })
}

const frame = `[...document.querySelectorAll('meta[name=theme-color]')].find(
  ({ media }) => matchMedia(media).matches).content`

test('with Auto the page follows the system while it is open', async () => {
  await looks(ada, 'light')
  await ada.emulate({ dark: true })
  await looks(ada, 'dark')
  expect(await ada.evaluate<string>(frame)).toBe('#12151b')
  await ada.emulate({ dark: false })
  await looks(ada, 'light')
})

test('the theme button changes the theme at once, in all tabs, without a reload', async () => {
  const second = await openChatPage()
  await second.goto(addressOf(server.port, host, '/rooms/1'))
  await second.connected()
  await second.warmUp()
  await ada.evaluate(`(window.isSamePage = true)`)
  await ada.click('.opens-theme')
  await ada.click('#theme-menu [value=dark]')
  await looks(ada, 'dark')
  await looks(second, 'dark')
  expect(await ada.evaluate<boolean>('isSamePage')).toBe(true)
  expect(await ada.evaluate<string>(frame)).toBe('#12151b')
  const pressed = `[...document.querySelectorAll('[name=theme][aria-pressed=true]')]
    .map(({ value }) => value)`
  expect(await ada.evaluate<string[]>(pressed)).toEqual(['dark', 'dark'])
  await ada.part('#theme-menu').hidePopover()
  second.close()
})

test('the theme fades, but not with reduced motion', async () => {
  await ada.evaluate(`(() => {
    window.fades = 0
    const start = document.startViewTransition.bind(document)
    document.startViewTransition = (change) => (fades += 1, start(change))
  })()`)
  const choose = (theme: string): Promise<unknown> =>
    ada.part(`#theme-menu [value=${theme}]`).press()
  await choose('light')
  await looks(ada, 'light')
  expect(await ada.evaluate<number>('fades')).toBe(1)
  const features = [{ name: 'prefers-reduced-motion', value: 'reduce' }]
  await ada.cdp('Emulation.setEmulatedMedia', { features })
  await choose('dark')
  await looks(ada, 'dark')
  expect(await ada.evaluate<number>('fades')).toBe(1)
  await ada.emulate({ dark: false })
})

test('the first frame of the next page has the theme already, before any script', async () => {
  const cold = await openChatPage()
  // Nothing but the page and its styles: whatever is painted was there from the first byte.
  await cold.cdp('Network.setBlockedURLs', { urls: ['*.js'] })
  await cold.goto(addressOf(server.port, host, '/rooms/1'))
  await cold.part('#timeline .msg').shown()
  expect(await background(cold)).toEqual(paper.dark)
  expect(await cold.evaluate<string>(`typeof htmx`)).toBe('undefined')
  await cold.emulate({ dark: true })
  await ada.click('.opens-theme')
  await ada.click('#theme-menu [value=light]')
  await looks(ada, 'light')
  await ada.part('#theme-menu').hidePopover()
  await ada.waitFor(`document.cookie.includes('theme=light')`, 'the light theme to be kept')
  await cold.goto(addressOf(server.port, host, '/rooms/1'))
  await cold.part('#timeline .msg').shown()
  expect(await background(cold)).toEqual(paper.light)
  cold.close()
})

test('the settings open by keyboard, and an arrow key chooses', async () => {
  await ada.panel.openSettings()
  await ada.part('#settings [name=density]:checked').focus()
  await ada.press('ArrowRight')
  const gap = `getComputedStyle(document.querySelector('#timeline .msg')).marginBlockStart`
  await ada.waitFor(`${gap} === '6px'`, 'the compact list')
  const picture = `document.querySelector('#timeline .msg .av').getBoundingClientRect().width`
  expect(await ada.evaluate<number>(picture)).toBe(28)
  await ada.click('#settings a[href="/profile"]')
  await ada.panel.profileName.shown()
  await ada.press('Escape')
  await ada.waitFor(`document.cookie.includes('density=compact')`, 'the density to be kept')
  await ada.reload()
  expect(await ada.evaluate<string>(gap)).toBe('6px')
})

test('Enter adds a line when the setting says so, and Ctrl Enter sends', async () => {
  await ada.panel.openSettings()
  await ada.click('#settings [name=enter][value=line]')
  await ada.press('Escape')
  await ada.send('first')
  await ada.type('second')
  expect(await ada.composer.field.value()).toBe('first\nsecond')
  expect(await ada.composer.form.shownText()).toMatch(/Ctrl\s*Enter\s*to send/)
  await ada.press('Enter', ['Control'])
  await ada.sees('first\nsecond')
})

test('on a touch screen Enter sends only when the setting says so', async () => {
  await ada.evaluate(`(() => {
    const real = window.matchMedia.bind(window)
    window.matchMedia = (query) => query.includes('coarse') ? { matches: true } : real(query)
    window.stopTouching = () => (window.matchMedia = real, 0)
  })()`)
  const enter = async (choice: string): Promise<void> => {
    await ada.panel.openSettings()
    await ada.click(`#settings [name=enter][value=${choice}]`)
    await ada.press('Escape')
  }
  await enter('auto')
  await ada.send('by touch')
  expect(await ada.composer.field.value()).toBe('by touch\n')
  await enter('sends')
  expect(await ada.composer.field.attribute('enterkeyhint')).toBe('send')
  await ada.composer.field.focus()
  await ada.press('Enter')
  await ada.sees('by touch')
  await ada.evaluate('stopTouching()')
})

test('where notifications are not available the settings say why', async () => {
  await ada.evaluate(`(document.querySelector('#notices').hidden = true)`)
  await ada.panel.openSettings()
  expect(await ada.part('#needs-https').shownText()).toContain('HTTPS')
  await ada.press('Escape')
  await ada.evaluate(`(document.querySelector('#notices').hidden = false)`)
})

test('sound and private messages are the same switches as in the bell’s menu', async () => {
  await ada.panel.openSettings()
  await ada.click('#set-volume [value=low]')
  await ada.click('#set-hide-private-notes')
  expect(await ada.part('#volume [value=low]').matches(':checked')).toBe(true)
  expect(await ada.part('#hide-private-notes').matches(':checked')).toBe(true)
  await ada.press('Escape')
})

/** In light and dark, on a phone and on a desktop. */
async function settingsAreAccessible(): Promise<void> {
  await ada.panel.openSettings()
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.press('Escape')
}

test('the settings are accessible', () => settingsAreAccessible())

/** What a tab does when its reader chooses a language, without being loaded again itself. */
const choose = (language: string): Promise<unknown> =>
  ada.evaluate(`fetch(document.body.dataset.base + 'preferences', { method: 'POST',
    headers: { 'HX-Request': 'true' }, body: new URLSearchParams({ language: '${language}' }) })
    .then(({ status }) => status)`)

test('in a page that stays English nothing is Chinese when another tab has changed', async () => {
  await choose('zh')
  await ada.warmUp()
  const foreign = `document.querySelector('dialog[open]').innerText.replaceAll('简体中文', '')
    .match(/\\p{sc=Han}+/gu)?.join(' ') ?? ''`
  const acts = ['#open-help', '#open-settings', '#open-rooms', '#head a[hx-get]', '#finder']
  for (const act of [...acts, 'a[href="/profile"]', '#people .person button']) {
    await ada.part(act).press()
    await ada.part('dialog[open] :is(h2, input, form, .card)').shown()
    await ada.settled()
    expect({ act, foreign: await ada.evaluate<string>(foreign) }).toEqual({ act, foreign: '' })
    await ada.evaluate(`document.querySelector('dialog[open]').close()`)
  }
  await choose('en')
})

test('a change of language keeps the room and the draft', async () => {
  await ada.composer.add('half a thought')
  await ada.panel.openSettings()
  await ada.click('#settings [name=language][value=zh]')
  await ada.part('html').becomes('[lang=zh-Hans]')
  await ada.connected()
  expect(await ada.composer.field.value()).toBe('half a thought')
  expect((await ada.rows()).at(-1)?.text).toBe('by touch')
})

test('the settings are accessible in Chinese', () => settingsAreAccessible())

test('without JavaScript the settings are a page with a button', async () => {
  const plain = await openChatPage()
  await plain.cdp('Emulation.setScriptExecutionDisabled', { value: true })
  await plain.goto(addressOf(server.port, host, '/settings'))
  await plain.part('#settings [name=theme][value=light]:checked').shown()
  // With scripts off the driver's own click never ends; the keyboard does what a person does.
  await plain.part('#settings [name=theme]:checked').focus()
  await plain.press('ArrowRight')
  await plain.press('Enter')
  await plain.part('html').becomes('[data-theme=dark]')
  expect(await plain.path()).toBe('/settings')
  plain.close()
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
