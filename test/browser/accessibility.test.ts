import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { axeViolations } from '../helpers/browser'
import { openSocket, signIn } from '../helpers/client'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessibleInAllLooks,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let stranger: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  stranger = await openChatPage()
})

afterAll(async () => {
  ada.close()
  stranger.close()
  await server.dispose()
})

test('the checker finds a planted mistake', async () => {
  await stranger.goto(addressOf(server.port, 'c'))
  await stranger.signInDialog.shown()
  await stranger.evaluate(`document.querySelector('label[for=nickname]').remove()`)
  expect((await axeViolations(stranger)).join()).toContain('label')
})

test('the sign-in dialog', async () => {
  await stranger.goto(addressOf(server.port, 'c'))
  await stranger.signInDialog.shown()
  await expectAccessibleInAllLooks(stranger)
})

test('the sign-in dialog with a refused name and two free ones', async () => {
  await stranger.evaluate(`document.querySelector('#nickname').value = 'ada'`)
  await stranger.press('Enter')
  await stranger.parts('[name=suggestion]').counts(2)
  await expectAccessibleInAllLooks(stranger)
})

test('an empty room', () => expectAccessibleInAllLooks(ada))

test('a room with talk, own and follow-on rows', async () => {
  await ada.send('First words')
  await ada.send('第二句话')
  await ada.sees('第二句话')
  await expectAccessibleInAllLooks(ada)
})

test('a room with every kind of formatting, and a spoiler that is closed, then open', async () => {
  const mei = await openSocket(server, await signIn(server, '梅'))
  const blocks = [
    '||he dies||',
    '8) a\n9) b',
    '> said',
    '```js\nlet a\n```',
    'a|b\n-|-\n1|2',
    '||\n- x\n- y\n||',
  ]
  await mei.post(1, 'formatting', ['so **very** `x` @Ada', ...blocks].join('\n\n'))
  mei.close()
  await ada.part('.msg table').shown()
  await expectAccessibleInAllLooks(ada)
  await ada.click('.spoiler')
  await ada.click('.spoiler--block')
  await ada.parts('.spoiler :checked').counts(2)
  await expectAccessibleInAllLooks(ada)
})

test('the profile menu, open', async () => {
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.part('#menu').showPopover()
  await expectAccessibleInAllLooks(ada)
  await ada.part('#menu').hidePopover()
})

test('a message that was not sent', async () => {
  await ada.send(`tower a${'\u0301'.repeat(20)}`)
  await ada.messages.failed.shown()
  await expectAccessibleInAllLooks(ada)
})

test('without a connection, and with the counter over the limit', async () => {
  expectNoProblems(ada)
  await server.kill()
  await ada.connection.shown()
  await ada.composer.add('x'.repeat(8_001))
  await expectAccessibleInAllLooks(ada)
})
