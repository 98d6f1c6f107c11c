import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { axeViolations } from '../helpers/browser'
import { openSocket, signIn } from '../helpers/client'
import { basePath, type RunningServer, startServer } from '../helpers/server'
import { addressOf, type ChatPage, enter } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let room: number

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh' })
  await ada.panel.makeRoom('Harbour', 'closed')
  room = Number(/\d+$/.exec(await ada.path())?.[0])
  await ada.panel.openRoomSettings()
  await ada.panel.invite('梅')
  await ada.panel.close()
  await mei.accepts(room)
  await mei.goto(addressOf(server.port, 'b', `/rooms/${room}`))
  await mei.connected()
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

/** Chooses in the form of the settings that goes to an address, and sends it. */
async function send(page: ChatPage, address: string, choice = ''): Promise<void> {
  await page.panel.openRoomSettings()
  const form = `#panel[open] form[action$="/${address}"]`
  // They may lie below what the dialog shows.
  if (choice !== '') await page.part(`${form} ${choice}`).press()
  await page.part(`${form} button`).press()
}

test('a room becomes public for everybody who has it open', async () => {
  await mei.part('#head h1 use[href="#icon-lock"]').shown()
  await send(ada, 'kind', 'input[value=open]')
  await mei.part('#head h1 use[href="#icon-room"]').shown()
  await mei.part('.system[data-kind=kind] p').reads('Ada 将此房间设为公开')
  await mei.part(`#room-${room} use[href="#icon-room"]`).shown()
})

test('a member becomes a host, by the keys alone, and is offered what hosts do', async () => {
  await ada.panel.openRoomSettings()
  await ada.part('#panel[open] form[action$="/hosts"]:has([value=yes]) button').focus()
  await ada.press('Enter')
  await mei.part('.system[data-kind=host] p').reads('Ada 将 梅 设为房主')
  await mei.panel.openRoomSettings()
  await mei.part('#panel[open] form[action$="/archive"]').shown()
  expect(await axeViolations(mei)).toEqual([])
  await mei.panel.close()
})

test('an archived room says so on every page, and is reopened there', async () => {
  await send(mei, 'archive')
  await ada.part('.room-state').reads('This room is archived.')
  await ada.part('#rooms details').shown()
  expect(await axeViolations(ada)).toEqual([])
  await ada.emulate({ width: 390, height: 800, dark: true })
  await ada.settled()
  expect(await axeViolations(ada)).toEqual([])
  await ada.emulate({ width: 1280, height: 800, dark: false })
  await ada.click('.room-state button')
  await mei.part('.room-state').gone()
})

test('a deleted room leads everybody away, with a sentence', async () => {
  await ada.panel.openRoomSettings()
  await ada.part('#panel[open] a[href$="/delete"]').press()
  await ada.part('#deleted-name').shown()
  expect(await axeViolations(ada)).toEqual([])
  await ada.part('#deleted-name').focus()
  await ada.type('harbour')
  await ada.press('Enter')
  await ada.panel.problem.reads('This is not the name of the room.')
  await ada.part('#deleted-name').select()
  await ada.type('Harbour')
  await ada.press('Enter')
  await mei.toast.reads('Harbour 已被删除。')
  await mei.at('/rooms/1')
  await ada.at('/rooms/1')
})

test('administration lists the rooms, also where no script runs', async () => {
  using db = new Database(join(server.data, 'chatroom.db'))
  db.run('PRAGMA busy_timeout = 5000')
  db.query(`UPDATE users SET role = 'owner' WHERE nickname = 'Ada'`).run()
  await ada.goto(addressOf(server.port, 'a', '/admin/rooms'))
  await ada.part('.admin summary').reads('general')
  await ada.click('.admin summary')
  expect(await axeViolations(ada)).toEqual([])
})

test('somebody is added to a private conversation, which begins anew as a group', async () => {
  const bob = await openSocket(server, await signIn(server, 'Bob'))
  const cara = await openSocket(server, await signIn(server, 'Cara'))
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await ada.evaluate(`fetch('${basePath()}/direct/${bob.hello.user.id}',
    { method: 'POST', headers: { Accept: 'application/json' } })`)
  await ada.goto(addressOf(server.port, 'a', '/rooms/3'))
  await ada.connected()
  await ada.panel.openRoomSettings()
  await ada.part('#group-names').focus()
  await ada.type('Cara')
  await ada.press('Enter')
  await ada.at('/rooms/4')
  await ada.titleBegins('Bob, Cara')
  await ada.send('Hello both')
  await cara.until((item) => item.type === 'message' && item.room === 4, 'the message')
  await ada.parts('#room-4 .av').counts(2)
  await bob.post(4, 'answer', 'Hello @Ada')
  await ada.sees('Hello @Ada')
  await ada.type('@Ca')
  await ada.part('#options [role=option]').reads('Cara')
  expect(await axeViolations(ada)).toEqual([])
  await bob.close()
  await cara.close()
})
