import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let room: number
let bob: { person: Person; socket: ChatClient }

/** Ada and Mei look at a room of Ada's, one in English, the other in Chinese. */
beforeAll(async () => {
  server = await startServer({
    env: {
      CHATROOM_ARRIVALS: 'on',
      BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
      TEST_LIMITS: JSON.stringify({ gatherLinesMs: 50 }),
    },
  })
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
  await ada.panel.makeRoom('harbour', 'open')
  room = Number((await ada.path()).split('/')[2])
  const person = await signIn(server, 'Bob')
  bob = { person, socket: await openSocket(server, person) }
})

afterAll(async () => {
  await bob.socket.close()
  ada.close()
  mei.close()
  await server.dispose()
})

const join = (person: Person): Promise<Response> =>
  sendForm(server, person, `/rooms/${room}/members`)

/** What stands in the list, a line to a row; what is folded away stands nowhere. */
async function listed(page: ChatPage): Promise<string[]> {
  const rows = `[...document.querySelectorAll('#timeline > :is(.msg, .system)')]`
  return page.evaluate<string[]>(`${rows}
    .filter((row) => row.checkVisibility())
    .map((row) => (row.querySelector('summary, .msg__body') ?? row).cloneNode(true))
    .map((row) => (row.querySelectorAll('time').forEach((time) => time.remove()), row))
    .map(({ textContent }) => textContent.trim())`)
}

const lastLine = (page: ChatPage) => page.parts('.system:not(.system--folded)').at(-1)

test('a person who comes to the server, or into a room, has a line there', async () => {
  const first = await openSocket(server, await signIn(server, 'Uma'))
  await mei.part('#timeline[data-room="1"] .system').reads('Uma')
  await mei.part('#timeline .system').reads('加入了房间')
  await first.close()
  await sendForm(server, bob.person, `/rooms/${room}/members`)
  await ada.part('.system').reads('Bob joined')
  // The room says no more that nobody has said anything yet than before.
  await ada.part('.first-words').shown()
  expect(await ada.part('.system time').attribute('title')).toMatch(/\d{4}/)
})

test('lines are not unread: no number, no bold name, no sound, no “New”', async () => {
  await ada.rail.open(1)
  await ada.hasRead(room)
  await sendForm(server, bob.person, `/rooms/${room}`, { topic: 'Ships' })
  await bob.socket.until((item) => item.type === 'system' && item.kind === 'topic', 'the topic')
  await bob.socket.post(1, 'after', 'Heard after the topic')
  await ada.sees('Heard after the topic')
  expect(await ada.rail.room(room).matches('.unread')).toBe(false)
  expect(await ada.title()).not.toContain('•')
  await ada.rail.open(room)
  expect(await listed(ada)).toEqual(['Bob joined', 'Bob changed the topic: Ships'])
  expect(await ada.messages.newLine.isThere()).toBe(false)
})

test('who comes and goes between two messages is one line, opened with the keyboard', async () => {
  await ada.send('Anyone here?')
  await ada.messages.row('Anyone here?').shown()
  for (const name of ['Cleo', 'Dan', 'Ewa', 'Fay']) await join(await signIn(server, name))
  // They joined shortly after Bob, so they stand in his line, where it was.
  await ada.part('.system').reads('Bob, Cleo and 3 others joined')
  await sendForm(server, bob.person, `/rooms/${room}/leave`)
  await lastLine(ada).reads('Bob left')
  await join(bob.person)
  await ada.parts(':is([data-kind=joined], [data-kind=left])').counts(3)
  expect(await listed(ada)).toEqual([
    'Bob, Cleo and 3 others joined',
    'Bob changed the topic: Ships',
    'Anyone here?',
    'Bob left · Bob joined',
  ])
  await ada.messages.log.focus()
  await ada.press('ArrowUp')
  await ada.part('.system summary:focus').reads('Bob left')
  await ada.press('Enter')
  await ada.part('details[open] li').shown()
  expect(await ada.parts('details[open] li').count()).toBe(2)
  await ada.press(' ')
  await ada.part('details[open]').gone()
  await ada.press('ArrowUp')
  expect(await ada.part(':focus').matches('.msg')).toBe(true)
  await ada.press('Home')
  await ada.press('Enter')
  await ada.part('details[open] li').reads('Bob, Cleo, Dan, Ewa and Fay joined')
  await ada.press('Enter')
  await ada.press('Escape')
})

