import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { inviteTo, makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

let server: RunningServer
let ana: Person
let mei: ChatPage
let pier: number
let vault: number

const desktop = { dark: false, width: 1280, height: 800 }

/** Ana has an open room and a closed one, with a message in each; 梅 is in neither. */
beforeAll(async () => {
  server = await startServer()
  ana = await signIn(server, 'Ana')
  const socket = await openSocket(server, ana)
  pier = await makeRoom(server, ana, 'pier')
  vault = await makeRoom(server, ana, 'vault', 'closed')
  await sendForm(server, ana, `/rooms/${pier}`, { topic: 'Ships and tides' })
  await socket.post(pier, 'tide', 'Low tide at nine')
  await socket.post(vault, 'gold', 'Gold')
  mei = await enter(server.port, '梅', 'a')
  const links = [`/rooms/${pier}/messages/1`, `/rooms/${vault}`]
  for (const [n, path] of links.entries())
    await socket.post(1, `link-${n}`, addressOf(server.port, 'a', path))
  await socket.close()
  await mei.part(`.msg__body a[href$="/rooms/${vault}"]`).shown()
  await mei.warmUp()
})

afterAll(async () => {
  mei.close()
  await server.dispose()
})

test('a link in a message asks in place whether to join, and leads to its message', async () => {
  await mei.composer.add('half a thought')
  await mei.part('.msg__body a[href$="/messages/1"]').press()
  await mei.panel.dialog.shown()
  expect(await mei.panel.dialog.shownText()).toContain('Join #pier?')
  expect(await mei.panel.dialog.shownText()).toContain('Ships and tides')
  await expectAccessible(mei)
  await mei.emulate(desktop)
  await mei.part('#panel .panel__form button').focus()
  await mei.press('Enter')
  await mei.rail.shows('#pier')
  await mei.panel.dialog.gone()
  await mei.sees('Low tide at nine')
  expect(await mei.path()).toBe(`/rooms/${pier}/messages/1`)
  await mei.rail.goTo('general')
  expect(await mei.composer.field.value()).toBe('half a thought')
  await mei.composer.clear()
  // Now that they are in it, the link leads there at once, also from a list that lacks the room.
  await mei.evaluate(`document.querySelector('#room-${pier}').removeAttribute('id')`)
  await mei.part('.msg__body a[href$="/messages/1"]').shown()
  await mei.part('.msg__body a[href$="/messages/1"]').press()
  await mei.messages.list.becomes('[data-title="#pier"]')
  expect(await mei.panel.dialog.isShown()).toBe(false)
})

test('a link to a closed room leads nowhere, but invites those who are asked', async () => {
  await mei.reload()
  await mei.rail.goTo('general')
  const link = mei.part(`.msg__body a[href$="/rooms/${vault}"]`)
  await link.shown()
  await link.press()
  await mei.part('body').reads('This room does not exist, or you are not a member.')
  await mei.goto(addressOf(server.port, 'a', '/rooms/1'))
  await mei.connected()
  await inviteTo(server, ana, vault, await mei.userId())
  await mei.rail.invitation('vault').shown()
  await mei.warmUp()
  await link.shown()
  await link.press()
  await mei.panel.dialog.shown()
  expect(await mei.panel.dialog.shownText()).toContain('Ana invited you')
  await expectAccessible(mei)
  await mei.emulate(desktop)
  await mei.part('#panel [value=decline]').press()
  await mei.panel.dialog.gone()
  await mei.rail.invitation('vault').gone()
  mei.problems.length = 0
})

test('a page of its own asks, too, in Chinese and on a phone', async () => {
  const phone = await enter(server.port, '小林', 'b', { language: 'zh-CN' })
  await phone.becomePhone()
  await phone.goto(addressOf(server.port, 'b', `/rooms/${pier}`))
  await phone.part('h1').says('要加入 #pier 吗？')
  await expectAccessible(phone)
  await phone.becomePhone()
  await phone.part('.panel__form button').press()
  await phone.messages.titled('#pier')
  await phone.sees('Low tide at nine')
  expectNoProblems(phone)
  phone.close()
})

test('a newcomer joins the room of the link with the one button of the first page', async () => {
  const page = await openChatPage()
  await page.goto(addressOf(server.port, 'c', `/rooms/${pier}/messages/1`))
  await page.nickname.shown()
  await page.part('#sign-in-lead').reads('Pick a name to join #pier.')
  await expectAccessible(page)
  await page.emulate(desktop)
  await page.type('Ana')
  await page.press('Enter')
  await page.part('#nickname-problem').shown()
  await page.part('#sign-in-form > .btn--fill').says('Join #pier')
  await page.part('#nickname').select()
  await page.type('Newcomer')
  await page.press('Enter')
  await page.connected()
  await page.rail.shows('#pier')
  await page.sees('Low tide at nine')
  expect(await page.path()).toBe(`/rooms/${pier}/messages/1`)
  page.close()
})

test('nothing was reported against the policy', () => expectNoProblems(mei))
