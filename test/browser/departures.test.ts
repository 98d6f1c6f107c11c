import { plainText } from '../../src/shared/text'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type Person, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let leaver: Person
let left: number

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
  leaver = await signIn(server, 'Bob')
  const id = await ada.userId()
  left = await openDirect(server, leaver, id)
  const message = { content: 'Bye soon', client_id: 'bye' }
  await sendForm(server, leaver, `/rooms/${left}/messages`, message)
  await sendForm(server, leaver, '/rooms/1/messages', { content: 'In public', client_id: 'p' })
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

const after = (selector: string): string =>
  `getComputedStyle(document.querySelector(${JSON.stringify(selector)}), '::after').content`

test('a conversation is closed at the moment in which the other person leaves', async () => {
  await ada.sees('In public')
  await mei.sees('In public')
  await ada.part(`#room-${left}`).shown()
  await ada.click(`#room-${left}`)
  await ada.sees('Bye soon')
  await ada.type('Half a sentence')
  await sendForm(server, leaver, '/session/leave', { sure: 'yes' })
  await ada.part('#content:disabled').shown()
  const sentence = 'Bob has left. You can read this conversation, but not write in it.'
  const placeholder = await ada.part('#content').attribute('placeholder')
  expect(plainText(placeholder ?? '')).toBe(sentence)
  await ada.waitFor(`document.querySelector('#head p').textContent === '${sentence}'`, 'the head')
  expect(await ada.evaluate(after('#timeline .name--left'))).toBe('" (left)"')
  expect(await ada.evaluate(after('#head .name--left'))).toBe('" (left)"')
  await ada.part(`#room-${left} .name--left`).shown()
  await mei.part('#timeline .name--left').shown()
  expect(await mei.evaluate(after('#timeline .name--left'))).toBe('"（已离开）"')
  expect(await mei.evaluate(`document.querySelector('.person[data-name=Bob]')`)).toBeNull()
  await ada.click('#room-1')
  await ada.part('#content:not(:disabled)').shown()
  await ada.click(`#room-${left}`)
  await ada.part('#content:disabled').shown()
  await ada.click('#room-1')
  await ada.part('#content:not(:disabled)').shown()
})

test('whoever inherits a room can do at once what its owner can', async () => {
  const owner = await signIn(server, 'Oscar')
  const room = await makeRoom(server, owner, 'Harbour')
  await mei.goto(addressOf(server.port, 'b', '/rooms'))
  await mei.click(`form[action="/rooms/${room}/members"] button`)
  await mei.connected()
  await mei.part(`#timeline[data-room="${room}"][data-role=member]`).shown()
  await sendForm(server, owner, '/session/leave', { sure: 'yes' })
  await mei.part('#timeline[data-role=host]').shown()
})

test('another name in one tab is the name in the other tabs, without a sign-in page', async () => {
  const { cookie } = await ada.evaluate<{ cookie: string }>(`fetch('/session', {
    method: 'POST',
    body: new URLSearchParams({ nickname: 'Augusta', avatar: 'letter' }),
  }).then(() => ({ cookie: '' }))`)
  expect(cookie).toBe('')
  await ada.waitFor(`document.body.dataset.nickname === 'Augusta'`, 'the other name')
  await ada.connected()
  expectNoProblems(ada, mei)
})
