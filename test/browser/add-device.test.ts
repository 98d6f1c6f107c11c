import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import {
  addressOf,
  type ChatPage,
  enter,
  expectAccessible,
  openChatPage,
  testInFull,
} from './pages/chat-page'

let server: RunningServer
let old: ChatPage
const opened: ChatPage[] = []

/** Two hosts are two browsers: each has its own cookies and storage. */
beforeAll(async () => {
  server = await startServer()
  old = await enter(server.port, '梅 Mei', 'a')
  opened.push(old)
  await old.send('Said on the laptop')
  await old.sees('Said on the laptop')
  await old.warmUp()
})

afterAll(async () => {
  for (const page of opened) page.close()
  await server.dispose()
})

const desktop = { dark: false, width: 1280, height: 800 }
const phone = { dark: false, width: 390, height: 844 }

async function openBrowser(language = 'en'): Promise<ChatPage> {
  const page = await openChatPage({ language })
  opened.push(page)
  return page
}

async function openDevices(page: ChatPage): Promise<void> {
  await page.panel.openSettings()
  await page.click('#settings a[href$="/devices"]')
  // Reading begins there: the focus comes last.
  await page.part('#panel[open] #devices #panel-title').focused()
}

/** Makes a link with the keyboard; gives its path. */
async function makeLinkHere(page: ChatPage): Promise<string> {
  await openDevices(page)
  await page.part('#panel form[action$="/devices/link"] button').focus()
  await page.press('Enter')
  await page.part('#panel[open] #device-link .qr').shown()
  return new URL(await page.part('#device-link input').value()).pathname
}

/** Claims a link in another browser with the keyboard; gives the number that it shows. */
async function claim(page: ChatPage, host: string, path: string): Promise<string> {
  await page.goto(`http://${host}.localhost:${server.port}${path}`)
  await page.part('#new-device button').shown()
  await page.press('Tab')
  await page.part('#new-device button').focused()
  await page.press('Enter')
  await page.part('#waiting .asked__number').shown()
  return page.part('#waiting .asked__number').text()
}

test('a phone is added from click to click, with the keyboard alone', async () => {
  const path = await makeLinkHere(old)
  await expectAccessible(old)
  await old.emulate(desktop)
  const fresh = await openBrowser()
  await fresh.emulate(phone)
  await fresh.goto(`http://b.localhost:${server.port}${path}`)
  await fresh.part('h1').says('Be 梅 Mei on this device?')
  await expectAccessible(fresh)
  await fresh.emulate(phone)
  const number = await claim(fresh, 'b', path)
  await expectAccessible(fresh)
  await fresh.emulate(phone)
  // The panel that shows the link shows who has opened it, and nothing is pressed by accident.
  await old.part('#panel .asked__number').says(number)
  expect(await old.focusedId()).toBe('panel-title')
  expect(await old.panel.dialog.text()).toContain(
    'A computer (Chrome on Linux) wants to be 梅 Mei.',
  )
  await expectAccessible(old)
  await old.emulate(desktop)
  await old.part('#panel .asked button[value=allow]').focus()
  await old.press('Enter')
  await fresh.connected()
  await fresh.sees('Said on the laptop')
  expect(await fresh.part('#timeline .msg').matches('.msg--own')).toBe(true)
  await old.parts('#devices .choices li').counts(2)
  await old.panel.close()
})

test('in Chinese, on two phones, the question comes to the page of the room', async () => {
  const page = await openBrowser('zh')
  await page.emulate(phone)
  await page.goto(addressOf(server.port, 'c'))
  await page.nickname.focused()
  await page.type('小明')
  await page.press('Enter')
  await page.connected()
  await page.warmUp()
  const path = await makeLinkHere(page)
  await expectAccessible(page)
  await page.emulate(phone)
  // A page that is loaded again has no dialog, and its link goes on.
  await page.reload()
  const fresh = await openBrowser('zh')
  const number = await claim(fresh, 'd', path)
  expect(await fresh.part('h1').text()).toBe('请在另一台设备上允许')
  await expectAccessible(fresh)
  await page.part('#asked .asked__number').says(number)
  await page.part('#asked').reads('想以“小明”的身份登录')
  await expectAccessible(page)
  await page.emulate(phone)
  await page.part('#asked button[value=allow]').press()
  await fresh.connected()
  expect(await fresh.userId()).toBe(await page.userId())
  await page.part('#asked').becomes(':empty')
})

