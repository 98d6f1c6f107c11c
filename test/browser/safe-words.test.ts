import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { focusRow, menuOf, point, rowWith } from './message-tools'
import { enter, expectNoProblems, say, sees } from './people'

/** What somebody writes goes where it was meant to go, and is never swept away. */
let server: RunningServer
let ada: BrowserPage
let bob: ChatClient
let harbour = 0
let direct = 0

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Bob')
  bob = await openSocket(server, robot)
  ada = await enter(server.port, 'Ada', 'a')
  const me = await ada.evaluate<string>('document.body.dataset.user')
  harbour = await makeRoom(server, robot, 'harbour')
  await sendForm(server, robot, `/rooms/${harbour}/members`, { user: me })
  direct = await openDirect(server, robot, Number(me))
  await bob.post(1, 'public', 'Public words')
  await bob.post(direct, 'first', 'hello in private')
  const slip = { content: 'A private slip', written_in: 1, client_id: 'slip' }
  bob.send({ type: 'message.post', room: direct, ...slip })
  await sees(ada, 'Public words')
  await ada.waitFor(rowWith('A private slip'), 'the slip')
  await ada.waitFor(`document.querySelector('#room-${harbour}')`, 'the other room')
})

afterAll(async () => {
  await bob.close()
  ada.close()
  await server.dispose()
})

const field = `document.querySelector('#content')`
const focused = `(document.activeElement.id || document.activeElement.className)`
const toast = `document.querySelector('#toast:not([hidden])')?.textContent`

async function clear(): Promise<void> {
  for (const key of ['Escape', 'Escape']) await ada.press(key)
  await ada.evaluate(`(${field}.focus(), ${field}.select())`)
  await ada.press('Delete')
  await ada.evaluate(`document.querySelector('#chip:not([hidden]) .chip__drop')?.click()`)
}

test('a toolbar of the room before does nothing in the next one', async () => {
  await point(ada, 'Public words')
  await ada.evaluate(`(window.stale = document.querySelector('#tools [data-tool=reply]'), 1)`)
  await ada.evaluate(`document.querySelector('#room-${harbour}').click()`)
  await ada.waitFor(`document.querySelector('#composer').dataset.room === '${harbour}'`, 'it')
  expect(await ada.evaluate<boolean>(`document.querySelector('#tools').hidden`)).toBe(true)
  await ada.evaluate(`stale.click()`)
  await Bun.sleep(100)
  const modes = `[...document.querySelectorAll('#chip, #reply')].map((each) => each.hidden)`
  expect(await ada.evaluate<boolean[]>(modes)).toEqual([true, true])
  await ada.evaluate(`document.querySelector('#room-1').click()`)
  await ada.waitFor(`document.querySelector('#composer').dataset.room === '1'`, 'general')
})

test('words begun for one person are not turned public by an answer, nor for another', async () => {
  await point(ada, 'A private slip')
  await ada.click('#tools [data-tool=reply]')
  await ada.waitFor(`!document.querySelector('#chip').hidden`, 'the private mode')
  await ada.type('my salary is')
  await point(ada, 'Public words')
  await ada.click('#tools [data-tool=reply]')
  await ada.waitFor(`${toast}?.includes('private message first')`, 'the reason')
  expect(await ada.evaluate<boolean>(`document.querySelector('#chip').hidden`)).toBe(false)
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('my salary is')
  await clear()
  // With nothing written yet, the answer is public, and says so.
  await point(ada, 'Public words')
  await ada.click('#tools [data-tool=reply]')
  expect(await ada.evaluate<boolean>(`document.querySelector('#chip').hidden`)).toBe(true)
  await clear()
})

test('a pinned private mode stays pinned over answers to the same person', async () => {
  await point(ada, 'A private slip')
  await ada.click('#tools [data-tool=reply]')
  await ada.click('#chip .chip__pin')
  await point(ada, 'A private slip')
  await ada.click('#tools [data-tool=reply]')
  const pin = `document.querySelector('#chip .chip__pin').getAttribute('aria-pressed')`
  expect(await ada.evaluate<string>(pin)).toBe('true')
  await clear()
})

