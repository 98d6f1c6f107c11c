import { afterAll, beforeAll, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { enter, expectAccessible, expectNoProblems } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: ChatClient

/** A house in which much waits for Ada: talk in one room, a mention, and a private message. */
beforeAll(async () => {
  server = await startServer()
  const person = await signIn(server, '梅')
  const tea = await makeRoom(server, person, 'Tea')
  await makeRoom(server, person, 'Empty but open')
  mei = await openSocket(server, person)
  for (let n = 1; n <= 40; n += 1) await mei.post(1, `before-${n}`, `before ${n}`)
  ada = await enter(server.port, 'Ada', 'a')
  const id = Number(await ada.evaluate<string>('document.body.dataset.user'))
  await sendForm(server, person, `/rooms/${tea}/members`, { user: String(id) })
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
  await ada.evaluate(`document.querySelector('a[data-panel][href="${path}"]').click()`)
  await ada.waitFor(`document.querySelector('#panel[open] ${ready}')`, path)
  await expectAccessible(ada)
  await ada.evaluate(`document.querySelector('#panel').close()`)
}

test('a room with a mention, a slip, and numbers on the list', () => expectAccessible(ada))

test('the list of names, and writing privately', async () => {
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('@')
  await ada.waitFor(`document.querySelector('#options [role=option]')`, 'the list')
  await expectAccessible(ada)
  await ada.press('Enter')
  await ada.waitFor(`!document.querySelector('#chip').hidden`, 'the chip')
  await expectAccessible(ada)
  await ada.press('Escape')
})

test('open rooms and the form for another', () => inPanel('/rooms', '#new-name'))

test('the settings of a room', () => inPanel('/rooms/1/settings', '[name=notify]'))

test('the keys', () => inPanel('/help', 'kbd'))

test('a person’s card', async () => {
  await ada.evaluate(`document.querySelector('#person-1 button').click()`)
  await ada.waitFor(`document.querySelector('#panel[open] .card')`, 'the card')
  await expectAccessible(ada)
  await ada.evaluate(`document.querySelector('#panel').close()`)
})

test('the bell’s menu', async () => {
  await ada.evaluate(`document.querySelector('#bell-menu').showPopover()`)
  await expectAccessible(ada)
  await ada.evaluate(`document.querySelector('#bell-menu').hidePopover()`)
})

test('a room with a lot that is new', async () => {
  for (let n = 1; n <= 60; n += 1) await mei.post(2, `new-${n}`, `new ${n}`)
  await ada.evaluate(`document.querySelector('#room-2').click()`)
  await ada.waitFor(`!document.querySelector('#unread-bar').hidden`, 'the bar')
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
