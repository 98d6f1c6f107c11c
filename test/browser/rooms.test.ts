import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b')
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

test('a room is made, found by another person and joined', async () => {
  await ada.panel.makeRoom('茶室', 'open')
  expect(await ada.title()).toStartWith('#茶室')
  await ada.send('Tea is ready')
  await mei.click(mei.rail.add)
  await mei.panel.dialog.reads('茶室')
  await mei.click('#panel form.inline button')
  await mei.rail.shows('#茶室')
  await mei.sees('Tea is ready')
})

test('a name that looks like another room’s is refused, and the text stays', async () => {
  await ada.panel.openNewRoom()
  await ada.type('Gеneral')
  await ada.press('Enter')
  await ada.panel.problem.becomes(':not(:empty)')
  expect(await ada.panel.newName.value()).toBe('Gеneral')
  await ada.press('Escape')
})

test('rooms are switched in place, and each has its own draft', async () => {
  await ada.evaluate(`document.querySelector('#content').isTheSame = true`)
  await ada.composer.add('half a thought')
  await ada.rail.goTo('general')
  expect(await ada.evaluate<boolean>(`document.querySelector('#content').isTheSame`)).toBe(true)
  expect(await ada.composer.field.value()).toBe('')
  expect(await ada.path()).toBe('/rooms/1')
  await ada.rail.room(2).part('.draft').shown()
  // A list that is fetched again shows it, too.
  await ada.evaluate(`((rail) => {
    rail.addEventListener('htmx:after:swap', () => (rail.isNew = true))
    rail.dispatchEvent(new Event('renew'))
  })(document.querySelector('#rooms'))`)
  await ada.waitFor(`document.querySelector('#rooms').isNew`, 'the new list')
  await ada.rail.room(2).part('.draft').shown()
  await ada.send('Something in general')
  await ada.rail.goTo('茶室')
  expect(await ada.composer.field.value()).toBe('half a thought')
  await ada.press('Enter')
  await mei.sees('half a thought')
  await ada.messages.pending.gone()
})

test('at no moment is the list that of one room and the field that of another', async () => {
  await ada.evaluate(`(() => {
    const roomOf = (id) => document.getElementById(id).dataset.room
    const { port1, port2 } = new MessageChannel()
    window.torn = 0
    port1.onmessage = () => {
      if (roomOf('timeline') !== roomOf('composer')) window.torn += 1
      if (window.torn < 100) port2.postMessage('')
    }
    port2.postMessage('')
  })()`)
  for (const room of ['general', '茶室', 'general', '茶室']) await ada.rail.goTo(room)
  expect(await ada.evaluate<number>(`[window.torn, window.torn = 100][0]`)).toBe(0)
})

test('Back and Forward walk through the rooms, and a reload stays in one', async () => {
  await ada.back()
  await ada.rail.shows('#general')
  await ada.sees('Something in general')
  await ada.evaluate('history.forward()')
  await ada.rail.shows('#茶室')
  await ada.reload()
  await ada.rail.shows('#茶室')
  await ada.sees('half a thought')
})

test('messages that came while another room was open are there at once, in order', async () => {
  await mei.hasRead(2)
  await mei.rail.goTo('general')
  for (const n of [1, 2, 3]) await ada.send(`cup ${n}`)
  await mei.rail.roomCalled('茶室').becomes('.unread')
  expect(await mei.rail.badge('茶室')).toEqual({ isBold: true, number: '' })
  await mei.titleBegins('•')
  await mei.rail.goTo('茶室')
  for (const n of [1, 2, 3]) await mei.sees(`cup ${n}`)
  const rows = await mei.rows()
  expect(rows.slice(-3).map(({ text }) => text)).toEqual(['cup 1', 'cup 2', 'cup 3'])
  expect(await mei.parts('#new-line').count()).toBe(1)
  expect(await mei.part('#new-line ~ .msg .msg__body').text()).toBe('cup 1')
  await mei.rail.roomCalled('茶室').becomes(':not(.unread)')
})

test('a mention is a number in red, marks the row, and is gone when it was read', async () => {
  await mei.rail.goTo('general')
  await ada.composer.add('tea for @')
  await ada.composer.options.shown()
  await ada.type('m')
  expect(await ada.composer.optionNames.texts()).toEqual(['梅'])
  await ada.press('Enter')
  expect(await ada.composer.field.value()).toBe('tea for @梅 ')
  await ada.press('Enter')
  await mei.rail.roomCalled('茶室').part('.badge').says('1')
  await mei.titleBegins('(1)')
  expect(await mei.part('link[rel=icon]').attribute('href')).toContain('icon-unread')
  await mei.rail.goTo('茶室')
  await mei.part('.msg--mention .mention').shown()
  await mei.rail.roomCalled('茶室').part('.badge').gone()
  expect(await ada.part('.msg--mention').isThere()).toBe(false)
})

