import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { inviteTo, makeRoom, openDirect } from '../helpers/rooms'
import { basePath, type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, expectAccessible, openChatPage } from './pages/chat-page'
import type { Part } from './pages/part'

let server: RunningServer
let ada: ChatPage
let mei: ChatClient
let person: Person
let tea: number
let closed: number
let direct: number

/** A history of its own: storage is kept by host. */
const host = 'device'

beforeAll(async () => {
  server = await startServer()
  person = await signIn(server, '梅')
  mei = await openSocket(server, person)
  tea = await makeRoom(server, person, 'Tea')
  closed = await makeRoom(server, person, 'Closed', 'closed')
  ada = await enter(server.port, 'Ada', host)
  const id = await ada.userId()
  await inviteTo(server, person, closed, id)
  await ada.accepts(closed)
  await ada.joins(tea)
  direct = await openDirect(server, person, id)
  await ada.warmUp()
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

/** 梅 says something; gives its place. */
async function post(room: number, id: string, text: string): Promise<number> {
  const answer = await mei.post(room, id, text)
  return answer.type === 'accepted' ? answer.seq : 0
}

const here = (): Part => ada.part('#search-device .hit')
const foundHere = `['h3', '.hit__meta', '.hit__text', 'mark'].map((part) =>
  document.querySelector('#search-device ' + part).textContent)`

const today = `'Today ' + document.querySelector('#timeline .msg time').textContent`

const shown = async (): Promise<string[]> => (await ada.rows()).map(({ text }) => text)

test('messages of open rooms are copied, whether the room is on the screen or not', async () => {
  await ada.send('said here by me')
  await mei.post(tea, 'd-1', 'said **elsewhere** by 梅')
  await ada.keeps('said here by me')
  await ada.keeps('said **elsewhere** by 梅')
})

test('messages of closed rooms and private messages are not copied', async () => {
  await mei.post(closed, 'd-2', 'canary in the closed room')
  await mei.post(direct, 'd-3', 'canary between us')
  await mei.post(tea, 'd-4', 'after the canaries')
  await ada.keeps('after the canaries')
  expect(await ada.kept()).not.toContain('canary')
})

test('an edit and a deletion follow', async () => {
  const seq = await post(tea, 'd-5', 'a slip of the pen')
  await ada.keeps('a slip of the pen')
  mei.send({ type: 'message.edit', room: tea, seq, content: 'a correction', client_id: 'e-1' })
  await ada.keeps('a correction')
  await ada.keeps('a slip of the pen', false)
  mei.send({ type: 'message.delete', room: tea, seq, client_id: 'e-2' })
  await ada.keeps('a correction', false)
})

test('a message deleted while the page was closed leaves the copy, too', async () => {
  const seq = await post(tea, 'd-6', 'to be taken back')
  await ada.keeps('to be taken back')
  const url = await ada.evaluate<string>('location.href')
  await ada.goto('about:blank')
  mei.send({ type: 'message.delete', room: tea, seq, client_id: 'e-3' })
  await mei.post(tea, 'd-7', 'said meanwhile')
  await ada.goto(url)
  await ada.connected()
  await ada.press('ArrowLeft')
  await ada.keeps('said meanwhile')
  await ada.keeps('to be taken back', false)
})

test('an unsaved edit is in the field of its room after a switch to a copy', async () => {
  await ada.send('Tea is cold')
  await ada.messages.pending.gone()
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  await ada.type(', and cake')
  await ada.rail.room(tea).press()
  await ada.rail.opened(tea)
  expect(await ada.composer.field.value()).toBe('')
  await ada.rail.room(1).press()
  await ada.rail.opened(1)
  expect(await ada.composer.field.value()).toBe('Tea is cold, and cake')
  await ada.evaluate(`document.querySelector('#content').select()`)
  await ada.press('Backspace')
})

test('a copied room is shown before a slow server answers, then the server’s list', async () => {
  const slow = { offline: false, latency: 1_500, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.cdp('Network.emulateNetworkConditions', slow)
  await ada.rail.room(tea).press()
  await ada.part('#timeline[data-remembered] .msg').shown(1_000)
  expect(await shown()).toContain('said meanwhile')
  await ada.part('#timeline:not([data-remembered]) strong').shown()
  await ada.cdp('Network.emulateNetworkConditions', { ...slow, latency: 0 })
  expect(await shown()).toContain('said elsewhere by 梅')
  await ada.reload()
  await ada.evaluate(`location.assign('${basePath()}/rooms/1')`)
  await ada.rail.opened(1)
  await ada.connected()
  await ada.warmUp()
})

test('the copy is searched before a slow server answers, and says so', async () => {
  const slow = { offline: false, latency: 1_500, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.palette.open()
  await ada.cdp('Network.emulateNetworkConditions', slow)
  await ada.type('ELSEWHERE')
  await here().shown(1_000)
  expect(await ada.evaluate<string[]>(foundHere)).toEqual([
    'On this device',
    `梅 · Tea${await ada.evaluate<string>(today)}`,
    'said **elsewhere** by 梅',
    'elsewhere',
  ])
  await ada.part('#search-results mark').shown()
  expect(await here().isThere()).toBe(false)
  await ada.cdp('Network.emulateNetworkConditions', { ...slow, latency: 0 })
  await ada.palette.leave()
  await ada.reload()
  await ada.warmUp()
})

test('with the server stopped a room is read from this device, and says so', async () => {
  await server.kill()
  await ada.connection.shown()
  await ada.rail.open(tea)
  expect(await shown()).toEqual([
    'said **elsewhere** by 梅',
    'after the canaries',
    'said meanwhile',
  ])
  await ada.waitFor(
    `document.querySelector('.remembered').checkVisibility(
    { visibilityProperty: true })`,
    'the label',
  )
  expect(await ada.part('.remembered').shownText()).toBe('On this device')
  expect(await ada.head.shownText()).toBe('Tea')
  expect(await ada.part('#timeline .msg bdi').text()).toBe('梅')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  // Of a room that is not kept nothing is shown.
  await ada.rail.room(closed).press()
  await ada.toast.shown()
  expect((await shown()).join()).not.toContain('canary')
})

test('the copy can be searched, though the palette was never opened before', async () => {
  await ada.rail.open(1)
  await ada.palette.open()
  await ada.type('elsewhere')
  await here().shown()
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.press('Enter')
  await ada.rail.opened(tea)
  expect(await ada.palette.dialog.isShown()).toBe(false)
  expect((await shown())[0]).toBe('said **elsewhere** by 梅')
  ada.problems.length = 0
})

test('a message written meanwhile waits, and goes when the server is back', async () => {
  await ada.send('written while away')
  expect((await shown()).at(-1)).toBe('written while away')
  await server.restart()
  await ada.part('[data-action=reconnect]').press()
  await ada.connected()
  await ada.sees('written while away')
  await ada.part('.remembered').gone()
  expect(await ada.part('#timeline .msg strong').text()).toBe('elsewhere')
  mei = await openSocket(server, person)
})

test('two tabs write each message once', async () => {
  const second = await openChatPage()
  await second.goto(addressOf(server.port, host, `/rooms/${tea}`))
  await second.connected()
  await second.warmUp()
  const count = `(() => {
    window.writes = 0
    const put = Storage.prototype.setItem
    Storage.prototype.setItem = function (key, value) {
      if (value.includes('one of four')) writes += 1
      put.call(this, key, value)
    }
  })()`
  for (const page of [ada, second]) await page.evaluate(count)
  for (let n = 1; n <= 4; n += 1) {
    await mei.post(1, `two-${n}`, `one of four: ${n}`)
    await ada.keeps(`one of four: ${n}`)
  }
  const writes = await Promise.all([ada, second].map((page) => page.evaluate<number>('writes')))
  expect(writes.reduce((sum, n) => sum + n, 0)).toBe(4)
  // One goes; the other takes over.
  const url = await ada.evaluate<string>('location.href')
  await ada.goto('about:blank')
  await mei.post(1, 'two-11', 'after one has gone')
  await second.keeps('after one has gone')
  await ada.goto(url)
  await ada.connected()
  second.close()
})

test('on one’s own device closed rooms are copied; the settings say how much', async () => {
  await ada.press(',', ['Control'])
  await ada.waitFor(`/: [1-9]/.test(document.querySelector('#history-used')?.textContent)`, 'it')
  await ada.click('#own-device')
  await ada.press('Escape')
  await ada.rail.open(closed)
  await ada.keeps('canary in the closed room')
  await ada.rail.open(direct)
  await ada.keeps('canary between us')
  await ada.press(',', ['Control'])
  await ada.part('#own-device:checked').shown()
  await ada.click('#own-device')
  await ada.keeps('canary', false)
  await ada.click('#clear-history')
  await ada.part('#history-used').reads(' 0 ')
  await ada.keeps('history.', false)
  await ada.click('#keep-history')
  await ada.press('Escape')
  await mei.post(1, 'off-1', 'while it is off')
  await ada.rail.open(1)
  await ada.sees('while it is off')
  await ada.hasRead(1)
  expect(await ada.kept()).not.toContain('history.')
})
