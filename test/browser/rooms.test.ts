import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, connected, enter, expectNoProblems, rows, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: BrowserPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b')
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

const inRoom = (title: string): string =>
  `document.querySelector('#timeline').dataset.title === ${JSON.stringify(title)} &&
   document.querySelector('#rooms [aria-current]')?.id ===
     'room-' + document.querySelector('#timeline').dataset.room`

const badge = (room: string): string => `(() => {
  const link = [...document.querySelectorAll('#rooms .item')]
    .find((item) => item.querySelector('bdi').textContent === ${JSON.stringify(room)})
  if (link === undefined) return null
  const badge = link.querySelector('.badge')
  const number = badge.hidden ? '' : badge.textContent
  return { isBold: link.classList.contains('unread'), number }
})()`

async function makeRoom(page: BrowserPage, name: string, kind: 'open' | 'closed'): Promise<void> {
  await page.click('.rail__add')
  await page.waitFor(`document.querySelector('#panel[open] #new-name')`, 'the panel')
  await page.evaluate(`document.querySelector('#new-name').focus()`)
  await page.type(name)
  await page.click(`#panel input[value=${kind}]`)
  await page.press('Enter')
  await page.waitFor(inRoom(`#${name}`), `the room ${name}`)
  await connected(page)
}

async function goTo(page: BrowserPage, name: string): Promise<void> {
  await page.evaluate(`[...document.querySelectorAll('#rooms .item')]
    .find((item) => item.querySelector('bdi').textContent === ${JSON.stringify(name)}).click()`)
  await page.waitFor(inRoom(`#${name}`), `the room ${name}`)
}

test('a room is made, found by another person and joined', async () => {
  await makeRoom(ada, '茶室', 'open')
  expect(await ada.evaluate<string>('document.title')).toStartWith('#茶室')
  await say(ada, 'Tea is ready')
  await mei.click('.rail__add')
  await mei.waitFor(`document.querySelector('#panel[open]').innerText.includes('茶室')`, 'the room')
  await mei.click('#panel form.inline button')
  await mei.waitFor(inRoom('#茶室'), 'the room, joined')
  await sees(mei, 'Tea is ready')
})

