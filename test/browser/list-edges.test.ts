import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, postAll, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter } from './pages/chat-page'

/** Where a list of messages ends, begins, is cut, or is still on its way. */
let server: RunningServer
let ada: ChatPage
let bob: ChatClient
let harbour = 0

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Bob')
  bob = await openSocket(server, robot)
  ada = await enter(server.port, 'Ada', 'a')
  harbour = await makeRoom(server, robot, 'harbour')
  await ada.joins(harbour)
})

afterAll(async () => {
  await bob.close()
  ada.close()
  await server.dispose()
})

const log = `document.querySelector('#log')`

async function open(path: string): Promise<void> {
  await ada.goto(addressOf(server.port, 'a', path))
  await ada.connected()
}

async function switchTo(room: number): Promise<void> {
  await ada.rail.room(room).shown()
  await ada.rail.room(room).press()
  await ada.composer.form.becomes(`[data-room="${room}"]`)
}

test('after a jump in a short room the page still follows its end', async () => {
  const first = await bob.post(harbour, 'q', 'A question')
  await bob.post(harbour, 'a', 'An answer', first.type === 'accepted' ? first.seq : 0)
  await switchTo(harbour)
  await ada.sees('An answer')
  await ada.part('.quote').press()
  await ada.part('.msg--flash').shown()
  for (let n = 0; n < 40; n += 1) await bob.post(harbour, `more-${n}`, `more ${n}`)
  await ada.sees('more 39')
  expect(await ada.messages.latest.isShown()).toBe(false)
  await ada.messages.atEnd()
})

test('what grows before the scroll event is followed, too', async () => {
  await ada.messages.scrollTo(0)
  await ada.settled()
  // The link of the open room leads to its end.
  await ada.evaluate(`(document.querySelector('#rooms [aria-current]').click(),
    document.querySelector('#timeline > .msg:last-of-type').style.paddingBottom = '300px')`)
  await ada.settled()
  await ada.messages.atEnd()
})

test('a full list that missed messages is not taken for complete', async () => {
  await postAll(
    bob,
    1,
    Array.from({ length: 405 }, (_, n) => `message ${n}`),
  )
  await open('/rooms/1')
  for (let n = 0; n < 60 && (await ada.rows()).length < 400; n += 1) {
    await ada.messages.scrollTo(900)
    await ada.messages.scrollTo(400)
    await ada.settled()
  }
  await ada.evaluate(`(${log}.scrollTop = ${log}.scrollHeight / 2)`)
  for (const n of [0, 1, 2]) await bob.post(1, `missed-${n}`, `missed ${n}`)
  await ada.messages.latest.shown()
  await switchTo(harbour)
  await switchTo(1)
  await ada.sees('missed 2')
  expect((await ada.rows()).slice(-3).map(({ text }) => text)).toEqual([
    'missed 0',
    'missed 1',
    'missed 2',
  ])
})

test('a page of history that arrives late does not undo newer changes', async () => {
  await open('/rooms/1/messages/100')
  const slow = { offline: false, latency: 1_200, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.cdp('Network.emulateNetworkConditions', slow)
  const next = await ada.evaluate<number>(
    `Number([...document.querySelectorAll('#timeline > .msg')].at(-1).dataset.seq) + 1`,
  )
  await ada.evaluate(`(${log}.scrollTop = 0, ${log}.scrollTop = ${log}.scrollHeight)`)
  await Bun.sleep(900)
  // The server has answered by now; the answer is still on its way.
  bob.send({ type: 'message.delete', room: 1, seq: next, client_id: 'zombie' })
  const words = { room: 1, seq: next + 1, content: 'other words', client_id: 'fresh-words' }
  bob.send({ type: 'message.edit', ...words })
  await ada.sees('other words')
  await ada.part(`.msg[data-seq="${next}"]`).gone()
  await ada.cdp('Network.emulateNetworkConditions', { ...slow, latency: 0 })
})

test('far from the end, changes of rows that are not loaded are not counted as new', async () => {
  await open('/rooms/1/messages/60')
  bob.send({ type: 'message.edit', room: 1, seq: 300, content: 'changed', client_id: 'far' })
  await bob.until((item) => item.type === 'accepted' && item.client_id === 'far', 'the answer')
  bob.send({ type: 'message.edit', room: 1, seq: 60, content: 'near', client_id: 'near' })
  await ada.row('near').shown()
  expect(await ada.messages.latest.shownText()).toContain('Jump to present')
  expect(await ada.status.text()).toBe('')
})

test('the first letter typed on the page of a message goes into the composer', async () => {
  await ada.press('r')
  expect(await ada.composer.field.value()).toBe('r')
  await ada.press('Backspace')
})

test('the room’s link and Back lead to the end of the room', async () => {
  await ada.rail.room(1).press()
  await ada.sees('missed 2')
  await ada.at('/rooms/1')
})

test('without a connection, what is sent from the past is shown, and goes later', async () => {
  await open('/rooms/1/messages/60')
  const off = { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.cdp('Network.emulateNetworkConditions', off)
  await ada.send('Sent from the past')
  const pending = `[...document.querySelectorAll('.msg--pending')].map((row) => row.innerText)`
  await ada.waitFor(`${pending}.join().includes('Sent from the past')`, 'the message')
  await ada.cdp('Network.emulateNetworkConditions', { ...off, offline: false })
  await bob.until(
    (item) => item.type === 'message' && item.content === 'Sent from the past',
    'the message',
    30_000,
  )
})
