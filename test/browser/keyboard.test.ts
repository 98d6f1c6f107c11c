import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatClient
let friend: Person

beforeAll(async () => {
  server = await startServer()
  friend = await signIn(server, '梅花')
  mei = await openSocket(server, friend)
  ada = await enter(server.port, 'Ada', 'a')
  await ada.part('.person[data-name="梅花"]').shown()
})

afterAll(async () => {
  await mei.close()
  ada.close()
  await server.dispose()
})

const focused = `(() => { const { activeElement: it } = document
  return it.id || it.className || it.tagName })()`

async function tabTo(selector: string): Promise<void> {
  for (let n = 0; n < 60; n += 1) {
    if (await ada.part(':focus').matches(selector)) return
    await ada.press('Tab')
  }
  throw new Error(`Tab never came to ${selector}, but to ${await ada.evaluate<string>(focused)}`)
}

/** From here to the end no mouse and no finger. */
test('a room is made by keyboard alone', async () => {
  await tabTo('.rail__add')
  await ada.press('Enter')
  await ada.part('#panel [type=search]').focused()
  await tabTo('.new-room summary')
  await ada.press('Enter')
  await tabTo('#new-name')
  await ada.type('Keys only')
  await ada.press('Enter')
  await ada.messages.titled('#Keys only')
  await ada.composer.field.focused()
})

test('@all is sent only after a question that says how many people', async () => {
  await ada.connection.gone()
  const path = await ada.path()
  await sendForm(server, friend, `${path}/members`)
  await ada.reload()
  await ada.part('#people-list').becomes('[data-members="2"]')
  await ada.composer.field.focused()
  await ada.evaluate(`(window.asked = [], window.confirm = (question) => {
    asked.push(question); return asked.length > 1 })`)
  await ada.type('Dinner, @all')
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('Dinner, @all')
  await ada.press('Enter')
  await ada.sees('Dinner, @all')
  expect(await ada.evaluate<string[]>('asked')).toEqual([
    'This notifies 1 person. Send it?',
    'This notifies 1 person. Send it?',
  ])
})

test('a private message goes out without a click', async () => {
  await ada.press('ArrowUp', ['Alt'])
  await ada.messages.titled('#general')
  await ada.type('@mh')
  await ada.part('#options:not([hidden]) bdi').shown()
  await ada.press('Tab')
  await ada.composer.chip.shown()
  await ada.type('by keys')
  await ada.press('Enter')
  const heard = await mei.until(
    (item) => item.type === 'message' && item.content === 'by keys',
    'the private message',
  )
  expect(heard).toMatchObject({ recipient: { nickname: '梅花' } })
})

test('regions, rows and the help sheet are reached and left by keyboard', async () => {
  for (const n of [1, 2, 3]) await mei.post(1, `k-${n}`, `row ${n}`)
  await ada.sees('row 3')
  await ada.composer.field.focus()
  await ada.press('F6', ['Control', 'Shift'])
  expect(await ada.focusedId()).toBe('log')
  await ada.press('ArrowUp')
  await ada.press('ArrowUp')
  expect(await ada.row('row 2').isFocused()).toBe(true)
  await ada.press('End')
  expect(await ada.row('row 3').isFocused()).toBe(true)
  await ada.press('F6', ['Control'])
  expect(await ada.focusedId()).toBe('content')
  await ada.press('/', ['Control'])
  await ada.part('#panel[open] kbd').shown()
  await ada.press('Escape')
  await ada.panel.dialog.gone()
  expect(await ada.focusedId()).toBe('content')
})

test('the list of rooms is one stop, the room on the page, from which arrows lead on', async () => {
  const stops = `[...document.querySelectorAll('#rooms .item')].filter(({ tabIndex }) =>
    tabIndex === 0).map(({ textContent, ariaCurrent }) => ariaCurrent)`
  await ada.waitFor(`document.querySelectorAll('#rooms .item').length > 2`, 'some rooms')
  expect(await ada.evaluate<unknown>(stops)).toEqual(['page'])
  await ada.composer.field.focus()
  const before = await ada.path()
  await ada.press('ArrowUp', ['Alt'])
  await ada.waitFor(`!location.pathname.endsWith('${before}')`, 'the other room')
  await ada.composer.field.focused()
  await ada.waitFor(`JSON.stringify(${stops}) === '["page"]'`, 'the stop to follow')
  await ada.part('#rooms .item[aria-current]').focus()
  await ada.press('Home')
  expect(await ada.part(':focus').matches('#rooms li:first-child .item')).toBe(true)
  await ada.press('ArrowDown')
  const second = ada.part('#rooms li:nth-child(2) .item')
  expect(await second.isFocused()).toBe(true)
  // Where the reader is stays a stop, also when the list comes anew.
  await ada.press('Enter')
  await second.becomes('[aria-current]')
  expect(await ada.evaluate<unknown>(stops)).toEqual(['page'])
})

test('Escape marks read and goes to the end, when there is no mode to leave', async () => {
  await ada.messages.scrollTo(0)
  await ada.press('Escape')
  await ada.messages.atEnd()
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
