import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom, openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

/** What somebody writes goes where it was meant to go, and is never swept away. */
let server: RunningServer
let ada: ChatPage
let bob: ChatClient
let harbour = 0
let direct = 0

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Bob')
  bob = await openSocket(server, robot)
  ada = await enter(server.port, 'Ada', 'a')
  const me = String(await ada.userId())
  harbour = await makeRoom(server, robot, 'harbour')
  await ada.joins(harbour)
  direct = await openDirect(server, robot, Number(me))
  await bob.post(1, 'public', 'Public words')
  await bob.post(direct, 'first', 'hello in private')
  const note = { content: 'A private note', written_in: 1, client_id: 'note' }
  bob.send({ type: 'message.post', room: direct, ...note })
  await ada.sees('Public words')
  await ada.row('A private note').shown()
  await ada.rail.room(harbour).shown()
})

afterAll(async () => {
  await bob.close()
  ada.close()
  await server.dispose()
})

async function clear(): Promise<void> {
  for (const key of ['Escape', 'Escape']) await ada.press(key)
  await ada.composer.clear()
  await ada.evaluate(`document.querySelector('#chip:not([hidden]) .chip__drop')?.click()`)
}

test('a toolbar of the previous room does nothing in the next one', async () => {
  await ada.row('Public words').openTools()
  await ada.evaluate(`(window.stale = document.querySelector('#tools [data-tool=reply]'), 1)`)
  await ada.rail.open(harbour)
  expect(await ada.messages.toolbar.isShown()).toBe(false)
  await ada.evaluate(`stale.click()`)
  await ada.settled()
  expect(await ada.composer.chip.isShown()).toBe(false)
  expect(await ada.composer.reply.isShown()).toBe(false)
  await ada.rail.open(1)
})

test('text begun for one person does not become public, or go to another, by a reply', async () => {
  await ada.row('A private note').reply()
  await ada.composer.chip.shown()
  await ada.type('my salary is')
  await ada.row('Public words').reply()
  await ada.toast.reads('private message first')
  expect(await ada.composer.chip.isShown()).toBe(true)
  expect(await ada.composer.field.value()).toBe('my salary is')
  await clear()
  // With nothing written yet, the answer is public, and says so.
  await ada.row('Public words').reply()
  expect(await ada.composer.chip.isShown()).toBe(false)
  await clear()
})

test('a pinned private mode stays pinned over answers to the same person', async () => {
  await ada.row('A private note').reply()
  await ada.click('#chip .chip__pin')
  await ada.row('A private note').reply()
  expect(await ada.composer.pin.attribute('aria-pressed')).toBe('true')
  await clear()
})

test('changes of a message wait while it is being edited', async () => {
  await ada.send('Edit me')
  await ada.sees('Edit me')
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  await ada.type(' with care')
  const seq = await ada.row('Edit me').seq()
  const change = { type: 'reaction.set', room: 1, seq, emoji: '🎉', active: true }
  bob.send({ ...change, client_id: 'wait' })
  await bob.until((item) => item.type === 'accepted' && item.client_id === 'wait', 'the answer')
  await bob.post(1, 'after-it', 'Said after it')
  await ada.sees('Said after it')
  expect(await ada.messages.editor.value()).toBe('Edit me with care')
  await ada.press('Enter')
  await ada.sees('Edit me with care')
  await ada.row('Edit me').part('.reaction').shown()
})

test('the text of an edit goes to the composer when its message is deleted', async () => {
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  await ada.type(', please')
  const seq = await ada.messages.editing.attribute('data-seq')
  const form = `{ method: 'POST', body: new URLSearchParams() }`
  const gone = `fetch('/rooms/1/messages/${seq}/delete', ${form})`
  await ada.evaluate(`${gone}.then(({ status }) => status)`)
  await ada.composer.field.holds('Edit me with care, please')
  await clear()
})

test('an editor says why it does not save', async () => {
  await ada.send('Short')
  await ada.sees('Short')
  await ada.press('ArrowUp')
  await ada.messages.editor.focused()
  await ada.evaluate(`(document.activeElement.value = 'x'.repeat(8001), 1)`)
  await ada.press('Enter')
  await ada.toast.says('1 character over the limit')
  await ada.evaluate(`(document.activeElement.value = ' ', 1)`)
  await ada.press('Enter')
  await ada.toast.reads('To remove it, use Delete')
  await ada.press('Escape')
})

test('a message being deleted is hidden, and its neighbours are complete', async () => {
  await bob.post(1, 'before', 'Said by Bob')
  await ada.send('Mine, one')
  await ada.send('Mine, two')
  await ada.sees('Mine, two')
  await ada.row('Mine, one').reach()
  await ada.press('Enter')
  await ada.messages.menu.shown()
  await ada.click(ada.messages.menuTool('delete'))
  await ada.row('Mine, one').gone()
  // The keys go on where one was, and the next message names its author again.
  expect(await ada.row('Mine, two').isFocused()).toBe(true)
  expect(await ada.row('Mine, two').matches('.msg--follow')).toBe(false)
  await ada.row('Said by Bob').openMenu()
  await ada.click(ada.messages.menuTool('link'))
  expect(await ada.part('#undo').isShown()).toBe(true)
  await ada.click('#undo button')
  await ada.row('Mine, one').shown()
  expect(await ada.row('Mine, two').matches('.msg--follow')).toBe(true)
})

test('Escape leaves one thing at a time, and the list is one tab stop', async () => {
  await bob.post(1, 'linked', 'See https://example.org and https://example.com')
  await ada.sees('See https://example.org and https://example.com')
  await ada.messages.log.focus()
  let stops = 0
  while (stops < 20 && (await ada.focusedId()) !== 'content') {
    await ada.press('Tab')
    stops += 1
  }
  expect(stops).toBeLessThanOrEqual(6)
  await ada.row('See https://example.org').reach()
  await ada.press('Tab')
  const link = `document.activeElement.closest('.msg__main a')?.localName`
  expect(await ada.evaluate<string>(link)).toBe('a')
  await ada.press('Escape')
  expect(await ada.row('See https').isFocused()).toBe(true)
  await ada.press('Escape')
  expect(await ada.focusedId()).toBe('content')
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