test('a closed room is in the list from the invitation to the removal', async () => {
  await ada.panel.makeRoom('Surprise', 'closed')
  await ada.send('A cake for 梅')
  const id = (await ada.messages.list.attribute('data-room')) ?? ''
  expect(await mei.rail.badge('Surprise')).toBeNull()
  const bob = await signIn(server, 'Bob')
  const socket = await openSocket(server, bob)
  await ada.rail.opened(id)
  await ada.panel.openRoomSettings()
  await ada.panel.invite('梅')
  await mei.rail.invitation('Surprise').shown()
  await mei.rail.invitation('Surprise').part('button[value=accept]').press()
  await mei.rail.shows('#Surprise')
  await mei.sees('A cake for 梅')
  await ada.panel.close()
  await ada.panel.openRoomSettings()
  await ada.part('#panel[open] .choices summary').press()
  await ada.part('#panel[open] .choices form button').shown()
  await ada.part('#panel .choices form button').press()
  await mei.messages.list.becomes(`:not([data-room="${id}"])`)
  await ada.panel.dialog.gone()
  await ada.connected()
  await ada.send('Now without 梅')
  await ada.sees('Now without 梅')
  // What is said in a room of both comes after what did not come.
  await socket.post(1, 'afterwards', 'Said afterwards')
  await mei.sees('Said afterwards')
  expect(await mei.evaluate<boolean>(`document.body.innerHTML.includes('Now without')`)).toBe(false)
  expect(JSON.stringify(socket.heard)).not.toContain('Surprise')
  expect(JSON.stringify(socket.heard)).not.toContain('without')
  await socket.close()
})

test('by keyboard: Alt and arrows walk the rooms, Ctrl+/ tells the keys', async () => {
  await ada.rail.goTo('general')
  await ada.press('ArrowDown', ['Alt'])
  await ada.messages.list.becomes(':is([data-title="#Surprise"], [data-title="#茶室"])')
  await ada.press('ArrowUp', ['Alt'])
  await ada.rail.shows('#general')
  await ada.press('/', ['Control'])
  await ada.panel.help.shown()
  await ada.press('Escape')
  await ada.panel.dialog.gone()
})

test('a name in a message opens the card of that person', async () => {
  await ada.rail.goTo('茶室')
  await ada.part('.msg .mention').shown()
  await ada.part('.msg .mention').press()
  await ada.panel.card.shown()
  expect(await ada.panel.card.shownText()).toContain('梅')
  await ada.press('Escape')
  await ada.panel.dialog.gone()
})

const offline = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 }

test('without the server a form and a panel say so, and what was typed stays', async () => {
  await ada.panel.openNewRoom()
  await ada.type('Not yet')
  await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: true })
  await ada.press('Enter')
  await ada.panel.problem.reads('You are not connected.')
  expect(await ada.panel.newName.value()).toBe('Not yet')
  await ada.press('Escape')
  await ada.panel.dialog.gone()
  await ada.press('/', ['Control'])
  await ada.toast.reads('You are not connected.')
  expect(await ada.panel.dialog.isShown()).toBe(false)
  await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: false })
  ada.problems.length = 0
  await ada.press('/', ['Control'])
  await ada.panel.help.shown()
  await ada.press('Escape')
})

test('Back to a room that cannot be opened keeps the room and its address', async () => {
  await ada.rail.goTo('茶室')
  // A room of which nothing is kept on this device.
  await ada.evaluate(`history.replaceState(null, '', '/rooms/999')`)
  await ada.evaluate(`history.pushState(null, '', '/rooms/2')`)
  // The sentence of the test before.
  await ada.evaluate(`document.querySelector('#toast').replaceChildren()`)
  await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: true })
  await ada.back()
  await ada.toast.reads('You are not connected.')
  expect(await ada.path()).toBe('/rooms/2')
  await ada.cdp('Network.emulateNetworkConditions', { ...offline, offline: false })
  ada.problems.length = 0
  expect(await ada.messages.list.matches('[data-room="2"]')).toBe(true)
})

test('leaving a room takes it off the list', async () => {
  await ada.rail.goTo('茶室')
  await ada.panel.openRoomSettings()
  const leave = ada.part('#panel[open] form[action$="/leave"] button')
  await leave.shown()
  await ada.evaluate('void (window.isOld = true)')
  await leave.press()
  // The form leads to the front door; until it has, another address would be overtaken.
  await ada.waitFor('window.isOld === undefined', 'the next page')
  await ada.rail.shows('#general')
  await ada.rail.roomCalled('茶室').gone()
  await ada.goto(addressOf(server.port, 'a', '/rooms/2'))
  await ada.part('body').reads('Join #茶室?')
  await ada.goto(addressOf(server.port, 'a', '/'))
  await ada.connected()
})

for (const path of ['/rooms/2', '/rooms/999']) {
  test(`Back to ${path}, where one is no member, says so and keeps the room`, async () => {
    await ada.evaluate(`(history.pushState(null, '', '${path}'),
      history.pushState(null, '', '/rooms/1'),
      document.querySelector('#toast').replaceChildren())`)
    await ada.back()
    await ada.toast.reads('You are no longer in this room.')
    expect(await ada.path()).toBe('/rooms/1')
    expect(await ada.messages.list.matches('[data-room="1"]')).toBe(true)
  })
}

test('nothing was reported against the policy', () => {
  const unexpected = ada.problems.filter((problem) => !problem.includes('404'))
  expect(unexpected.filter((problem) => !problem.includes('422'))).toEqual([])
  expectNoProblems(mei)
})
