import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { history, openSocket, type Person, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { enter, expectNoProblems, reload, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage
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

const slips = `[...document.querySelectorAll('#timeline > .private-note')].map((slip) => ({
  note: slip.querySelector('.private-note__label').innerText.trim(),
  text: slip.querySelector('.msg__body').textContent,
  isPending: slip.querySelector('.msg--pending') !== null,
}))`

const field = `document.querySelector('#content')`
const isPrivate = `document.querySelector('#composer').classList.contains('compose--private')`

async function type(page: BrowserPage, text: string): Promise<void> {
  await page.evaluate(`${field}.focus()`)
  await page.type(text)
}

test('@ first in an empty message offers privacy, and only a choice makes it private', async () => {
  await type(ada, '@')
  await ada.waitFor(`document.querySelector('#options.options--private:not([hidden])')`, 'the list')
  expect(await ada.evaluate<string>(`document.querySelector('#options').innerText`)).toContain(
    'Private message to',
  )
  await ada.type('Me')
  await ada.press('Escape')
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('@Me')
  await ada.type('i is a nice name')
  await ada.press('Enter')
  await sees(mei, '@Mei is a nice name')
  expect(await ada.evaluate<boolean>(isPrivate)).toBe(false)
})

test('after the choice the field says so in four ways, and Enter sends to one person', async () => {
  await type(ada, '＠m')
  await ada.waitFor(
    `document.querySelector('#options:not([hidden]) bdi')?.textContent === '梅 Mei'`,
    'Mei',
  )
  await ada.press('Enter')
  await ada.waitFor(isPrivate, 'the private mode')
  const look = await ada.evaluate<Record<string, string>>(`({
    chip: document.querySelector('#chip span').innerText,
    edge: getComputedStyle(document.querySelector('.slab')).borderTopStyle,
    placeholder: ${field}.placeholder,
    button: document.querySelector('#send').innerText,
    value: ${field}.value,
  })`)
  expect(look).toEqual({
    chip: 'Private to 梅 Mei',
    edge: 'dashed',
    placeholder: 'Private message to 梅 Mei',
    button: 'Send privately to 梅 Mei',
    value: '',
  })
  await ada.type('The secret')
  await ada.press('Enter')
  await ada.waitFor(`${slips}.some((slip) => slip.text === 'The secret' && !slip.isPending)`, 'it')
  expect(await ada.evaluate<boolean>(isPrivate)).toBe(false)
  await mei.waitFor(`${slips}.some((slip) => slip.text === 'The secret')`, 'the slip at Mei')
  const notes = [await ada.evaluate(slips), await mei.evaluate(slips)]
  expect(notes).toMatchObject([
    [{ note: 'Private: only you and 梅 Mei' }],
    [{ note: '私信：仅你和 Ada 可见' }],
  ])
})

test('nobody else hears of it, in any way', async () => {
  await say(ada, 'Public again')
  await spy.until((item) => item.type === 'message' && item.content === 'Public again', 'it')
  expect(JSON.stringify(spy.heard)).not.toContain('secret')
  const said = await history(server, bob, 1)
  expect(said.some(({ content }) => content.includes('secret'))).toBe(false)
  expect(said.at(-1)?.content).toBe('Public again')
})

test('it lies in a conversation of its own, and stays where it was written', async () => {
  const number = `document.querySelector('#direct-list .badge:not([hidden])')?.textContent`
  await mei.waitFor(`${number} === '1'`, 'the number')
  await mei.waitFor(`document.title.startsWith('(1)')`, 'the number in the title')
  await reload(mei)
  expect(await mei.evaluate(slips)).toMatchObject([{ text: 'The secret' }])
  await mei.evaluate(`document.querySelector('#direct-list a').click()`)
  await sees(mei, 'The secret')
  expect(await mei.evaluate<boolean>(isPrivate)).toBe(true)
  await mei.waitFor(`${number} === undefined`, 'the number to go')
  await say(mei, 'An answer')
  await ada.waitFor(
    `document.querySelector('#direct-list .badge:not([hidden])')?.textContent === '1'`,
    'the answer’s number',
  )
})

test('a private message that is taken back leaves the room it was written in, too', async () => {
  const id = Number(await ada.evaluate<string>('document.body.dataset.user'))
  const room = await openDirect(server, bob, id)
  const post = { type: 'message.post', room, client_id: 'oops', content: 'Oops', written_in: 1 }
  spy.send(post)
  const said = `${slips}.some((slip) => slip.text === 'Oops')`
  await ada.waitFor(said, 'the slip')
  const accepted = await spy.until(
    (item) => item.type === 'accepted' && item.client_id === 'oops',
    'the answer',
  )
  const seq = accepted.type === 'accepted' ? accepted.seq : 0
  spy.send({ type: 'message.delete', room, seq, client_id: 'oops-gone' })
  await ada.waitFor(`!${said}`, 'the slip to go')
})

test('whoever shows the screen to others hides private messages in rooms', async () => {
  const shown = `[...document.querySelectorAll('.private-note')]
    .filter((slip) => slip.offsetHeight > 0).length`
  await ada.evaluate(`document.querySelector('#hide-private-notes').click()`)
  expect(await ada.evaluate<number>(shown)).toBe(0)
  await reload(ada)
  expect(await ada.evaluate<number>(shown)).toBe(0)
  await ada.evaluate(`document.querySelector('#hide-private-notes').click()`)
  expect(await ada.evaluate<number>(shown)).toBe(1)
})

test('a pinned mode stays, Backspace leaves it and keeps the text, a draft keeps it', async () => {
  await type(ada, '@m')
  await ada.waitFor(
    `document.querySelector('#options:not([hidden]) bdi')?.textContent === '梅 Mei'`,
    'Mei',
  )
  await ada.press('Tab')
  await ada.waitFor(isPrivate, 'the private mode')
  await ada.click('#chip .chip__pin')
  await say(ada, 'first')
  expect(await ada.evaluate<boolean>(isPrivate)).toBe(true)
  await type(ada, 'second')
  await Bun.sleep(500)
  await reload(ada)
  expect(await ada.evaluate<boolean>(isPrivate)).toBe(true)
  await ada.evaluate(`${field}.focus(), ${field}.setSelectionRange(0, 0)`)
  await ada.press('Backspace')
  expect(await ada.evaluate<boolean>(isPrivate)).toBe(false)
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('second')
  await ada.evaluate(`${field}.select()`)
  await ada.press('Delete')
})

test('whoever is not here is told of before anything is sent, and it waits for them', async () => {
  const carol = await signIn(server, 'Carol')
  await reload(ada)
  await type(ada, '@Car')
  await ada.waitFor(
    `document.querySelector('#options:not([hidden]) bdi')?.textContent === 'Carol'`,
    'Carol',
  )
  await ada.press('Enter')
  await ada.waitFor(isPrivate, 'the private mode')
  expect(await ada.evaluate<string>(`document.querySelector('#chip span').innerText`)).toContain(
    'Carol is offline and will see this later',
  )
  await say(ada, 'For later')
  await ada.waitFor(`${slips}.some((slip) => slip.text === 'For later' && !slip.isPending)`, 'it')
  const later = await openSocket(server, carol)
  const direct = later.hello.rooms.find(({ kind }) => kind === 'direct')
  expect(direct).toMatchObject({ unread: 1, mentions: 1, name: 'Ada' })
  expect(await history(server, carol, direct?.id ?? 0)).toMatchObject([
    { content: 'For later', recipient: { nickname: 'Carol' }, sender: { nickname: 'Ada' } },
  ])
  await later.close()
})

test('a click on a person offers both: a private conversation and a mention', async () => {
  await ada.evaluate(`document.querySelector('.person[data-name="Bob"] button').click()`)
  await ada.waitFor(`document.querySelector('#panel[open] .card')`, 'the card')
  await ada.click('#panel [data-action=mention]')
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('@Bob ')
  await ada.evaluate(`${field}.select()`)
  await ada.press('Delete')
  await ada.evaluate(`document.querySelector('.person[data-name="Bob"] button').click()`)
  await ada.waitFor(`document.querySelector('#panel[open] .card form')`, 'the card')
  await ada.click('#panel .card form button')
  await ada.waitFor(`document.querySelector('#timeline').dataset.title === 'Bob'`, 'the room')
  await say(ada, 'Just you')
  await spy.until((item) => item.type === 'message' && item.content === 'Just you', 'the message')
})

test('who is writing is shown in its line, privately to one person only', async () => {
  await mei.evaluate(`document.querySelector('#room-1').click()`)
  await mei.waitFor(`document.querySelector('#timeline').dataset.room === '1'`, 'general')
  spy.send({ type: 'typing', room: 1, active: true })
  const line = `document.querySelector('#typing').textContent`
  await mei.waitFor(`${line} === 'Bob 正在输入…'`, 'the line')
  await ada.evaluate(`document.querySelector('#room-1').click()`)
  await ada.waitFor(`document.querySelector('#timeline').dataset.room === '1'`, 'general')
  await type(ada, 'Something')
  await mei.waitFor(`${line} === 'Bob 和 Ada 正在输入…'`, 'two names')
  await ada.press('Enter')
  await mei.waitFor(`${line} === 'Bob 正在输入…' || ${line} === ''`, 'one to go')
  await mei.waitFor(`${line} === ''`, 'both to be forgotten', 10_000)
  const heard = spy.heard.length
  await type(ada, '@m')
  await ada.waitFor(
    `document.querySelector('#options:not([hidden]) bdi')?.textContent === '梅 Mei'`,
    'Mei',
  )
  await ada.press('Enter')
  await ada.waitFor(isPrivate, 'the private mode')
  await ada.type('private words')
  await Bun.sleep(600)
  const typing = spy.heard.slice(heard).filter((item) => item.type === 'typing' && item.active)
  expect(typing).toEqual([])
  await ada.press('Escape')
})

test('nothing was reported against the policy', () => {
  expectNoProblems(ada, mei)
})
