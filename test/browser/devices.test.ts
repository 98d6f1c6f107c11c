import { afterAll, beforeAll, expect, test } from 'bun:test'
import { sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import {
  addressOf,
  type ChatPage,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

type Cookie = { name: string; value: string }

let server: RunningServer
let old: ChatPage
let fresh: ChatPage
let code: string

/** Two hosts are two browsers: each has its own cookies and storage. */
beforeAll(async () => {
  server = await startServer()
  old = await enter(server.port, '梅 Mei', 'a')
  fresh = await openChatPage()
})

afterAll(async () => {
  old.close()
  fresh.close()
  await server.dispose()
})

const desktop = { dark: false, width: 1280, height: 800 }
const madeCode = '#panel[open] #new-code'

async function openDevices(page: ChatPage): Promise<void> {
  await page.emulate(desktop)
  await page.panel.openSettings()
  await page.click('#settings a[href="/devices"]')
  await page.part('#panel[open] #devices').shown()
}

test('a log-out of the only device asks first, and offers a code', async () => {
  await old.send('Said on the old device')
  await old.sees('Said on the old device')
  await old.warmUp()
  await old.openLogOut()
  expect(await old.panel.dialog.text()).toContain('This is your only device.')
  await expectAccessible(old)
  await old.emulate(desktop)
  await old.click('#panel form[action="/code"] button')
  await old.part(madeCode).shown()
  code = (await old.part(madeCode).text()).trim()
  await expectAccessible(old)
  await old.emulate(desktop)
  await old.click('[data-action=copy-code]')
  await old.waitFor(
    `document.querySelector('[data-action=copy-code]').textContent === 'Copied'`,
    'the word that it was copied',
  )
  const file = await old.evaluate<string>(`fetch === undefined ? '' :
    decodeURIComponent(document.querySelector('.code a[download]').href)`)
  expect(file).toContain(`Recovery code of 梅 Mei at Chatroom: ${code}`)
  await old.panel.close()
})

test('a taken name asks whether it is you, and the code brings you back', async () => {
  await fresh.goto(addressOf(server.port, 'b'))
  await fresh.nickname.focused()
  await fresh.type('梅 Mei')
  await fresh.press('Enter')
  await fresh.part('#code').shown()
  // The name is selected, to be corrected, a moment after the form is there.
  await fresh.waitFor(`getSelection().toString() === '梅 Mei'`, 'the name to be selected')
  await fresh.part('#code').focus()
  await fresh.type('ABCD EFGH JKMN PQRS')
  await fresh.press('Enter')
  await fresh.part('#code-problem').shown()
  await expectAccessible(fresh)
  await fresh.emulate(desktop)
  expect(await fresh.kept()).not.toContain('ABCD')
  await fresh.part('#code').focus()
  await fresh.type(code.toLowerCase())
  await fresh.press('Enter')
  await fresh.part('main #devices').shown()
  await expectAccessible(fresh)
  await fresh.emulate(desktop)
  await fresh.goto(addressOf(server.port, 'b', '/rooms/1'))
  await fresh.connected()
  await fresh.sees('Said on the old device')
  expect(await fresh.part('#timeline .msg').matches('.msg--own')).toBe(true)
})

test('a device that is signed out leaves its page at once', async () => {
  await openDevices(fresh)
  await fresh.parts('#devices .choices li').counts(2)
  await expectAccessible(fresh)
  await fresh.emulate(desktop)
  await fresh.click('#devices .choices form button')
  await fresh.parts('#devices .choices li').counts(1)
  await fresh.part('#panel-title').focused()
  await old.signInDialog.shown()
  await fresh.panel.close()
})

/** Signs in, and logs out with a request that is held back. */
async function holdLogOut(name: string): Promise<void> {
  await old.nickname.select()
  await old.type(name)
  await old.press('Enter')
  await old.connected()
  await old.warmUp()
  await old.cdp('Network.setBypassServiceWorker', { bypass: true })
  await old.cdp('Fetch.enable', { patterns: [{ urlPattern: '*/session/end' }] })
  await old.openLogOut()
  await old.evaluate(`(setTimeout(() => document.querySelector('#log-out').requestSubmit()), 0)`)
}

test('a log-out that is slow is not cut off', async () => {
  await holdLogOut('Patient')
  await Bun.sleep(6_000)
  await old.cdp('Fetch.disable')
  await old.signInDialog.shown(20_000)
})

test('a log-out whose answer never comes leads to the sign-in page all the same', async () => {
  await holdLogOut('Left behind')
  const { cookies } = (await old.cdp('Network.getCookies')) as { cookies: Cookie[] }
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ')
  const { status } = await sendForm(server, { nickname: 'Left behind', cookie }, '/session/end')
  expect(status).toBe(303)
  await old.signInDialog.shown(20_000)
  await old.cdp('Fetch.disable')
  // It asked until it left.
  old.problems.splice(0)
})

test('leaving for good frees the name and clears the browser', async () => {
  await fresh.openLogOut()
  await fresh.click('#leave-for-good [name=sure]')
  await fresh.part('#leave-for-good').submit()
  await fresh.signInDialog.shown()
  expect(await fresh.evaluate<number>('localStorage.length')).toBe(0)
  await old.nickname.focused()
  await old.nickname.focus()
  await old.evaluate(`(document.querySelector('#nickname').value = '', 0)`)
  await old.type('梅 Mei')
  await old.press('Enter')
  await old.connected()
  await old.part('#timeline .name--left').shown()
})

test('nothing was reported against the policy', () => {
  const isRefusal = (problem: string): boolean => /status of (401|422)/.test(problem)
  expect(fresh.problems.filter((problem) => !isRefusal(problem))).toEqual([])
  expectNoProblems(old)
})
