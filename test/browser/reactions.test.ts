import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'
import { rowWith } from './pages/messages'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let bob: ChatClient

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
  bob = await openSocket(server, await signIn(server, 'Bob'))
  await mei.send('It is done!')
  await ada.sees('It is done!')
})

afterAll(async () => {
  await bob.close()
  ada.close()
  mei.close()
  await server.dispose()
})

const chips = `[...document.querySelectorAll('.reaction')].map((chip) =>
  chip.dataset.emoji + chip.querySelector('span').textContent +
  (chip.getAttribute('aria-pressed') === 'true' ? '!' : '')).join()`

async function expectChips(page: ChatPage, wanted: string): Promise<void> {
  await page.waitFor(`${chips} === ${JSON.stringify(wanted)}`, `the reactions ${wanted}`)
}

test('with the mouse: the toolbar, one of six, and everybody sees it', async () => {
  await ada.row('It is done!').openTools()
  await ada.click(ada.messages.tool('react'))
  await ada.click(ada.messages.quickReaction('🎉'))
  // At once, before any answer.
  expect(await ada.evaluate<string>(chips)).toBe('🎉1!')
  await expectChips(mei, '🎉1')
})

test('a press on a reaction joins in, another takes it back, and names are shown', async () => {
  await mei.click('.reaction')
  await expectChips(mei, '🎉2!')
  await expectChips(ada, '🎉2!')
  await ada.part('.reaction__who').says('Ada, 梅')
  await ada.part('.reaction').focus()
  await ada.click('.reaction')
  await expectChips(ada, '🎉1')
  await expectChips(mei, '🎉1!')
  await ada.reload()
  await expectChips(ada, '🎉1')
})

test('by keyboard alone: to the message, plus, arrows, Enter; Escape returns', async () => {
  await ada.row('It is done!').reach()
  await ada.press('+')
  await ada.part('[data-quick="👍"]').focused()
  await ada.press('ArrowRight')
  await ada.press('Enter')
  await expectChips(ada, '🎉1,❤️1!')
  await expectChips(mei, '🎉1!,❤️1')
  await ada.row('It is done!').reach()
  await ada.press('Enter')
  await ada.messages.menu.shown()
  await ada.press('Escape')
  await ada.row('It is done!').focused()
  await ada.press('Escape')
  expect(await ada.focusedId()).toBe('content')
  // Letters go into the field again, and do nothing to messages.
  await ada.type('er+')
  expect(await ada.composer.field.value()).toBe('er+')
  await ada.composer.clear()
})

test('any other emoji is in the panel, which opens at the message', async () => {
  await ada.row('It is done!').openMenu()
  await ada.click(ada.messages.menuTool('emoji'))
  await ada.emoji.search.focused()
  await ada.type('rocket')
  await ada.part('#emoji-found [role=option]').shown()
  await ada.press('Enter')
  await ada.waitFor(`${chips}.includes('🚀1!')`, 'the rocket at the message')
  await mei.waitFor(`${chips}.includes('🚀1')`, 'the rocket for the others')
  await ada.row('It is done!').focused()
  await ada.press('+')
  await ada.press('Escape')
  await ada.part('[data-emoji="🚀"]').press()
  await expectChips(mei, '🎉1!,❤️1')
})

test('a reaction that is refused is not left on the page', async () => {
  const said = await bob.post(1, 'soon-gone', 'Soon gone')
  await ada.sees('Soon gone')
  // The page does not hear that it is gone: as when both happen in one moment.
  const seq = said.type === 'accepted' ? said.seq : 0
  await ada.evaluate(`(${rowWith('Soon gone')}.dataset.seq = '${seq + 500}', 1)`)
  await ada.row('Soon gone').openTools()
  await ada.click(ada.messages.tool('react'))
  await ada.click(ada.messages.quickReaction('👀'))
  await ada.toast.reads('does not exist')
  expect(await ada.row('Soon gone').part('.reaction').isThere()).toBe(false)
  await ada.evaluate(`(${rowWith('Soon gone')}.dataset.seq = '${seq}', 1)`)
})

test('on a phone a long press opens a sheet, without selecting text or sending', async () => {
  await mei.cdp('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 1 })
  await mei.emulate({ width: 390, height: 844 })
  await mei.row('Soon gone').hold()
  await mei.messages.menu.shown()
  expect(await mei.evaluate<boolean>('getSelection().isCollapsed')).toBe(true)
  const bottom = `document.querySelector('#tools-menu').getBoundingClientRect().bottom`
  await mei.waitFor(`Math.abs(innerHeight - ${bottom}) < 2`, 'it to stand at the lower edge')
  await expectAccessible(mei)
  await mei.emulate({ width: 390, height: 844 })
  await mei.click(mei.messages.quickReaction('😂'))
  await ada.row('Soon gone').part('[data-emoji="😂"]').shown()
  await mei.row('Soon gone').hold()
  await mei.messages.menu.shown()
  await mei.click(mei.messages.menuTool('reply'))
  expect(await mei.composer.reply.isShown()).toBe(true)
  await mei.part('#reply button').press()
  await mei.cdp('Emulation.setTouchEmulationEnabled', { enabled: false })
  await mei.emulate({ width: 1280, height: 800 })
})

test('text and link are copied on plain HTTP, too', async () => {
  await ada.evaluate(`addEventListener('copy', (event) => { window.copiedText =
    document.activeElement.value }, { capture: true })`)
  await ada.row('It is done!').openMenu()
  await ada.click(ada.messages.menuTool('copy'))
  expect(await ada.evaluate<string>('copiedText')).toBe('It is done!')
  await bob.post(1, 'code', '```js\nlet a = 1\n```')
  await ada.part('.copy-code').shown()
  await ada.part('.copy-code').press()
  await ada.waitFor(`copiedText === 'let a = 1'`, 'the code')
  await ada.row('It is done!').openMenu()
  await ada.click(ada.messages.menuTool('link'))
  const url = await ada.evaluate<string>('copiedText')
  expect(new URL(url).pathname).toBe('/rooms/1/messages/1')
})

test('Mark unread puts the line there, and the count stays until one comes back', async () => {
  await bob.post(1, 'later-1', 'Read me later')
  await bob.post(1, 'later-2', 'And me')
  await ada.sees('And me')
  await ada.hasRead(1)
  await ada.row('Read me later').openMenu()
  await ada.click(ada.messages.menuTool('unread'))
  const next = `document.querySelector('#new-line')?.nextElementSibling`
  await ada.waitFor(`${next} === ${rowWith('Read me later')}`, 'the line')
  await ada.part('#room-1.unread').shown()
  // Longer than it takes to count as read.
  await Bun.sleep(1_500)
  expect(await ada.part('#room-1.unread').isThere()).toBe(true)
  await ada.composer.field.focus()
  await ada.press('Escape')
  await ada.part('#room-1.unread').gone()
})

test('menus and reactions are accessible', async () => {
  await ada.row('It is done!').openMenu()
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
