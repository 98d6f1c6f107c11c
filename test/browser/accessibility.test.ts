import { afterAll, beforeAll, expect, test } from 'bun:test'
import { axeViolations, type BrowserPage, openBrowserPage } from '../helpers/browser'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, enter, expectAccessible, expectNoProblems, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let stranger: BrowserPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  stranger = await openBrowserPage()
})

afterAll(async () => {
  ada.close()
  stranger.close()
  await server.dispose()
})

test('the checker finds a planted mistake', async () => {
  await stranger.goto(addressOf(server.port, 'c'))
  await stranger.waitFor(`document.querySelector('#sign-in[open]')`, 'the dialog')
  await stranger.evaluate(`document.querySelector('label[for=nickname]').remove()`)
  expect((await axeViolations(stranger)).join()).toContain('label')
})

test('the sign-in dialog', async () => {
  await stranger.goto(addressOf(server.port, 'c'))
  await stranger.waitFor(`document.querySelector('#sign-in[open]')`, 'the dialog')
  await expectAccessible(stranger)
})

test('the sign-in dialog with a refused name and two free ones', async () => {
  await stranger.evaluate(`document.querySelector('#nickname').value = 'ada'`)
  await stranger.press('Enter')
  await stranger.waitFor(`document.querySelectorAll('[name=suggestion]').length === 2`, 'names')
  await expectAccessible(stranger)
})

test('an empty room', () => expectAccessible(ada))

test('a room with talk, own and follow-on rows', async () => {
  await say(ada, 'First words')
  await say(ada, '第二句话')
  await sees(ada, '第二句话')
  await expectAccessible(ada)
})

test('the profile menu, open', async () => {
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.evaluate(`document.querySelector('#menu').showPopover()`)
  await expectAccessible(ada)
  await ada.evaluate(`document.querySelector('#menu').hidePopover()`)
})

test('a message that was not sent', async () => {
  await say(ada, `tower a${'\u0301'.repeat(20)}`)
  await ada.waitFor(`document.querySelector('.msg--failed')`, 'the failed message')
  await expectAccessible(ada)
})

test('without a connection, and with the counter over the limit', async () => {
  expectNoProblems(ada)
  await server.kill()
  await ada.waitFor(`!document.querySelector('#connection').hidden`, 'the connection bar')
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('x'.repeat(8_001))
  await expectAccessible(ada)
})
