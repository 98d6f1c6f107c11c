import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { focusRow, longPress, menuOf, point, rowWith } from './message-tools'
import { enter, expectAccessible, expectNoProblems, reload, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage
let bob: ChatClient

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
  bob = await openSocket(server, await signIn(server, 'Bob'))
  await say(mei, 'It is done!')
  await sees(ada, 'It is done!')
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

async function expectChips(page: BrowserPage, wanted: string): Promise<void> {
  await page.waitFor(`${chips} === ${JSON.stringify(wanted)}`, `the reactions ${wanted}`)
}

test('with the mouse: the toolbar, one of six, and everybody sees it', async () => {
  await point(ada, 'It is done!')
  await ada.click('#tools [data-tool=react]')
  await ada.click('#tools-menu [data-quick="🎉"]')
  // At once, before any answer.
  expect(await ada.evaluate<string>(chips)).toBe('🎉1!')
  await expectChips(mei, '🎉1')
})

test('a press on it joins in, another takes it back, and whose they are is said', async () => {
  await mei.click('.reaction')
  await expectChips(mei, '🎉2!')
  await expectChips(ada, '🎉2!')
  const who = `document.querySelector('.reaction__who').textContent`
  await ada.waitFor(`${who} === 'Ada, 梅'`, 'the names')
  await ada.evaluate(`document.querySelector('.reaction').focus()`)
  await ada.click('.reaction')
  await expectChips(ada, '🎉1')
  await expectChips(mei, '🎉1!')
  await reload(ada)
  await expectChips(ada, '🎉1')
})

test('by keyboard alone: to the message, plus, arrows, Enter; Escape returns', async () => {
  await focusRow(ada, 'It is done!')
  await ada.press('+')
  await ada.waitFor(`document.activeElement.dataset.quick === '👍'`, 'the first emoji')
  await ada.press('ArrowRight')
  await ada.press('Enter')
  await expectChips(ada, '🎉1,❤️1!')
  await expectChips(mei, '🎉1!,❤️1')
  await focusRow(ada, 'It is done!')
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('#tools-menu:popover-open')`, 'the menu')
  await ada.press('Escape')
  await ada.waitFor(`document.activeElement === ${rowWith('It is done!')}`, 'the message again')
  await ada.press('Escape')
  expect(await ada.evaluate<string>('document.activeElement.id')).toBe('content')
  // Letters go into the field again, and do nothing to messages.
  await ada.type('er+')
  expect(await ada.evaluate<string>(`document.querySelector('#content').value`)).toBe('er+')
  await ada.evaluate(`document.querySelector('#content').select()`)
  await ada.press('Delete')
})

test('any other emoji is in the panel, which opens at the message', async () => {
  await menuOf(ada, 'It is done!')
  await ada.click('#tools-menu [data-tool=emoji]')
  await ada.waitFor(`document.activeElement.id === 'emoji-search'`, 'the panel')
  await ada.type('rocket')
  await ada.waitFor(`document.querySelector('#emoji [role=gridcell]')`, 'the rocket')
  await ada.press('Enter')
  await ada.waitFor(`${chips}.includes('🚀1!')`, 'the rocket at the message')
  await mei.waitFor(`${chips}.includes('🚀1')`, 'the rocket for the others')
  await ada.waitFor(`document.activeElement === ${rowWith('It is done!')}`, 'the message again')
  await ada.press('+')
  await ada.press('Escape')
  await ada.evaluate(`document.querySelector('[data-emoji="🚀"]').click()`)
  await expectChips(mei, '🎉1!,❤️1')
})

test('a reaction that is refused is not left on the page', async () => {
  const said = await bob.post(1, 'soon-gone', 'Soon gone')
  await sees(ada, 'Soon gone')
  // The page does not hear that it is gone: as when both happen in one moment.
  const seq = said.type === 'accepted' ? said.seq : 0
  await ada.evaluate(`(${rowWith('Soon gone')}.dataset.seq = '${seq + 500}', 1)`)
  await point(ada, 'Soon gone')
  await ada.click('#tools [data-tool=react]')
  await ada.click('#tools-menu [data-quick="👀"]')
  await ada.waitFor(
    `document.querySelector('#toast')?.textContent.includes('does not exist')`,
    'why',
  )
  expect(
    await ada.evaluate<boolean>(`${rowWith('Soon gone')}.querySelector('.reaction') === null`),
  ).toBe(true)
  await ada.evaluate(`(${rowWith('Soon gone')}.dataset.seq = '${seq}', 1)`)
})

test('on a phone a long press opens a sheet, without selecting text or sending', async () => {
  await mei.cdp('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 1 })
  await mei.emulate({ width: 390, height: 844 })
  await longPress(mei, 'Soon gone')
  await mei.waitFor(`document.querySelector('#tools-menu:popover-open')`, 'the sheet')
  expect(await mei.evaluate<boolean>('getSelection().isCollapsed')).toBe(true)
  const bottom = `document.querySelector('#tools-menu').getBoundingClientRect().bottom`
  await mei.waitFor(`Math.abs(innerHeight - ${bottom}) < 2`, 'it to stand at the lower edge')
  await expectAccessible(mei)
  await mei.emulate({ width: 390, height: 844 })
  await mei.click('#tools-menu [data-quick="😂"]')
  await ada.waitFor(`${rowWith('Soon gone')}.querySelector('[data-emoji="😂"]')`, 'the laughter')
  await longPress(mei, 'Soon gone')
  await mei.waitFor(`document.querySelector('#tools-menu:popover-open')`, 'the sheet')
  await mei.click('#tools-menu [data-tool=reply]')
  expect(await mei.evaluate<boolean>(`!document.querySelector('#reply').hidden`)).toBe(true)
  await mei.evaluate(`document.querySelector('#reply button').click()`)
  await mei.cdp('Emulation.setTouchEmulationEnabled', { enabled: false })
  await mei.emulate({ width: 1280, height: 800 })
})

test('text and link are copied on plain HTTP, too', async () => {
  await ada.evaluate(`addEventListener('copy', (event) => { window.copiedText =
    document.activeElement.value }, { capture: true })`)
  await menuOf(ada, 'It is done!')
  await ada.click('#tools-menu [data-tool=copy]')
  expect(await ada.evaluate<string>('copiedText')).toBe('It is done!')
  await bob.post(1, 'code', '```js\nlet a = 1\n```')
  await ada.waitFor(`document.querySelector('.copy-code')`, 'the button at the code')
  await ada.evaluate(`document.querySelector('.copy-code').click()`)
  await ada.waitFor(`copiedText === 'let a = 1'`, 'the code')
  await menuOf(ada, 'It is done!')
  await ada.click('#tools-menu [data-tool=link]')
  const url = await ada.evaluate<string>('copiedText')
  expect(new URL(url).pathname).toBe('/rooms/1/messages/1')
})

test('unread from here: the line stands there, the count stays until one comes back', async () => {
  await bob.post(1, 'later-1', 'Read me later')
  await bob.post(1, 'later-2', 'And me')
  await sees(ada, 'And me')
  await Bun.sleep(1_500)
  await menuOf(ada, 'Read me later')
  await ada.click('#tools-menu [data-tool=unread]')
  const next = `document.querySelector('#new-line')?.nextElementSibling`
  await ada.waitFor(`${next} === ${rowWith('Read me later')}`, 'the line')
  await ada.waitFor(`document.querySelector('#room-1.unread')`, 'the bold name')
  await Bun.sleep(1_500)
  expect(await ada.evaluate<boolean>(`document.querySelector('#room-1.unread') !== null`)).toBe(
    true,
  )
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.press('Escape')
  await ada.waitFor(`!document.querySelector('#room-1.unread')`, 'the plain name')
})

test('menus and reactions are accessible', async () => {
  await menuOf(ada, 'It is done!')
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