test('a reload, and coming back after an interruption, show the same lines', async () => {
  const before = await listed(ada)
  await ada.reload()
  expect(await listed(ada)).toEqual(before)
  await mei.goto(addressOf(server.port, 'b', '/rooms'))
  await mei.evaluate(`fetch('/rooms/${room}/members', { method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })`)
  await mei.goto(addressOf(server.port, 'b', `/rooms/${room}`))
  await mei.connected()
  await lastLine(mei).reads('梅')
  expect(await listed(mei)).toEqual([
    'Bob、Cleo 和另外 3 人加入了房间',
    'Bob 修改了简介：Ships',
    'Anyone here?',
    'Bob 离开了房间 · Bob 和 梅 加入了房间',
  ])
})

test('a message after a line has its own head', async () => {
  await ada.send('first')
  await ada.sees('first')
  await ada.send('second')
  await ada.messages.row('second').becomes('.msg--follow')
  await ada.evaluate(`fetch('/rooms/${room}', { method: 'POST',
    body: new URLSearchParams({ topic: 'Boats' }) })`)
  await lastLine(ada).reads('Ada changed the topic: Boats')
  await ada.send('third')
  await ada.sees('third')
  expect(await ada.messages.row('third').matches('.msg--follow')).toBe(false)
  await ada.reload()
  expect(await ada.messages.row('third').matches('.msg--follow')).toBe(false)
})

test('a name in a line follows its person, and opens their card', async () => {
  await sendForm(server, bob.person, '/profile', { nickname: 'Robert', avatar: 'letter' })
  await ada.part('.system').reads('Robert, Cleo')
  await ada.part('.system [data-person]').press()
  await ada.panel.card.shown()
  expect(await ada.panel.dialog.text()).toContain('Robert')
  await ada.panel.close()
  expect(await ada.part('.system details').matches('[open]')).toBe(false)
})

test('a person hides who comes and goes, in all their tabs, and nothing is lost', async () => {
  const before = await listed(ada)
  await ada.panel.openRoomSettings()
  await ada.part('#panel input[type=checkbox][name=comings]').press()
  await ada.evaluate(`document.body.dataset.isOld = 'yes'`)
  await ada.part('#panel form:has([name=comings])').submit()
  await ada.waitFor(`document.body?.dataset.isOld === undefined`, 'the new page')
  await ada.connected()
  const hidden = await listed(ada)
  expect(hidden).toEqual(before.filter((line) => !/ (joined|left)/.test(line)))
  await join(await signIn(server, 'Gil'))
  await bob.socket.post(room, 'later', 'Later')
  await ada.sees('Later')
  expect(await listed(ada)).toEqual([...hidden, 'Later'])
  await ada.evaluate(`fetch('/rooms/${room}/notify', { method: 'POST',
    body: new URLSearchParams({ comings: 'yes' }) })`)
  await ada.waitFor(`document.querySelector('#timeline').dataset.comings !== 'false'`, 'lines')
  await ada.part('[data-kind=joined]').shown()
  // What was gathered meanwhile comes a moment later.
  await ada.waitFor(
    `[...document.querySelectorAll('.system')].some((line) => line.innerText.includes('and Gil'))`,
    'Gil',
  )
  const shown = await listed(ada)
  await ada.reload()
  expect(await listed(ada)).toEqual(shown)
})

test('on a phone a line is opened with a finger, and fits the screen', async () => {
  await mei.becomePhone()
  await mei.reload()
  await mei.evaluate(`document.querySelector('.system details').scrollIntoView()`)
  await mei.touch('.system summary time')
  await mei.part('.system details[open] li').shown()
  expect(await mei.evaluate('document.body.scrollWidth')).toBeLessThanOrEqual(390)
  const box = await mei.part('.system summary').ask((line) => line.getBoundingClientRect().height)
  expect(box).toBeGreaterThanOrEqual(24)
})

test('lines are accessible, folded and open, in both languages', async () => {
  for (const page of [ada, mei]) {
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = false))`)
    await expectAccessible(page)
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`)
    await expectAccessible(page)
  }
})

test('nothing went wrong on either page', () => expectNoProblems(ada, mei))

test('lines that were told while the server was away from a page are in their places', async () => {
  await ada.connected()
  await server.restart()
  // Nobody waits for the pages to come back.
  const late = await signIn(server, 'Zed')
  await join(late)
  await sendForm(server, late, `/rooms/${room}`, { topic: 'After the restart' })
  await sendForm(server, late, `/rooms/${room}/leave`)
  for (const page of [ada, mei]) {
    await page.waitFor(
      `[...document.querySelectorAll('.system')]
      .some(({ textContent }) => textContent.includes('After the restart'))`,
      'the topic',
      30_000,
    )
    await page.waitFor(
      `[...document.querySelectorAll('[data-kind=left]')].at(-1)
      .dataset.told.includes('Zed')`,
      'the last line',
      30_000,
    )
    const shown = await listed(page)
    await page.reload()
    expect(await listed(page)).toEqual(shown)
  }
})
