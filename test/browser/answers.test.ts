import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, type Person, openSocket, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
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

test('a reply stands under one line of its message, at once and for everybody', async () => {
  await mei.send('Shall we **meet** at nine?\nBring the rope.')
  await ada.sees('Shall we meet at nine?\nBring the rope.')
  await ada.row('Shall we meet').reply()
  await ada.composer.reply.reads('Replying to 梅')
  await ada.send('Yes, nine')
  const quoted = '梅 Shall we meet at nine? Bring the rope.'
  for (const page of [ada, mei]) {
    await page.sees('Yes, nine')
    expect(await page.row('Yes, nine').quote.text()).toBe(quoted)
  }
  expect(await ada.composer.reply.isShown()).toBe(false)
  // Whom one answers is called, as if by name.
  await mei.row('Yes, nine').becomes('.msg--mention')
})

test('a quote leads to its message, and follows its edit and its deletion', async () => {
  await mei.row('Yes, nine').quote.press()
  await mei.part('.msg--flash').reads('Shall we')
  await mei.composer.field.focus()
  await mei.press('ArrowUp')
  await mei.messages.editor.focused()
  await mei.messages.editor.select()
  await mei.type('Shall we meet at ten?')
  await mei.press('Enter')
  for (const page of [ada, mei]) {
    await page.row('Yes, nine').quote.reads('梅 Shall we meet at ten?')
  }
  await mei.row('Shall we meet at ten?').openMenu()
  await mei.click(mei.messages.menuTool('delete'))
  // Whoever leaves the page undoes it no more.
  await mei.part('#undo button').shown()
  await mei.reload()
  await ada.row('Yes, nine').quote.becomes('.quote--gone')
  await ada.reload()
  const said = (page: ChatPage): Promise<string> =>
    page.row('Yes, nine').quote.ask((quote) => getComputedStyle(quote, '::before').content)
  expect(await said(ada)).toContain('deleted')
  expect(await said(mei)).toContain('撤回')
})

test('a begun reply survives a reload; Escape and Backspace leave it', async () => {
  await mei.send('Who has the key?')
  await ada.sees('Who has the key?')
  await ada.row('Who has the key?').reach()
  await ada.press('r')
  await ada.composer.field.focused()
  await ada.type('I do')
  await ada.keeps('I do')
  await ada.reload()
  expect(await ada.composer.reply.isShown()).toBe(true)
  await ada.press('Escape')
  expect(await ada.composer.reply.isShown()).toBe(false)
  expect(await ada.composer.field.value()).toBe('I do')
  await ada.row('Who has the key?').reach()
  await ada.press('r')
  await ada.composer.select(0)
  await ada.press('Backspace')
  expect(await ada.composer.reply.isShown()).toBe(false)
  await ada.composer.clear()
})

test('a reply to a private message stays between the two', async () => {
  const me = await ada.userId()
  const direct = await openDirect(server, bob, me)
  script.send({
    type: 'message.post',
    room: direct,
    client_id: 'secret',
    content: 'The cake is for Mei',
    written_in: 1,
  })
  await ada.row('The cake is for Mei').shown()
  await ada.row('The cake is for Mei').reply()
  expect(await ada.composer.sendButton.shownText()).toContain('Bob')
  await ada.send('I will be silent')
  const heard = await script.until(
    (item) => item.type === 'message' && item.content === 'I will be silent',
    'the answer',
  )
  expect(heard).toMatchObject({ room: direct, reply_to: 1 })
  const note = ada.messages.privateNotes.called('I will be silent')
  await note.part('.quote').reads('Bob The cake is for Mei')
  expect((await mei.rows()).some(({ text }) => text === 'I will be silent')).toBe(false)
})

test('a reply to a deleted message is refused, and goes without a quote', async () => {
  const said = await script.post(1, 'vanish', 'Forget me')
  await ada.sees('Forget me')
  await ada.row('Forget me').reply()
  const seq = said.type === 'accepted' ? said.seq : 0
  // The page that answers has not heard of it yet.
  await ada.composer.add('But I saw it')
  script.send({ type: 'message.delete', room: 1, seq, client_id: 'vanish-2' })
  await script.until((item) => item.type === 'message.removed' && item.seq === seq, 'the end')
  await ada.press('Enter')
  await ada.messages.failed.reads('no longer exists')
  expect(await ada.part('.msg--failed .quote').isThere()).toBe(false)
  await ada.click('.msg--failed [data-action=retry]')
  await mei.sees('But I saw it')
})

test('the composer with a reply begun, and rows with quotes, are accessible', async () => {
  await ada.row('Who has the key?').reply()
  await expectAccessible(ada)
})

test('nothing was reported against the policy', () => expectNoProblems(ada, mei))