test('a name that looks like another room’s is refused, and the text stays', async () => {
  await ada.click('.rail__add')
  await ada.waitFor(`document.querySelector('#panel[open] #new-name')`, 'the panel')
  await ada.evaluate(`document.querySelector('#new-name').focus()`)
  await ada.type('Gеneral')
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('#panel .problem').innerText !== ''`, 'the reason')
  expect(await ada.evaluate<string>(`document.querySelector('#new-name').value`)).toBe('Gеneral')
  await ada.press('Escape')
})

test('rooms are switched in place: the field stays, its text belongs to its room', async () => {
  await ada.evaluate(`document.querySelector('#content').isTheSame = true`)
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('half a thought')
  await goTo(ada, 'general')
  const field = `document.querySelector('#content')`
  expect(await ada.evaluate<boolean>(`${field}.isTheSame`)).toBe(true)
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('')
  expect(await ada.evaluate<string>('location.pathname')).toBe('/rooms/1')
  const pencil = `!document.querySelector('#room-2 .draft').hidden`
  await ada.waitFor(pencil, 'the pencil at the other room')
  await say(ada, 'Something in general')
  await goTo(ada, '茶室')
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('half a thought')
  await ada.press('Enter')
  await sees(mei, 'half a thought')
})

test('Enter while another room is being put on the screen sends nothing, nowhere', async () => {
  const field = `document.querySelector('#content')`
  await ada.evaluate(`${field}.focus()`)
  await ada.type('for whom?')
  const here = await ada.evaluate<string>(`document.querySelector('#timeline').dataset.room`)
  // The list is there, and what stands around it follows a moment later.
  await ada.evaluate(`(document.querySelector('#timeline').dataset.room = '1', 1)`)
  await ada.press('Enter')
  expect(await ada.evaluate<string>(`${field}.value`)).toBe('for whom?')
  expect(await ada.evaluate<boolean>(`document.querySelector('.msg--pending') === null`)).toBe(true)
  await ada.evaluate(`(document.querySelector('#timeline').dataset.room = '${here}', 1)`)
  await ada.press('Enter')
  await sees(mei, 'for whom?')
})

test('Back and Forward walk through the rooms, and a reload stays in one', async () => {
  await ada.evaluate('history.back()')
  await ada.waitFor(inRoom('#general'), 'general, by Back')
  await sees(ada, 'Something in general')
  await ada.evaluate('history.forward()')
  await ada.waitFor(inRoom('#茶室'), 'the tea room, by Forward')
  await ada.evaluate('location.reload()')
  await Bun.sleep(100)
  await connected(ada)
  await ada.waitFor(inRoom('#茶室'), 'the tea room, after a reload')
  await sees(ada, 'half a thought')
})

test('what was said in a room while another was open is there at once and in order', async () => {
  // A second at the end of a room is what reading takes.
  await Bun.sleep(1_300)
  await goTo(mei, 'general')
  for (const n of [1, 2, 3]) await say(ada, `cup ${n}`)
  await mei.waitFor(`${badge('茶室')}.isBold`, 'the bold name')
  expect(await mei.evaluate(badge('茶室'))).toEqual({ isBold: true, number: '' })
  await mei.waitFor(`document.title.startsWith('•')`, 'the sign in the title')
  await goTo(mei, '茶室')
  await sees(mei, 'cup 3')
  const texts = (await rows(mei)).map(({ text }) => text)
  expect(texts.slice(-3)).toEqual(['cup 1', 'cup 2', 'cup 3'])
  expect(await mei.evaluate<number>(`document.querySelectorAll('#new-line').length`)).toBe(1)
  const first = `document.querySelector('#new-line ~ .msg .msg__body')`
  expect(await mei.evaluate<string>(`${first}.textContent`)).toBe('cup 1')
  await mei.waitFor(`!${badge('茶室')}.isBold`, 'the room to count as read')
})

test('a mention is a number in red, marks the row, and is gone when it was read', async () => {
  await goTo(mei, 'general')
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('tea for @')
  await ada.waitFor(`!document.querySelector('#options').hidden`, 'the list of names')
  await ada.type('m')
  const options = `[...document.querySelectorAll('#options bdi')].map((o) => o.textContent)`
  expect(await ada.evaluate<string[]>(options)).toEqual(['梅'])
  await ada.press('Enter')
  expect(await ada.evaluate<string>(`document.querySelector('#content').value`)).toBe(
    'tea for @梅 ',
  )
  await ada.press('Enter')
  await mei.waitFor(`${badge('茶室')}?.number === '1'`, 'the number')
  await mei.waitFor(`document.title.startsWith('(1)')`, 'the number in the title')
  const icon = `document.querySelector('link[rel=icon]').getAttribute('href')`
  expect(await mei.evaluate<string>(icon)).toContain('icon-unread')
  await goTo(mei, '茶室')
  await mei.waitFor(`document.querySelector('.msg--mention .mention')`, 'the marked row')
  await mei.waitFor(`${badge('茶室')}.number === ''`, 'the number to go')
  expect(await ada.evaluate<boolean>(`document.querySelector('.msg--mention') === null`)).toBe(true)
})

test('a closed room is there from the invitation until one is put out', async () => {
  await makeRoom(ada, 'Surprise', 'closed')
  await say(ada, 'A cake for 梅')
  const id = await ada.evaluate<string>(`document.querySelector('#timeline').dataset.room`)
  expect(await mei.evaluate(badge('Surprise'))).toBeNull()
  const bob = await signIn(server, 'Bob')
  const socket = await openSocket(server, bob)
  await ada.waitFor(`document.querySelector('#timeline').dataset.room === '${id}'`, 'the room')
  await ada.click('#head a[data-panel]')
  await ada.waitFor(`document.querySelector('#panel[open] #invited')`, 'the settings')
  await ada.evaluate(`(() => { const select = document.querySelector('#invited')
    select.value = [...select.options].find((option) => option.text === '梅').value })()`)
  await ada.click('#panel form:has(#invited) button')
  await mei.waitFor(`${badge('Surprise')} !== null`, 'the room on the list')
  await goTo(mei, 'Surprise')
  await sees(mei, 'A cake for 梅')
  await connected(ada)
  await ada.click('#head a[data-panel]')
  await ada.waitFor(`document.querySelector('#panel[open] .choices form button')`, 'the members')
  await ada.click('#panel .choices form button')
  await mei.waitFor(`document.querySelector('#timeline').dataset.room !== '${id}'`, 'to be out')
  await connected(ada)
  await say(ada, 'Now without 梅')
  await sees(ada, 'Now without 梅')
  await Bun.sleep(200)
  expect(await mei.evaluate<boolean>(`document.body.innerHTML.includes('Now without')`)).toBe(false)
  expect(JSON.stringify(socket.heard)).not.toContain('Surprise')
  expect(JSON.stringify(socket.heard)).not.toContain('without')
  await socket.close()
})

test('by keyboard: Alt and arrows walk the rooms, Ctrl+/ tells the keys', async () => {
  await goTo(ada, 'general')
  await ada.press('ArrowDown', ['Alt'])
  await ada.waitFor(`${inRoom('#Surprise')} || ${inRoom('#茶室')}`, 'the next room')
  await ada.press('ArrowUp', ['Alt'])
  await ada.waitFor(inRoom('#general'), 'general again')
  await ada.press('/', ['Control'])
  await ada.waitFor(`document.querySelector('#panel[open] .keys kbd')`, 'the help sheet')
  await ada.press('Escape')
  await ada.waitFor(`!document.querySelector('#panel').open`, 'the sheet to close')
})

test('leaving a room takes it off the list', async () => {
  await goTo(ada, '茶室')
  await ada.click('#head a[data-panel]')
  await ada.waitFor(`document.querySelector('#panel[open] form.danger')`, 'the settings')
  await ada.evaluate('void (window.isOld = true)')
  await ada.evaluate(`[...document.querySelectorAll('#panel form.danger button')].at(-1).click()`)
  // The form leads to the front door; until it has, another address would be overtaken.
  await ada.waitFor('window.isOld === undefined', 'the next page')
  await ada.waitFor(inRoom('#general'), 'general')
  await ada.waitFor(`${badge('茶室')} === null`, 'the room to go from the list')
  await ada.goto(addressOf(server.port, 'a', '/rooms/2'))
  await ada.waitFor(`document.body?.innerText.includes('not a member')`, 'the refusal')
  await ada.goto(addressOf(server.port, 'a', '/'))
  await connected(ada)
})

test('nothing was reported against the policy', () => {
  const unexpected = ada.problems.filter((problem) => !problem.includes('404'))
  expect(unexpected.filter((problem) => !problem.includes('422'))).toEqual([])
  expectNoProblems(mei)
})
