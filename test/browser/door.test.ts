import { afterAll, beforeAll, expect, test } from 'bun:test'
import { promote } from '../helpers/door'
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
let owner: ChatPage
const opened: ChatPage[] = []

beforeAll(async () => {
  server = await startServer()
  owner = await enter(server.port, 'Ada', 'a')
  opened.push(owner)
  await promote(server, { nickname: 'Ada', cookie: '' }, 'owner')
})

afterAll(async () => {
  // A refusal is one in the console, too.
  const isRefusal = (problem: string): boolean => /status of 4(22|04)/.test(problem)
  expectNoProblems(
    ...opened.map((page) => ({
      ...page,
      problems: page.problems.filter((one) => !isRefusal(one)),
    })),
  )
  for (const page of opened) page.close()
  await server.dispose()
})

const phone = { dark: false, width: 390, height: 844 }

/** A browser of its own, which opens an address. */
async function openBrowser(host: string, path = '/', language = 'en'): Promise<ChatPage> {
  const page = await openChatPage({ language })
  opened.push(page)
  await page.goto(addressOf(server.port, host, path))
  return page
}

async function administer(section: string): Promise<void> {
  await owner.goto(addressOf(server.port, 'a', `/admin/${section}`))
}

/** Sets the door with the keyboard. */
async function setDoorTo(mode: string, password = ''): Promise<void> {
  await administer('door')
  await owner.part(`#door-settings [value=${mode}]`).focus()
  await owner.press(' ')
  if (password !== '') {
    await owner.part('#door-settings [name=password]').focus()
    await owner.type(password)
  }
  await owner.part('#door-settings button').focus()
  await owner.press('Enter')
  await owner.part('[role=status]').reads('Saved.')
  expect(await owner.part(`#door-settings [value=${mode}]`).matches(':checked')).toBe(true)
}

test('a password that was typed stays while the name is mended, and comes in', async () => {
  await setDoorTo('password', 'kangaroo')
  await expectAccessible(owner)
  const page = await openBrowser('b')
  await page.emulate(phone)
  await page.part('#sign-in-lead').reads('the password of this server')
  await page.nickname.focus()
  await page.type('Ada')
  await page.press('Tab')
  await page.part('#door-password').focused()
  await page.type('wallaby12')
  await page.press('Enter')
  await page.part('#door-problem').reads('This is not the password')
  await expectAccessible(page)
  await page.emulate(phone)
  await page.part('#door-password').focused()
  await page.part('#door-password').holds('')
  await page.type('kangaroo')
  await page.press('Enter')
  // Only now is the name looked at.
  await page.part('#nickname-problem').reads('is taken')
  await page.part('#door-password').holds('kangaroo')
  await page.part('#nickname').select()
  await page.type('Ben')
  await page.press('Enter')
  await page.connected()
})

test('in Chinese a newcomer asks, and is let in from the page of a room', async () => {
  await setDoorTo('ask')
  await owner.goto(addressOf(server.port, 'a'))
  await owner.connected()
  const page = await openBrowser('c', '/', 'zh')
  await page.emulate(phone)
  await page.nickname.focus()
  await page.type('小明')
  await page.press('Tab')
  await page.part('#door-line').focused()
  await page.type('三班的小明')
  await expectAccessible(page)
  await page.emulate(phone)
  await page.press('Enter')
  await page.part('#at-door').reads('正在等待批准')
  await expectAccessible(page)
  await page.emulate(phone)
  await owner.part('#door').reads('小明 wants to come in.')
  await owner.part('#door').reads('三班的小明')
  await expectAccessible(owner)
  await owner.emulate({ dark: false, width: 1280, height: 800 })
  await owner.part('#door button[value=in]').focus()
  await owner.press('Enter')
  await owner.part('#door').becomes(':empty')
  await page.connected()
})

test('somebody who is refused is told, and may ask again', async () => {
  const page = await openBrowser('d')
  await page.nickname.focus()
  await page.type('Dan')
  await page.press('Enter')
  await page.part('#at-door').reads('You are at the door')
  await administer('door')
  await owner.part('#requests button[value=out]').focus()
  await owner.press('Enter')
  await owner.part('#requests').reads('Nobody waits at the door.')
  await page.part('#at-door').reads('You were not let in')
  await expectAccessible(page)
  await page.part('#at-door a').press()
  await page.nickname.shown()
})

test('a link that is made in the page brings somebody in, and is revoked there', async () => {
  await setDoorTo('links')
  await administer('invitations')
  await owner.part('#make-link [name=uses]').focus()
  await owner.type('Any')
  await owner.part('#make-link button').focus()
  await owner.press('Enter')
  await owner.part('#new-link .qr').shown()
  await expectAccessible(owner)
  const { pathname } = new URL(await owner.part('#new-link input').value())
  const page = await openBrowser('e', pathname)
  await page.part('#sign-in-lead').reads('Ada invites you.')
  await expectAccessible(page)
  await page.nickname.focus()
  await page.type('Eve')
  await page.press('Enter')
  await page.connected()
  await owner.part('#found button').focus()
  await owner.press('Enter')
  await owner.part('#found').reads('There are no links.')
  const late = await openBrowser('f', pathname)
  await late.part('main').reads('This invitation does not work, or not any more.')
  await late.goto(addressOf(server.port, 'f'))
  await late.part('#sign-in-lead').reads('You need an invitation')
  await expectAccessible(late)
})

test('the page for the projector shows a code, which is typed at the door', async () => {
  await setDoorTo('links')
  await owner.goto(addressOf(server.port, 'a', '/join'))
  await owner.part('#door-code').shown()
  await expectAccessible(owner)
  const code = (await owner.part('#door-code').text()).trim()
  const page = await openBrowser('g')
  await page.emulate(phone)
  await page.nickname.focus()
  await page.type('Gus')
  await page.press('Tab')
  await page.part('#invitation').focused()
  await page.type('aaa-aaa')
  await page.press('Enter')
  await page.part('#door-problem').reads('This invitation does not work')
  await page.part('#invitation').focused()
  await page.part('#invitation').select()
  await page.type(code.toLowerCase())
  await page.part('#invitation').holds(code.toLowerCase())
  await page.press('Enter')
  await page.connected()
  const stranger = await openBrowser('h', '/join')
  await stranger.part('#here').shown()
  expect(await stranger.part('#door-code').isThere()).toBe(false)
})
