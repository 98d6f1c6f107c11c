import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type BrowserPage, openBrowserPage } from '../helpers/browser'
import { signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, connected, rows, say, sees } from './people'

let server: RunningServer
let page: BrowserPage

beforeAll(async () => {
  server = await startServer()
  await signIn(server, 'Mei')
  page = await openBrowserPage()
  await page.goto(addressOf(server.port, 'a'))
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the dialog')
})

afterAll(async () => {
  page.close()
  await server.dispose()
})

test('Escape does not close the dialog, however often', async () => {
  for (let press = 0; press < 4; press += 1) await page.press('Escape')
  expect(await page.evaluate<boolean>(`document.querySelector('#sign-in').open`)).toBe(true)
  expect(await page.evaluate<string>('document.activeElement.id')).toBe('nickname')
})

test('a name that is held is refused with a reason; text and focus stay', async () => {
  await page.type('mei')
  await page.press('Enter')
  await page.waitFor(
    `document.querySelectorAll('[name=suggestion]').length === 2`,
    'two free names',
  )
  const state = await page.evaluate<{ value: string; described: string; focus: string }>(`({
    value: document.querySelector('#nickname').value,
    described: document.querySelector('#nickname').getAttribute('aria-describedby'),
    focus: document.activeElement.id,
  })`)
  expect(state.value).toBe('mei')
  expect(state.described).toContain('nickname-problem')
  expect(state.focus).toBe('nickname')
})

test('one click on a free name goes in', async () => {
  const free = await page.evaluate<string>(`document.querySelector('[name=suggestion]').value`)
  await page.click('[name=suggestion]')
  await connected(page)
  const menu = await page.evaluate<string>(`document.querySelector('#person-' +
    document.body.dataset.user).dataset.name`)
  expect(menu).toBe(free)
})

test('logging out leaves nothing of the person in this browser', async () => {
  await say(page, 'Something I said')
  await sees(page, 'Something I said')
  await page.evaluate(`document.querySelector('#log-out').requestSubmit()`)
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the dialog')
  expect(await page.evaluate<number>('localStorage.length')).toBe(0)
  expect(await page.evaluate<string>('document.body.innerText')).not.toContain('Something I said')
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the dialog')
})

test('the next person at this browser is somebody else, and finds what was said', async () => {
  await page.waitFor(`document.activeElement.id === 'nickname'`, 'the field')
  await page.type('Ada')
  await page.press('Enter')
  await connected(page)
  expect((await rows(page)).map(({ text }) => text)).toEqual(['Something I said'])
  const isOwn = `document.querySelector('#timeline .msg').classList.contains('msg--own')`
  expect(await page.evaluate<boolean>(isOwn)).toBe(false)
})

test('signing out in one tab sends the other to the door', async () => {
  const second = await openBrowserPage()
  await second.goto(addressOf(server.port, 'a', '/rooms/1'))
  await connected(second)
  await page.evaluate(`document.querySelector('#log-out').requestSubmit()`)
  await second.waitFor(`document.querySelector('#sign-in[open]')`, 'the dialog in the other tab')
  second.close()
})

test('nothing was reported against the policy', () => {
  const isRefusal = (problem: string): boolean => /status of (401|422)/.test(problem)
  expect(page.problems.filter((problem) => !isRefusal(problem))).toEqual([])
})
