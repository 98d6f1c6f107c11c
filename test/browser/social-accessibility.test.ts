import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, postAll, signIn } from '../helpers/client'
import { makeRoom, openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  enter,
  expectAccessibleInAllLooks,
  expectNoProblems,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatClient

/** A server on which much waits for Ada: talk in one room, a mention, and a private message. */
beforeAll(async () => {
  server = await startServer()
  const person = await signIn(server, '梅')
  const tea = await makeRoom(server, person, 'Tea')
  await makeRoom(server, person, 'Empty but open')
  mei = await openSocket(server, person)
  await postAll(
    mei,
    1,
    Array.from({ length: 15 }, (_, n) => `before ${n + 1}`),
  )
  ada = await enter(server.port, 'Ada', 'a')
  const id = await ada.userId()
  await ada.joins(tea)
  await mei.post(tea, 'talk', 'The kettle is on')
  const direct = await openDirect(server, person, id)
  mei.send({
    type: 'message.post',
    room: direct,
    client_id: 'secret',
    content: 'Between us',
    written_in: 1,
  })
  await mei.post(1, 'mention', 'Listen, @Ada and @梅')
  await ada.waitFor(
    `document.querySelector('.msg--mention') && document.querySelector('.private-note')`,
    'it',
  )
})

afterAll(async () => {
  await mei.close()
  ada.close()
  await server.dispose()
})

async function inPanel(path: string, ready: string): Promise<void> {
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.part(`a[hx-get][href="${path}"]`).press()
  await ada.waitFor(`document.querySelector('#panel[open] ${ready}')`, path)
  await expectAccessibleInAllLooks(ada)
  await ada.panel.close()
}

test('a room with a mention, a private message, and numbers on the list', () =>
  expectAccessibleInAllLooks(ada))

test('the list of names, and writing privately', async () => {
  await ada.composer.add('@')
  await ada.part('#options [role=option]').shown()
  await expectAccessibleInAllLooks(ada)
  await ada.press('Enter')
  await ada.composer.chip.shown()
  await expectAccessibleInAllLooks(ada)
  await ada.press('Escape')
})

test('the list of names lies over the messages, also in a low window', async () => {
  await ada.composer.clear()
  const place = `document.querySelector('#timeline > :last-child').getBoundingClientRect().top`
  const before = await ada.evaluate<number>(place)
  await ada.composer.add('@')
  await ada.composer.options.shown()
  expect(await ada.evaluate<number>(place)).toBe(before)
  for (const height of [180, 300, 420]) {
    await ada.emulate({ width: 844, height })
    await ada.settled()
    const best = `(({ left, top, bottom }) => document.elementFromPoint(left + 9, top + 9)?.
      closest('[aria-selected=true]') !== null && bottom < innerHeight && top >= 0)(
      document.querySelector('#options [aria-selected=true]').getBoundingClientRect())`
    expect([height, await ada.evaluate<boolean>(best)]).toEqual([height, true])
  }
  await ada.emulate({ width: 1280, height: 800 })
  await ada.composer.clear()
})

test('with forced colours what a ground says has an edge, and signs are not grey', async () => {
  const features = [{ name: 'forced-colors', value: 'active' }]
  await ada.cdp('Emulation.setEmulatedMedia', { features })
  const edges = `Object.fromEntries(['.mention', '.msg--mention', '.badge:not([hidden])', '.panel']
    .map((part) => [part, parseFloat(getComputedStyle(document.querySelector(part))
      .borderInlineStartWidth) > 0]))`
  expect(await ada.evaluate<object>(edges)).toEqual({
    ...{ '.mention': true, '.msg--mention': true, '.badge:not([hidden])': true, '.panel': true },
  })
  const signs = `new Set([...document.querySelectorAll('#head .ic, #rooms .ic')].map((sign) =>
    getComputedStyle(sign).color)).size`
  expect(await ada.evaluate<number>(signs)).toBe(1)
  await ada.composer.add('@')
  const chosen = `getComputedStyle(document.querySelector('#options [aria-selected=true]'))
    .outlineStyle`
  await ada.composer.options.shown()
  expect(await ada.evaluate<string>(chosen)).toBe('solid')
  await ada.composer.clear()
  await ada.emulate({})
})

test('a name that is cut is read under the pointer', async () => {
  const name = ada.part('#head h1')
  const whole = await name.text()
  await name.ask((it) => (it.style.inlineSize = '1px'))
  await name.ask((it) => it.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })))
  expect(await name.attribute('title')).toBe(whole)
  await name.ask((it) => (it.style.inlineSize = ''))
  await name.ask((it) => it.dispatchEvent(new PointerEvent('pointerover', { bubbles: true })))
  expect(await name.attribute('title')).toBe(null)
})

test('emoji are coloured and digits are not, and Latin is not set in a Chinese face', async () => {
  const variants = `[...new Set([...document.querySelectorAll('body *')].map((each) =>
    getComputedStyle(each).fontVariantEmoji))]`
  expect(await ada.evaluate<string[]>(variants)).toEqual(['unicode'])
  const faces = await ada.evaluate<string>(
    `getComputedStyle(document.querySelector('#head h1')).fontFamily`,
  )
  expect(faces.indexOf('DejaVu Serif')).toBeLessThan(faces.indexOf('Songti SC'))
  expect(faces.indexOf('DejaVu Serif')).toBeGreaterThan(0)
})

test('open rooms and the form for another', () => inPanel('/rooms', '#new-name'))

test('the settings of a room', () => inPanel('/rooms/1/settings', '[name=notify]'))

test('the keys', () => inPanel('/help', 'kbd'))

test('a person’s card', async () => {
  await ada.part('#person-1 button').press()
  await ada.panel.card.shown()
  await expectAccessibleInAllLooks(ada)
  await ada.panel.close()
})

test('the bell’s menu', async () => {
  await ada.part('#bell-menu').showPopover()
  await expectAccessibleInAllLooks(ada)
  await ada.part('#bell-menu').hidePopover()
})

test('a room with many new messages', async () => {
  for (let n = 1; n <= 60; n += 1) await mei.post(2, `new-${n}`, `new ${n}`)
  await ada.rail.room(2).press()
  await ada.part('#unread-bar').shown()
  await expectAccessibleInAllLooks(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