test('news of a message wait while it is being edited, and come when that is done', async () => {
  await say(ada, 'Edit me')
  await sees(ada, 'Edit me')
  await ada.press('ArrowUp')
  await ada.waitFor(`${focused} === 'editor'`, 'the editor')
  await ada.type(' with care')
  const seq = await ada.evaluate<number>(`Number(${rowWith('Edit me')}.dataset.seq)`)
  const change = { type: 'reaction.set', room: 1, seq, emoji: '🎉', active: true }
  bob.send({ ...change, client_id: 'wait' })
  await bob.until((item) => item.type === 'accepted' && item.client_id === 'wait', 'the answer')
  await Bun.sleep(200)
  expect(await ada.evaluate<string>('document.activeElement.value')).toBe('Edit me with care')
  await ada.press('Enter')
  await sees(ada, 'Edit me with care')
  await ada.waitFor(`${rowWith('Edit me')}.querySelector('.reaction')`, 'the reaction')
})

test('words of an edit whose message goes are put into the field', async () => {
  await ada.press('ArrowUp')
  await ada.waitFor(`${focused} === 'editor'`, 'the editor')
  await ada.type(', please')
  const seq = await ada.evaluate<number>(
    `Number(document.querySelector('.msg--editing').dataset.seq)`,
  )
  const form = `{ method: 'POST', body: new URLSearchParams() }`
  const gone = `fetch('/rooms/1/messages/${seq}/delete', ${form})`
  await ada.evaluate(`${gone}.then(({ status }) => status)`)
  await ada.waitFor(`${field}.value === 'Edit me with care, please'`, 'the words')
  await clear()
})

test('an editor says why it does not save', async () => {
  await say(ada, 'Short')
  await sees(ada, 'Short')
  await ada.press('ArrowUp')
  await ada.waitFor(`${focused} === 'editor'`, 'the editor')
  await ada.evaluate(`(document.activeElement.value = 'x'.repeat(8001), 1)`)
  await ada.press('Enter')
  await ada.waitFor(`${toast} === '1 character over the limit'`, 'the number')
  await ada.evaluate(`(document.activeElement.value = ' ', 1)`)
  await ada.press('Enter')
  await ada.waitFor(`${toast}?.includes('To remove it, use Delete')`, 'the way out')
  await ada.press('Escape')
})

test('a message that is taken back stays away, and its neighbours are whole', async () => {
  await bob.post(1, 'before', 'Said by Bob')
  await say(ada, 'Mine, one')
  await say(ada, 'Mine, two')
  await sees(ada, 'Mine, two')
  await focusRow(ada, 'Mine, one')
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('#tools-menu:popover-open')`, 'the menu')
  await ada.click('#tools-menu [data-tool=delete]')
  await ada.waitFor(`!(${rowWith('Mine, one')})`, 'it to go')
  // The keys go on where one was, and the next message names its author again.
  expect(await ada.evaluate<boolean>(`${rowWith('Mine, two')} === document.activeElement`)).toBe(
    true,
  )
  const follows = `${rowWith('Mine, two')}.classList.contains('msg--follow')`
  expect(await ada.evaluate<boolean>(follows)).toBe(false)
  await menuOf(ada, 'Said by Bob')
  await ada.click('#tools-menu [data-tool=link]')
  expect(await ada.evaluate<boolean>(`document.querySelector('#undo').hidden`)).toBe(false)
  await ada.click('#undo button')
  await ada.waitFor(rowWith('Mine, one'), 'it again')
  expect(await ada.evaluate<boolean>(follows)).toBe(true)
})

test('Escape leaves one thing at a time, and the list is one stop', async () => {
  await bob.post(1, 'linked', 'See https://example.org and https://example.com')
  await sees(ada, 'See https://example.org and https://example.com')
  await ada.evaluate(`document.querySelector('#log').focus()`)
  let stops = 0
  while (stops < 20 && (await ada.evaluate<string>(focused)) !== 'content') {
    await ada.press('Tab')
    stops += 1
  }
  expect(stops).toBeLessThanOrEqual(6)
  await focusRow(ada, 'See https://example.org')
  await ada.press('Tab')
  const link = `document.activeElement.closest('.msg__main a')?.localName`
  expect(await ada.evaluate<string>(link)).toBe('a')
  await ada.press('Escape')
  expect(await ada.evaluate<boolean>(`document.activeElement === ${rowWith('See https')}`)).toBe(
    true,
  )
  await ada.press('Escape')
  expect(await ada.evaluate<string>(focused)).toBe('content')
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
