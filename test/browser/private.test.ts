import { afterAll, beforeAll, expect, test } from 'bun:test'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'
import type { Heard } from '../helpers/frames'
import { waitUntil } from '../helpers/wait'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage
let bob: Person
let spy: Awaited<ReturnType<typeof openSocket>>

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅 Mei', 'b', { language: 'zh-CN' })
  bob = await signIn(server, 'Bob')
  spy = await openSocket(server, bob)
  const everybody = `document.querySelectorAll('.person[data-state=online]').length === 3`
  await ada.waitFor(everybody, 'everybody')
})

afterAll(async () => {
  await spy.close()
  ada.close()
  mei.close()
  await server.dispose()
})

test('@ first in an empty message offers privacy, and only a choice makes it private', async () => {
  await ada.composer.add('@')
  await ada.part('#options.options--private:not([hidden])').shown()
  expect(await ada.composer.options.shownText()).toContain('Private message to')
  await ada.type('Me')
  await ada.press('Escape')
  expect(await ada.composer.field.value()).toBe('@Me')
  await ada.type('i is a nice name')
  await ada.press('Enter')
  await mei.sees('@Mei is a nice name')
  expect(await ada.composer.isPrivate()).toBe(false)
})

test('the private mode shows in four ways, and Enter sends to one person', async () => {
  await ada.composer.offer('＠m', '梅 Mei')
  await ada.press('Enter')
  await ada.composer.becomesPrivate()
  const look = await ada.evaluate<Record<string, string>>(`({
    chip: document.querySelector('#chip span').innerText,
    edge: getComputedStyle(document.querySelector('.slab')).borderTopStyle,
    placeholder: document.querySelector('#content').placeholder,
    button: document.querySelector('#send').innerText,
    value: document.querySelector('#content').value,
  })`)
  expect(look).toEqual({
    chip: 'Private to 梅 Mei',
    edge: 'dashed',
    placeholder: 'Private message to \u2068梅 Mei\u2069',
    button: 'Send privately to 梅 Mei',
    value: '',
  })
  await ada.type('The secret')
  await ada.press('Enter')
  await ada.row('The secret').shown()
  expect(await ada.composer.isPrivate()).toBe(false)
  await mei.messages.privateNotes.called('The secret').shown()
  const notes = [await ada.messages.privateNotes.shown(), await mei.messages.privateNotes.shown()]
  expect(notes).toMatchObject([
    [{ note: 'Private: only you and 梅 Mei' }],
    [{ note: '私信：仅你和 Ada 可见' }],
  ])
})

test('nobody else learns of it in any way', async () => {
  await ada.send('Public again')
  await spy.until((item) => item.type === 'message' && item.content === 'Public again', 'it')
  expect(JSON.stringify(spy.heard)).not.toContain('secret')
  const said = await history(server, bob, 1)
  expect(said.some(({ content }) => content.includes('secret'))).toBe(false)
  expect(said.at(-1)?.content).toBe('Public again')
})

test('a private message is in a conversation of its own and in the room', async () => {
  await mei.rail.directBadge.says('1')
  await mei.titleBegins('(1)')
  await mei.reload()
  expect(await mei.messages.privateNotes.shown()).toMatchObject([{ text: 'The secret' }])
  await mei.part('#direct-list a').press()
  await mei.sees('The secret')
  await mei.composer.becomesPrivate()
  await mei.rail.directBadge.gone()
  await mei.send('An answer')
  await ada.rail.directBadge.says('1')
})

test('a deleted private message leaves the room it was written in, too', async () => {
  const id = await ada.userId()
  const room = await openDirect(server, bob, id)
  const post = { type: 'message.post', room, client_id: 'oops', content: 'Oops', written_in: 1 }
  spy.send(post)
  await ada.messages.privateNotes.called('Oops').shown()
  const accepted = await spy.until(
    (item) => item.type === 'accepted' && item.client_id === 'oops',
    'the answer',
  )
  const seq = accepted.type === 'accepted' ? accepted.seq : 0
  spy.send({ type: 'message.delete', room, seq, client_id: 'oops-gone' })
  await ada.messages.privateNotes.called('Oops').gone()
})

