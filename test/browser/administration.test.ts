import { afterAll, beforeAll, expect, test } from 'bun:test'
import { ownerLinkOf } from '../helpers/owners'
import { type RunningServer, startServer } from '../helpers/server'
import {
  addressOf,
  type ChatPage,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'

let server: RunningServer
let olga: ChatPage
let mo: ChatPage

beforeAll(async () => {
  server = await startServer()
  mo = await enter(server.port, 'Mo', 'b')
  olga = await openChatPage()
})
afterAll(async () => {
  olga.close()
  mo.close()
  await server.dispose()
})

test('somebody new opens the owner link, signs in, and rules', async () => {
  await olga.goto(addressOf(server.port, 'a', await ownerLinkOf(server)))
  await olga.nickname.focused()
  await olga.type('Olga')
  await olga.press('Enter')
  await olga.part('main h1').says('Owner of this server')
  await expectAccessible(olga)
  await olga.click('form[action^="/owner/"] button')
  await olga.part('.admin h2').says('General')
  await expectAccessible(olga)
  await olga.part('[name=welcome]').focus()
  await olga.type('Mind the gap')
  await olga.click('.admin form .btn--fill')
  await olga.part('.admin [role=status]').says('Saved.')
})

test('a role takes effect in the open page of its person, and ends there', async () => {
  await mo.part('#timeline[data-role=member]').shown()
  await olga.goto(addressOf(server.port, 'a', '/admin/people?q=mo'))
  await olga.click('.admin__person summary')
  await olga.part('.admin__person select').focus()
  await olga.press('ArrowDown')
  await olga.part('.admin__person [name=reason]').focus()
  await olga.type('Helps on Mondays')
  await expectAccessible(olga)
  await olga.click('.admin__person form button')
  await olga.part('.admin [role=status]').says('Saved.')
  await mo.part('#timeline[data-role=host]').shown()
  await mo.panel.openSettings()
  await mo.click('#settings a[href="/admin"]')
  await mo.part('.admin h2').says('Door')
  await olga.goto(addressOf(server.port, 'a', '/admin/log'))
  expect(await olga.part('.admin__log').text()).toContain('Helps on Mondays')
  await expectAccessible(olga)
  expectNoProblems(olga, mo)
})
