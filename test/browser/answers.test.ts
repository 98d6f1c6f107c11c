import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type ChatClient, type Person, openSocket, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { enter, expectAccessible, expectNoProblems, reload, rows, say, sees } from './people'
import { focusRow, menuOf, point, rowWith } from './message-tools'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage
let bob: Person
let script: ChatClient

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b', { language: 'zh-CN' })
  bob = await signIn(server, 'Bob')
  script = await openSocket(server, bob)
})

afterAll(async () => {
  await script.close()
  ada.close()
  mei.close()
  await server.dispose()
})

const quoteOf = (text: string): string => `${rowWith(text)}?.querySelector('.quote')`

test('an answer stands under one line of what it answers, at once and for everybody', async () => {
  await say(mei, 'Shall we **meet** at nine?\nBring the rope.')
  await sees(ada, 'Shall we meet at nine?\nBring the rope.')
  await point(ada, 'Shall we meet')
  await ada.click('#tools [data-tool=reply]')
  const line = `document.querySelector('#reply:not([hidden])')?.innerText`
  expect(await ada.evaluate<string>(line)).toContain('Replying to 梅')
  await say(ada, 'Yes, nine')
  const quoted = '梅 Shall we meet at nine? Bring the rope.'
  for (const page of [ada, mei]) {
    await sees(page, 'Yes, nine')
    expect(await page.evaluate<string>(`${quoteOf('Yes, nine')}.textContent`)).toBe(quoted)
  }
  expect(await ada.evaluate<boolean>(`document.querySelector('#reply').hidden`)).toBe(true)
  // Whom one answers is called, as if by name.
  await mei.waitFor(`${rowWith('Yes, nine')}.matches('.msg--mention')`, 'the call')
})

test('the line leads to what was answered, and says when its words change or go', async () => {
  await mei.evaluate(`${quoteOf('Yes, nine')}.click()`)
  const flash = `document.querySelector('.msg--flash')?.textContent.includes('Shall we')`
  await mei.waitFor(flash, 'the answered message')
  await mei.evaluate(`document.querySelector('#content').focus()`)
  await mei.press('ArrowUp')
  await mei.waitFor(`document.activeElement.className === 'editor'`, 'the editor')
  await mei.evaluate('document.activeElement.select()')
  await mei.type('Shall we meet at ten?')
  await mei.press('Enter')
  const words = `${quoteOf('Yes, nine')}.textContent`
  for (const page of [ada, mei]) {
    await page.waitFor(`${words} === '梅 Shall we meet at ten?'`, 'the new words')
  }
  await menuOf(mei, 'Shall we meet at ten?')
  await mei.click('#tools-menu [data-tool=delete]')
  await ada.waitFor(`${quoteOf('Yes, nine')}.matches('.quote--gone')`, 'the end of it', 15_000)
  await reload(ada)
  const said = `getComputedStyle(${quoteOf('Yes, nine')}, '::before').content`
  expect(await ada.evaluate<string>(said)).toContain('deleted')
  expect(await mei.evaluate<string>(said)).toContain('撤回')
})

test('an answer that is begun waits through a reload; Escape and Backspace leave it', async () => {
  await say(mei, 'Who has the key?')
  await sees(ada, 'Who has the key?')
  await focusRow(ada, 'Who has the key?')
  await ada.press('r')
  await ada.waitFor(`document.activeElement.id === 'content'`, 'the field')
  await ada.type('I do')
  await Bun.sleep(500)
  await reload(ada)
  const isOn = `!document.querySelector('#reply').hidden`
  expect(await ada.evaluate<boolean>(isOn)).toBe(true)
  await ada.press('Escape')
  expect(await ada.evaluate<boolean>(isOn)).toBe(false)
  expect(await ada.evaluate<string>(`document.querySelector('#content').value`)).toBe('I do')
  await focusRow(ada, 'Who has the key?')
  await ada.press('r')
  await ada.evaluate(`document.querySelector('#content').setSelectionRange(0, 0)`)
  await ada.press('Backspace')
  expect(await ada.evaluate<boolean>(isOn)).toBe(false)
  await ada.evaluate(`document.querySelector('#content').select()`)
  await ada.press('Delete')
})

test('the answer to a private message stays between the two', async () => {
  const me = Number(await ada.evaluate<string>('document.body.dataset.user'))
  const direct = await openDirect(server, bob, me)
  script.send({
    type: 'message.post',
    room: direct,
    client_id: 'secret',
    content: 'The cake is for Mei',
    written_in: 1,
  })
  await ada.waitFor(rowWith('The cake is for Mei'), 'the slip')
  await point(ada, 'The cake is for Mei')
  await ada.click('#tools [data-tool=reply]')
  const button = `document.querySelector('#send').innerText`
  expect(await ada.evaluate<string>(button)).toContain('Bob')
  await say(ada, 'I will be silent')
  const heard = await script.until(
    (item) => item.type === 'message' && item.content === 'I will be silent',
    'the answer',
  )
  expect(heard).toMatchObject({ room: direct, reply_to: 1 })
  const slip = `${rowWith('I will be silent')}?.closest('.private-note')?.querySelector('.quote')`
  await ada.waitFor(`${slip}?.textContent === 'Bob The cake is for Mei'`, 'the quoted slip')
  expect((await rows(mei)).some(({ text }) => text === 'I will be silent')).toBe(false)
})

test('answering what is gone is refused with a reason, and goes without quoting', async () => {
  const said = await script.post(1, 'vanish', 'Forget me')
  await sees(ada, 'Forget me')
  await point(ada, 'Forget me')
  await ada.click('#tools [data-tool=reply]')
  const seq = said.type === 'accepted' ? said.seq : 0
  // The page that answers has not heard of it yet.
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('But I saw it')
  script.send({ type: 'message.delete', room: 1, seq, client_id: 'vanish-2' })
  await script.until((item) => item.type === 'message.removed' && item.seq === seq, 'the end')
  await ada.press('Enter')
  await ada.waitFor(
    `document.querySelector('.msg--failed')?.innerText.includes('no longer exists')`,
    'it',
  )
  const isBare = `document.querySelector('.msg--failed .quote') === null`
  expect(await ada.evaluate<boolean>(isBare)).toBe(true)
  await ada.click('.msg--failed [data-action=retry]')
  await sees(mei, 'But I saw it')
})

test('the field with an answer begun, and rows with answers, are accessible', async () => {
  await point(ada, 'Who has the key?')
  await ada.click('#tools [data-tool=reply]')
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