test('a device that is refused is told, and the link is used up', async () => {
  const path = await makeLinkHere(old)
  const fresh = await openBrowser()
  await claim(fresh, 'e', path)
  await old.part('#panel .asked button[value=refuse]').press()
  await fresh.part('main .problem').reads('This link does not work')
  await fresh.part('.asked__number').gone()
  await old.part('#panel form[action$="/devices/link"]').shown()
  await old.panel.close()
})

test('a link ends when the dialog that shows it is closed', async () => {
  const path = await makeLinkHere(old)
  const address = new URL(path, `http://127.0.0.1:${server.port}`)
  const open = async (): Promise<number> => (await fetch(address)).status
  expect(await open()).toBe(200)
  await old.press('Escape')
  await old.panel.dialog.gone()
  await waitUntil(async () => (await open()) === 404, 'the link to end')
})

test('a browser of somebody else is told before, and keeps nothing of theirs', async () => {
  const guest = await enter(server.port, 'Guest', 'f')
  opened.push(guest)
  await guest.type('a draft of the guest')
  await guest.keeps('a draft of the guest')
  const link = await makeLinkHere(old)
  await guest.goto(`http://f.localhost:${server.port}${link}`)
  await guest.part('#new-device .problem').reads('You are signed in here as Guest')
  await expectAccessible(guest)
  await guest.part('#new-device').submit()
  await old.part('#panel .asked[data-htmx-powered] button[value=allow]').shown()
  await old.part('#panel .asked button[value=allow]').press()
  await guest.connected()
  expect(await guest.userId()).toBe(await old.userId())
  expect(await guest.kept()).not.toContain('a draft of the guest')
  await old.panel.close()
})

/** A second browser of 梅 with closed rooms, a draft and a message that was not sent. */
async function settleTablet(host: string): Promise<ChatPage> {
  const path = await makeLinkHere(old)
  const tablet = await openBrowser()
  await claim(tablet, host, path)
  await old.part('#panel .asked[data-htmx-powered] button[value=allow]').shown()
  await old.part('#panel .asked button[value=allow]').press()
  await tablet.connected()
  await tablet.warmUp()
  await tablet.panel.openSettings()
  await tablet.part('#own-device').shown()
  await tablet.part('#history-used').becomes(':not(:empty)')
  await tablet.click('#own-device')
  await tablet.press('Escape')
  await tablet.panel.makeRoom(`Closed ${host}`, 'closed')
  await tablet.send(`Secret of ${host}`)
  await tablet.sees(`Secret of ${host}`)
  await tablet.keeps(`Secret of ${host}`)
  await tablet.composer.add(`half a thought of ${host}`)
  await tablet.keeps(`half a thought of ${host}`)
  await old.panel.close()
  return tablet
}

async function signOutOthers(): Promise<void> {
  await openDevices(old)
  await old.part('#devices [name=others]').isThere()
  await old.part('#devices form:has([name=others])').submit()
  await old.parts('#devices .choices li').counts(1)
  await old.panel.close()
}

test('a device that is signed out elsewhere says so, and forgets what it kept', async () => {
  const tablet = await settleTablet('g')
  // The page itself forgets, at once: the next one is kept from its script.
  await tablet.cdp('Network.setCacheDisabled', { cacheDisabled: true })
  await tablet.cdp('Network.setBlockedURLs', { urls: ['*.js'] })
  await signOutOthers()
  await tablet.part('#signed-out').reads('You were signed out on this device.')
  expect(await tablet.kept()).not.toMatch(/Secret|thought/)
  await tablet.cdp('Network.setBlockedURLs', { urls: [] })
  await tablet.goto(addressOf(server.port, 'g'))
  await tablet.nickname.focused()
  await tablet.part('#code').shown()
  await expectAccessible(tablet)
})

testInFull('so does one that learns of it only when it is opened again', async () => {
  const tablet = await settleTablet('h')
  await tablet.goto('about:blank')
  await signOutOthers()
  await tablet.goto(addressOf(server.port, 'h', '/rooms/1'))
  await tablet.part('#signed-out').shown()
  await tablet.waitFor(
    `!JSON.stringify({ ...localStorage }).includes('Secret')`,
    'it to be forgotten',
  )
  expect(await tablet.kept()).not.toMatch(/Secret|thought/)
})

test('nothing was reported against the policy', () => {
  const isRefusal = (problem: string): boolean =>
    /status of (401|404)|ERR_BLOCKED_BY_CLIENT/.test(problem)
  expect(opened.flatMap(({ problems }) => problems).filter((one) => !isRefusal(one))).toEqual([])
})
