import { afterAll, beforeAll, expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, openChatPage } from './pages/chat-page'

let server: RunningServer
let page: ChatPage

beforeAll(async () => {
  server = await startServer()
  await signIn(server, 'Mei')
  page = await openChatPage()
  await page.goto(addressOf(server.port, 'a'))
  await page.signInDialog.shown()
})

afterAll(async () => {
  page.close()
  await server.dispose()
})

test('Escape does not close the dialog, however often', async () => {
  for (let press = 0; press < 4; press += 1) await page.press('Escape')
  expect(await page.signInDialog.isShown()).toBe(true)
  expect(await page.focusedId()).toBe('nickname')
})

test('a name in use is refused with a reason; text and focus stay', async () => {
  await page.type('mei')
  await page.press('Enter')
  await page.parts('[name=suggestion]').counts(2)
  const state = await page.evaluate<{ value: string; described: string; focus: string }>(`({
    value: document.querySelector('#nickname').value,
    described: document.querySelector('#nickname').getAttribute('aria-describedby'),
    focus: document.activeElement.id,
  })`)
  expect(state.value).toBe('mei')
  expect(state.described).toContain('nickname-problem')
  expect(state.focus).toBe('nickname')
})

test('one click on a free name signs in', async () => {
  const free = await page.part('[name=suggestion]').value()
  await page.click('[name=suggestion]')
  await page.connected()
  const menu = await page.evaluate<string>(`document.querySelector('#person-' +
    document.body.dataset.user).dataset.name`)
  expect(menu).toBe(free)
})

test('logging out leaves nothing of the person in this browser', async () => {
  await page.send('Something I said')
  await page.sees('Something I said')
  await page.openLogOut()
  await page.logOut.submit()
  await page.signInDialog.shown()
  expect(await page.evaluate<number>('localStorage.length')).toBe(0)
  expect(await page.evaluate<string>('document.body.innerText')).not.toContain('Something I said')
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.signInDialog.shown()
})

test('the next person at this browser is somebody else and sees the room', async () => {
  await page.nickname.focused()
  await page.type('Ada')
  await page.press('Enter')
  await page.connected()
  expect((await page.rows()).map(({ text }) => text)).toEqual(['Something I said'])
  expect(await page.part('#timeline .msg').matches('.msg--own')).toBe(false)
})

test('signing out in one tab sends the other tab to the sign-in page', async () => {
  const second = await openChatPage()
  await second.goto(addressOf(server.port, 'a', '/rooms/1'))
  await second.connected()
  await page.openLogOut()
  await page.logOut.submit()
  await second.signInDialog.shown()
  second.close()
})

test('nothing was reported against the policy', () => {
  // What the page was fetching as it was left, failed.
  const isRefusal = (problem: string): boolean =>
    /status of (401|422)|ERR_FAILED .*\/lazy-/.test(problem)
  expect(page.problems.filter((problem) => !isRefusal(problem))).toEqual([])
})
