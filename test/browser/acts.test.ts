import { afterAll, beforeAll, expect, test } from 'bun:test'
import { askDatabase } from '../helpers/database'
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
let mal: ChatPage
let pat: ChatPage
const opened: ChatPage[] = []

/** Each host is a browser of its own. */
beforeAll(async () => {
  server = await startServer()
  olga = await enter(server.port, 'Olga', 'a')
  mal = await enter(server.port, 'Mallory', 'b')
  pat = await enter(server.port, '帕特 Pat', 'c')
  opened.push(olga, mal, pat)
  await askDatabase(server, 'UPDATE users SET role = ? WHERE nickname = ?', 'owner', 'Olga')
  await olga.reload()
})
afterAll(async () => {
  for (const page of opened) page.close()
  await server.dispose()
})

const phone = { dark: true, width: 390, height: 844 }

test('a message is reported from its menu, and its owner hears of it at once', async () => {
  await mal.send('Something vile')
  await pat.sees('Something vile')
  await pat.row('Something vile').openMenu()
  await pat.click(pat.messages.menuTool('report'))
  await pat.part('#panel[open] form[action$="/report"] input').shown()
  await expectAccessible(pat)
  await pat.part('#panel[open] [name=why]').focus()
  await pat.type('Vile')
  await pat.press('Enter')
  await pat.part('#panel[open] [role=status]').says('Thank you. The moderators have been told.')
  await pat.panel.close()
  await olga.part('#told a').says('1 report is waiting')
  await expectAccessible(olga)
  // One's own message is not reported.
  await mal.row('Something vile').openMenu()
  expect(await mal.part(mal.messages.menuTool('report')).isShown()).toBe(false)
  await mal.press('Escape')
})

test('who is banned sees that and why on every tab, and cannot begin anew', async () => {
  const second = await openChatPage({ language: 'zh' })
  opened.push(second)
  await second.goto(addressOf(server.port, 'b'))
  await second.connected()
  await olga.emulate(phone)
  await olga.click('#told a')
  await olga.part('.admin blockquote').says('Something vile')
  await expectAccessible(olga)
  await olga.click('.admin__reports a[href*="/admin/person"]')
  await olga.part('#act-ban summary').focus()
  await olga.press('Enter')
  await expectAccessible(olga)
  await olga.part('#act-ban [name=reason]').focus()
  await olga.type('Was vile')
  await olga.press('Enter')
  await mal.part('#banned h1').says('You are banned')
  await second.part('#banned h1').says('你已被封禁')
  expect(await mal.part('#banned').text()).toContain('Was vile')
  for (const page of [mal, second]) await expectAccessible(page)
  await mal.goto(addressOf(server.port, 'b', '/rooms/1'))
  await mal.part('#banned').shown()
  // Nobody else is disturbed, and the row says that its author has left.
  // After the report the focus is on the row, where letters are acts.
  await pat.emulate({ dark: false, width: 1280, height: 800 })
  await pat.part('#content').focus()
  await pat.type('Still here')
  await pat.part('#composer').submit()
  await pat.sees('Still here')
})

test('a name that was changed is told to its person, who has read it with one key', async () => {
  const user = await pat.userId()
  await olga.goto(addressOf(server.port, 'a', `/admin/person?user=${user}`))
  await olga.part('#act-rename summary').focus()
  await olga.press('Enter')
  await olga.part('#act-rename [name=reason]').focus()
  await olga.type('Too long')
  await olga.press('Enter')
  await olga.part('.admin [role=status]').says('Saved.')
  await pat.part('#told form').shown()
  expect(await pat.part('#told').text()).toContain('帕特 Pat')
  await pat.part('#told button').focus()
  await pat.press('Enter')
  await pat.part('#told form').gone()
  await pat.goto(addressOf(server.port, 'c', '/notices'))
  await pat.part('main h1').says('Notices')
  await expectAccessible(pat)
})

test('a ban is undone from the list, and a link brings its person back', async () => {
  await olga.goto(addressOf(server.port, 'a', '/admin/bans'))
  await olga.part('.admin .choices').shown()
  await expectAccessible(olga)
  await olga.click('.admin .choices a')
  await olga.click('#act-unban summary')
  await olga.click('#act-unban button')
  await olga.part('.admin [role=status]').says('Saved.')
  await olga.click('#act-way-back summary')
  await olga.part('#act-way-back button').focus()
  await olga.press('Enter')
  await olga.part('#way-back').shown()
  await expectAccessible(olga)
  const link = new URL(await olga.part('#way-back').value()).pathname
  await mal.goto(addressOf(server.port, 'b', link))
  await mal.part('form[action^="/way-back/"] button').focus()
  await expectAccessible(mal)
  await mal.press('Enter')
  await mal.at('/devices')
  await mal.goto(addressOf(server.port, 'b'))
  await mal.connected()
  await mal.sees('Something vile')
  expectNoProblems(olga, pat)
})

test('what somebody wrote offline goes nowhere when they were banned meanwhile', async () => {
  await server.stop()
  await mal.send('Written offline')
  const user = await mal.userId()
  await askDatabase(server, 'UPDATE users SET left_at = 1 WHERE id = ?', user)
  await askDatabase(server, `INSERT INTO bans VALUES (?1, ?1, 1, 'Was vile again')`, user)
  const marks = 'SELECT token_hash, user_id FROM sessions WHERE user_id = ?'
  await askDatabase(server, `INSERT INTO banned_browsers (hash, user_id) ${marks}`, user)
  await askDatabase(server, 'DELETE FROM sessions WHERE user_id = ?', user)
  await server.restart()
  await mal.part('#banned h1').says('You are banned', 30_000)
  await pat.goto(addressOf(server.port, 'c', '/rooms/1'))
  await pat.connected()
  expect(await pat.messages.list.text()).not.toContain('Written offline')
})
