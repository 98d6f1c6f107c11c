import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { paletteOf } from './palette'
import { addressOf, connected, enter, expectAccessible, expectNoProblems } from './people'

let server: RunningServer
let mei: Person
let script: ChatClient
let ada: BrowserPage
let harbour: number

/** A house with something to find: in two rooms and in private, by two people, old and new. */
beforeAll(async () => {
  server = await startServer()
  mei = await signIn(server, '梅')
  script = await openSocket(server, mei)
  harbour = await makeRoom(server, mei, 'Harbour')
  ada = await enter(server.port, 'Ada', 'a')
  const id = await ada.evaluate<string>('document.body.dataset.user')
  await sendForm(server, mei, `/rooms/${harbour}/members`, { user: id })
  await script.post(1, 'first', 'The café opens at nine, 明天去上海')
  for (let n = 0; n < 150; n += 1) await script.post(1, `filler-${n}`, `filler ${n}`)
  await script.post(1, 'link', 'The cafe’s menu: http://menu.example/cafe')
  await script.post(harbour, 'harbour', 'No cafe in the harbour')
  const direct = await openDirect(server, mei, Number(id))
  await script.post(direct, 'direct', 'Between us: a cafe!')
  await ada.waitFor(`document.querySelector('#direct-list .unread')`, 'the private message')
  await ada.evaluate(`document.querySelector('#content').focus()`)
  await ada.type('My own cafe')
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('.msg--own:not(.msg--pending)')`, 'the own message')
})

afterAll(async () => {
  await script.close()
  ada.close()
  await server.dispose()
})

const { choose, finds, found, marked, openPalette } = paletteOf(() => ada)

const own = 'My own cafe'
const secret = 'Between us: a cafe!'
const elsewhere = 'No cafe in the harbour'
const link = 'The cafe’s menu: http://menu.example/cafe'
const first = 'The café opens at nine, 明天去上海'

test('typing finds messages of all my rooms, newest first, the hit marked', async () => {
  await ada.evaluate(`(window.announced = [], new MutationObserver(() =>
    announced.push(document.querySelector('#status').textContent)).observe(
      document.querySelector('#status'), { childList: true }))`)
  await openPalette()
  await ada.type('CAFE')
  await finds([own, secret, elsewhere, link, first])
  expect(await marked()).toEqual(['cafe', 'cafe', 'cafe', 'cafe', 'cafe', 'café'])
  expect(await ada.evaluate(`document.querySelector('.search__count').textContent`)).toBe(
    '5 results in 3 rooms',
  )
  const locks = `[...document.querySelectorAll('#search-results .hit')].map((hit) =>
    hit.querySelector('.hit__meta use').getAttribute('href') === '#icon-lock')`
  expect(await ada.evaluate<boolean[]>(locks)).toEqual([false, true, false, false, false])
  expect(await ada.evaluate('location.pathname + location.search')).toBe('/search?q=CAFE')
  await ada.waitFor(`announced.some((text) => text.includes('5 results'))`, 'the number, said')
})

test('sender, room, time and kind narrow it, each and all together', async () => {
  const meis = await ada.evaluate<string>(
    `[...document.querySelectorAll('[name=sender] option')].find((o) => o.text === '梅').value`,
  )
  await choose('sender', meis)
  await finds([secret, elsewhere, link, first])
  await choose('room', '1')
  await finds([link, first])
  await choose('when', 'today')
  await finds([link, first])
  await choose('has', 'link')
  await finds([link])
  expect(await ada.evaluate('location.search')).toBe(
    `?q=CAFE&sender=${meis}&when=today&room=1&has=link`,
  )
  await choose('when', 'yesterday')
  await ada.waitFor(`document.querySelector('.search__nothing')`, 'nothing')
  const nothing = await ada.evaluate<string>(
    `document.querySelector('.search__nothing p').innerText`,
  )
  expect(nothing).toBe('No results for “CAFE” · from 梅 · in general · yesterday · with links')
  await ada.evaluate(`[...document.querySelectorAll('.search__nothing a')]
    .find((a) => a.textContent.includes('yesterday')).click()`)
  await finds([link])
  expect(await ada.evaluate(`document.querySelector('[name=when]').value`)).toBe('')
  await choose('has', '')
  await choose('sender', '')
  await choose('room', '')
  await choose('when', 'custom')
  await choose('since', '2000-01-01')
  await choose('until', '2000-12-31')
  await ada.waitFor(`document.querySelector('.search__nothing')`, 'nothing')
  await choose('until', '')
  await finds([own, secret, elsewhere, link, first])
  await choose('when', '')
})

test('what is typed as a filter becomes one', async () => {
  await ada.evaluate(`document.querySelector('#search-q').select()`)
  await ada.type('cafe from:梅 in:harbour ')
  await finds([elsewhere])
  await ada.waitFor(`document.querySelector('#search-q').value === 'cafe '`, 'the words alone')
  const chosen = `['sender', 'room'].map((name) =>
    document.querySelector('[name=' + name + ']').selectedOptions[0].text)`
  expect(await ada.evaluate<string[]>(chosen)).toEqual(['梅', 'Harbour'])
  await choose('sender', '')
  await choose('room', '')
})

test('a hit is jumped to, and Back returns to the list where it was', async () => {
  await finds([own, secret, elsewhere, link, first])
  for (let n = 0; n < 4; n += 1) await ada.press('ArrowDown')
  expect(await ada.evaluate(`document.activeElement.querySelector('.hit__text').textContent`)).toBe(
    first,
  )
  await ada.press('Enter')
  const isThere = `[...document.querySelectorAll('#timeline > .msg')].some((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return row.dataset.seq === '1' && top > 50 && bottom < innerHeight })`
  await ada.waitFor(`!document.querySelector('#palette').open && ${isThere}`, 'the message')
  expect(await ada.evaluate('location.pathname')).toBe('/rooms/1/messages/1')
  await ada.evaluate('history.back()')
  await ada.waitFor(`document.querySelector('#palette').open`, 'the list')
  expect(await found()).toEqual([own, secret, elsewhere, link, first])
  await ada.evaluate(`[...document.querySelectorAll('#search-results .hit')][2].click()`)
  await ada.waitFor(`document.querySelector('#head h1').innerText === 'Harbour'`, 'the other room')
  await ada.click('#back-to-results')
  await ada.waitFor(`document.querySelector('#palette').open`, 'the list again')
  expect(await found()).toEqual([own, secret, elsewhere, link, first])
  await ada.press('Escape')
  await ada.waitFor(`location.pathname.startsWith('/rooms/')`, 'where it was opened')
})

test('older results follow, and the list stands where it stood when one comes back', async () => {
  await openPalette()
  await ada.type('filler')
  const hits = `document.querySelectorAll('#search-results .hit').length`
  await ada.waitFor(`${hits} === 30`, 'a page of them')
  await ada.evaluate(`document.querySelector('.search__more a').click()`)
  await ada.waitFor(`${hits} === 60`, 'another page')
  const chosen = `document.querySelectorAll('#search-results .hit')[50]`
  await ada.evaluate(`${chosen}.scrollIntoView({ block: 'center' })`)
  const top = await ada.evaluate<number>(`document.querySelector('#palette').scrollTop`)
  expect(top).toBeGreaterThan(500)
  await ada.evaluate(`${chosen}.click()`)
  await ada.waitFor(`location.pathname.includes('/messages/')`, 'the message')
  await ada.evaluate('history.back()')
  await ada.waitFor(`document.querySelector('#palette').open`, 'the list')
  expect(await ada.evaluate<number>(hits)).toBe(60)
  expect(await ada.evaluate(`document.querySelector('#palette').scrollTop`)).toBe(top)
  expect(await ada.evaluate(`document.activeElement === ${chosen}`)).toBe(true)
  await ada.press('Escape')
  await ada.waitFor(`location.pathname.startsWith('/rooms/')`, 'where it was opened')
})

test('with an input method, the signs are searched for, not the letters', async () => {
  await openPalette()
  const asked = (): number =>
    ada.requests.filter(({ url }) => url.includes('/search?') && url.includes('part=')).length
  const before = asked()
  await ada.imeCompose('shang hai')
  await Bun.sleep(400)
  expect(asked()).toBe(before)
  await ada.imeCommit('上海')
  await finds([first])
  expect(await marked()).toEqual(['上海'])
  await ada.press('Escape')
  await ada.waitFor(`location.pathname.startsWith('/rooms/')`, 'where it was opened')
})

test('what is too long to be looked for is answered with a sentence, once', async () => {
  await openPalette()
  await ada.evaluate(`(() => {
    const field = document.querySelector('#search-q')
    field.value = 'one word more '.repeat(6)
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  })()`)
  const sentence = `document.querySelector('#search-results .problem')?.innerText ?? ''`
  await ada.waitFor(`${sentence} !== ''`, 'the sentence')
  expect(await ada.evaluate<string>(sentence)).toStartWith('This search is too long.')
  const asked = (): number => ada.requests.filter(({ url }) => url.includes('one+word')).length
  expect(asked()).toBe(1)
  await Bun.sleep(1_600)
  expect(asked()).toBe(1)
  ada.problems.length = 0
  await ada.evaluate(`document.querySelector('#search-q').select()`)
  await ada.type('cafe')
  await finds([own, secret, elsewhere, link, first])
  await ada.press('Escape')
  await ada.waitFor(`location.pathname.startsWith('/rooms/')`, 'where it was opened')
})

test('rooms and people come first: a few keys go there', async () => {
  await ada.evaluate(`document.querySelector('#log').focus()`)
  const slash = { key: '/', code: 'Slash', text: '/', windowsVirtualKeyCode: 191 }
  await ada.cdp('Input.dispatchKeyEvent', { ...slash, type: 'keyDown' })
  await ada.cdp('Input.dispatchKeyEvent', { ...slash, type: 'keyUp' })
  await ada.waitFor(`document.activeElement?.id === 'search-q'`, 'the palette')
  await ada.type('gen')
  await ada.waitFor(`document.querySelector('.place.hit--first')?.innerText === 'general'`, 'it')
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('#head h1').innerText === 'general'`, 'the room')
  expect(await ada.evaluate('location.pathname')).toBe('/rooms/1')
  await openPalette()
  await ada.type('m')
  await ada.waitFor(`document.querySelector('.place.hit--first')?.innerText === '梅'`, 'her')
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('#timeline').dataset.kind === 'direct'`, 'the two')
  await ada.evaluate('history.back()')
  await ada.waitFor(`document.querySelector('#head h1').innerText === 'general'`, 'back')
  expect(await ada.evaluate(`document.querySelector('#palette').open`)).toBe(false)
})

test('the search’s address is a page of its own, and one can go on from there', async () => {
  await ada.goto(addressOf(server.port, 'a', '/search?q=cafe'))
  await ada.waitFor(`document.querySelectorAll('.hit').length === 5`, 'the page')
  await expectAccessible(ada)
  await ada.evaluate(`document.querySelectorAll('.hit')[4].click()`)
  await ada.waitFor(`location.pathname === '/rooms/1/messages/1'`, 'the message')
  await connected(ada)
})

for (const language of ['en', 'zh']) {
  test(`the palette is accessible while it finds, and while it does not: ${language}`, async () => {
    await ada.emulate({ dark: false, width: 1280, height: 800 })
    await ada.cdp('Network.setExtraHTTPHeaders', { headers: { 'Accept-Language': language } })
    await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
    await connected(ada)
    await openPalette()
    await expectAccessible(ada)
    await ada.type('cafe')
    await finds([own, secret, elsewhere, link, first])
    await choose('when', 'custom')
    await expectAccessible(ada)
    await ada.type(' nothing-like-it')
    await ada.waitFor(`document.querySelector('.search__nothing')`, 'nothing')
    await expectAccessible(ada)
  })
}

test('nothing was reported against the policy', () => expectNoProblems(ada))