test('a person who shares the screen can hide private messages in rooms', async () => {
  await ada.part('#hide-private-notes').press()
  expect(await ada.messages.privateNotes.countShown()).toBe(0)
  await ada.reload()
  expect(await ada.messages.privateNotes.countShown()).toBe(0)
  await ada.part('#hide-private-notes').press()
  expect(await ada.messages.privateNotes.countShown()).toBe(1)
})

test('a pinned mode stays, Backspace leaves it and keeps the text, a draft keeps it', async () => {
  await ada.composer.offer('@m', '梅 Mei')
  await ada.press('Tab')
  await ada.composer.becomesPrivate()
  await ada.click('#chip .chip__pin')
  await ada.send('first')
  expect(await ada.composer.isPrivate()).toBe(true)
  await ada.composer.add('second')
  await ada.keeps('second')
  await ada.reload()
  expect(await ada.composer.isPrivate()).toBe(true)
  await ada.composer.field.focus()
  await ada.composer.select(0)
  await ada.press('Backspace')
  expect(await ada.composer.isPrivate()).toBe(false)
  expect(await ada.composer.field.value()).toBe('second')
  await ada.composer.clear()
})

test('the composer says that somebody is offline, and the message waits for them', async () => {
  const carol = await signIn(server, 'Carol')
  await ada.reload()
  await ada.composer.offer('@Car', 'Carol')
  await ada.press('Enter')
  await ada.composer.becomesPrivate()
  expect(await ada.part('#chip span').shownText()).toContain(
    'Carol is offline and will see this later',
  )
  await ada.send('For later')
  await ada.row('For later').shown()
  const later = await openSocket(server, carol)
  const direct = later.hello.rooms.find(({ kind }) => kind === 'direct')
  expect(direct).toMatchObject({ unread: 1, mentions: 1, name: 'Ada' })
  expect(await history(server, carol, direct?.id ?? 0)).toMatchObject([
    { content: 'For later', recipient: { nickname: 'Carol' }, sender: { nickname: 'Ada' } },
  ])
  await later.close()
})

test('a click on a person offers both: a private conversation and a mention', async () => {
  await ada.panel.openCard('Bob')
  await ada.click('#panel [data-action=mention]')
  expect(await ada.composer.field.value()).toBe('@Bob ')
  await ada.composer.clear()
  await ada.panel.openCard('Bob')
  await ada.click('#panel .card form button')
  await ada.messages.list.becomes('[data-title=Bob]')
  await ada.composer.becomesPrivate()
  await ada.send('Just you')
  await spy.until((item) => item.type === 'message' && item.content === 'Just you', 'the message')
})

test('typing is shown to the room, and private typing to one person only', async () => {
  await mei.rail.open(1)
  spy.send({ type: 'typing', room: 1, active: true })
  await mei.typing.says('Bob 正在输入…')
  await ada.rail.open(1)
  await ada.composer.add('Something')
  await mei.typing.says('Bob 和 Ada 正在输入…')
  await ada.press('Enter')
  await waitUntil(async () => !(await mei.typing.text()).includes('Ada'), 'one to go')
  await mei.typing.becomes(':empty')
  const heard = spy.heard.length
  await ada.composer.offer('@m', '梅 Mei')
  await ada.press('Enter')
  await ada.composer.becomesPrivate()
  await ada.type('private words')
  // Typing is published in order: a later one comes after an earlier one.
  await mei.composer.add('public words')
  const isTyping = (item: Heard): boolean => item.type === 'typing' && item.active
  await spy.until((item) => isTyping(item) && spy.heard.indexOf(item) >= heard, 'the typing')
  const users = spy.heard
    .slice(heard)
    .flatMap((item) => (item.type === 'typing' && item.active ? item.user : []))
  expect(users).not.toContain(await ada.userId())
  await ada.press('Escape')
})

test('nothing was reported against the policy', () => {
  expectNoProblems(ada, mei)
})
