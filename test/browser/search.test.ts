import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, postAll, type Person, signIn } from '../helpers/client'
import { makeRoom, openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { someOf } from '../helpers/size'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
} from './pages/chat-page'

let server: RunningServer
let mei: Person
let script: ChatClient
let ada: ChatPage
let harbour: number

/** A server with something to find: in two rooms and in private, by two people, old and new. */
beforeAll(async () => {
  server = await startServer()
  mei = await signIn(server, '梅')
  script = await openSocket(server, mei)
  harbour = await makeRoom(server, mei, 'Harbour')
  ada = await enter(server.port, 'Ada', 'a')
  const id = String(await ada.userId())
  await ada.joins(harbour)
  await script.post(1, 'first', 'The café opens at nine, 明天去上海')
  await postAll(
    script,
    1,
    Array.from({ length: 150 }, (_, n) => `filler ${n}`),
  )
  await script.post(1, 'link', 'The cafe’s menu: http://menu.example/cafe')
  await script.post(harbour, 'harbour', 'No cafe in the harbour')
  const direct = await openDirect(server, mei, Number(id))
  await script.post(direct, 'direct', 'Between us: a cafe!')
  await ada.part('#direct-list .unread').shown()
  await ada.composer.add('My own cafe')
  await ada.press('Enter')
  await ada.part('.msg--own:not(.msg--pending)').shown()
})

afterAll(async () => {
  await script.close()
  ada.close()
  await server.dispose()
})

const own = 'My own cafe'
const secret = 'Between us: a cafe!'
const elsewhere = 'No cafe in the harbour'
const link = 'The cafe’s menu: http://menu.example/cafe'
const first = 'The café opens at nine, 明天去上海'

test('a search finds messages of all my rooms, newest first, with the match marked', async () => {
  await ada.evaluate(`(window.announced = [], new MutationObserver(() =>
    announced.push(document.querySelector('#status').textContent)).observe(
      document.querySelector('#status'), { childList: true }))`)
  await ada.palette.open()
  await ada.type('CAFE')
  await ada.palette.finds([own, secret, elsewhere, link, first])
  expect(await ada.palette.marks.texts()).toEqual(['cafe', 'cafe', 'cafe', 'cafe', 'cafe', 'café'])
  expect(await ada.palette.count.text()).toBe('5 results in 3 rooms')
  const locks = `[...document.querySelectorAll('#search-results .hit')].map((hit) =>
    hit.querySelector('.hit__meta use').getAttribute('href') === '#icon-lock')`
  expect(await ada.evaluate<boolean[]>(locks)).toEqual([false, true, false, false, false])
  expect(await ada.evaluate('location.pathname + location.search')).toBe('/search?q=CAFE')
  await ada.waitFor(`announced.some((text) => text.includes('5 results'))`, 'the number, said')
})

test('sender, room, time and kind narrow the results, each and all together', async () => {
  const meis = await ada.evaluate<string>(
    `[...document.querySelectorAll('[name=sender] option')].find((o) => o.text === '梅').value`,
  )
  await ada.palette.choose('sender', meis)
  await ada.palette.finds([secret, elsewhere, link, first])
  await ada.palette.choose('room', '1')
  await ada.palette.finds([link, first])
  await ada.palette.choose('when', 'today')
  await ada.palette.finds([link, first])
  await ada.palette.choose('has', 'link')
  await ada.palette.finds([link])
  expect(await ada.evaluate('location.search')).toBe(
    `?q=CAFE&sender=${meis}&when=today&room=1&has=link`,
  )
  await ada.palette.choose('when', 'yesterday')
  await ada.palette.nothing.shown()
  const nothing = await ada.part('.search__nothing p').shownText()
  expect(nothing).toBe('No results for “CAFE” · from 梅 · in general · yesterday · with links')
  await ada.evaluate(`[...document.querySelectorAll('.search__nothing a')]
    .find((a) => a.textContent.includes('yesterday')).click()`)
  await ada.palette.finds([link])
  expect(await ada.part('[name=when]').value()).toBe('')
  await ada.palette.choose('has', '')
  await ada.palette.choose('sender', '')
  await ada.palette.choose('room', '')
  await ada.palette.choose('when', 'custom')
  await ada.palette.choose('since', '2000-01-01')
  await ada.palette.choose('until', '2000-12-31')
  await ada.palette.nothing.shown()
  await ada.palette.choose('until', '')
  await ada.palette.finds([own, secret, elsewhere, link, first])
  await ada.palette.choose('when', '')
})

test('a typed filter goes with the words that made it, and a chosen one stays', async () => {
  const chosen = `['sender', 'room', 'has'].map((name) =>
    document.querySelector('#search-chips [name=' + name + ']').value)`
  await ada.palette.choose('room', String(harbour))
  await ada.palette.finds([elsewhere])
  await ada.palette.field.select()
  await ada.type('from:me in:general ')
  await ada.palette.finds([own])
  await ada.type('cafe')
  await ada.palette.finds([own])
  expect(await ada.palette.count.text()).toBe('1 result in 1 room · from Ada · in general')
  await ada.palette.field.select()
  await ada.type('cafe')
  await ada.palette.finds([elsewhere])
  await ada.palette.field.select()
  await ada.type('cafe has:link in:general from:梅')
  await ada.palette.finds([link])
  expect(await ada.evaluate<string[]>(chosen)).toEqual(['', String(harbour), ''])
  // What stands in the address is the same form.
  const form = `fetch(location.href).then((page) => page.text()).then((html) => {
    const form = new DOMParser().parseFromString(html, 'text/html').querySelector('#search-form')
    return ['q', 'sender', 'room', 'has'].map((name) => form.elements[name].value) })`
  expect(await ada.evaluate<string[]>(form)).toEqual([
    ...['cafe has:link in:general from:梅', '', String(harbour), ''],
  ])
  await ada.palette.field.select()
  await ada.type('cafe')
  await ada.palette.choose('room', '')
})

test('open results say the times of the zone that the machine is in', async () => {
  const shown = `[...document.querySelectorAll('#search-results .hit time')]`
  const time = `new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit',
    hourCycle: 'h23' })`
  for (const timezoneId of ['Asia/Kolkata', 'Europe/Berlin']) {
    await ada.cdp('Emulation.setTimezoneOverride', { timezoneId })
    await ada.evaluate(`void document.dispatchEvent(new Event('visibilitychange'))`)
    await ada.waitFor(
      `${shown}.length > 0 && ${shown}.every((one) =>
        one.textContent.includes(${time}.format(new Date(one.dateTime))))`,
      `the times of ${timezoneId}`,
    )
  }
})

test('on a phone the filters leave the first screen to the hits', async () => {
  await ada.palette.finds([own, secret, elsewhere, link, first])
  await ada.emulate({ width: 390, height: 844 })
  await ada.settled()
  const [field, hit, width] = await ada.evaluate<[number, number, number]>(`(() => {
    const { bottom } = document.querySelector('.search__field').getBoundingClientRect()
    const dialog = document.querySelector('#palette')
    const { top } = document.querySelector('#search-results .hit').getBoundingClientRect()
    return [bottom, top, dialog.scrollWidth - dialog.clientWidth]
  })()`)
  expect(hit - field).toBeLessThan(160)
  expect(width).toBe(0)
  await ada.emulate({ width: 1280, height: 800 })
})

test('a hit on a phone says who and where in full, however long the names are', async () => {
  await ada.emulate({ width: 320, height: 600 })
  const name = 'Maximiliane von Bredow X'
  const hidden = await ada.evaluate<string[]>(`[...document.querySelectorAll('.hit__meta')]
    .flatMap((meta) => {
      const [who, where] = meta.querySelectorAll('bdi')
      const [before, after] = [who.textContent, where.textContent]
      who.textContent = where.textContent = '${name}'
      const box = meta.closest('.hit').getBoundingClientRect()
      const cut = [who, where].filter((part) => {
        const range = document.createRange()
        range.selectNodeContents(part)
        const { right, bottom, width } = range.getBoundingClientRect()
        return width < 100 || right > box.right || bottom > box.bottom ||
          part.scrollWidth > part.clientWidth + 1 && getComputedStyle(part).display !== 'inline'
      })
      who.textContent = before
      where.textContent = after
      return cut.map(({ textContent }) => textContent)
    })`)
  expect(hidden).toEqual([])
  await ada.emulate({ width: 1280, height: 800 })
})

test('a hit is jumped to, and Back returns to the list where it was', async () => {
  await ada.palette.finds([own, secret, elsewhere, link, first])
  for (let n = 0; n < 4; n += 1) await ada.press('ArrowDown')
  expect(await ada.part(':focus .hit__text').text()).toBe(first)
  await ada.press('Enter')
  const isThere = `[...document.querySelectorAll('#timeline > .msg')].some((row) => {
    const { top, bottom } = row.getBoundingClientRect()
    return row.dataset.seq === '1' && top > 50 && bottom < innerHeight })`
  await ada.waitFor(`!document.querySelector('#palette').open && ${isThere}`, 'the message')
  expect(await ada.path()).toBe('/rooms/1/messages/1')
  await ada.back()
  await ada.palette.dialog.shown()
  expect(await ada.palette.found()).toEqual([own, secret, elsewhere, link, first])
  await ada.palette.hits.at(2).press()
  await ada.head.says('Harbour')
  await ada.click('#back-to-results')
  await ada.palette.dialog.shown()
  expect(await ada.palette.found()).toEqual([own, secret, elsewhere, link, first])
  await ada.palette.leave()
})

test('older results follow, and the list stands where it stood when one comes back', async () => {
  await ada.palette.open()
  await ada.type('filler')
  await ada.palette.hits.counts(30)
  await ada.part('.search__more a').press()
  await ada.palette.hits.counts(60)
  const chosen = ada.palette.hits.at(50)
  await chosen.ask((hit) => hit.scrollIntoView({ block: 'center' }))
  const top = await ada.palette.dialog.ask(({ scrollTop }) => scrollTop)
  expect(top).toBeGreaterThan(500)
  await chosen.press()
  await ada.waitFor(`location.pathname.includes('/messages/')`, 'the message')
  await ada.back()
  await ada.palette.dialog.shown()
  expect(await ada.palette.hits.count()).toBe(60)
  expect(await ada.palette.dialog.ask(({ scrollTop }) => scrollTop)).toBe(top)
  expect(await chosen.isFocused()).toBe(true)
  await ada.palette.leave()
})

test('with an input method, the chosen characters are searched for, not the letters', async () => {
  await ada.palette.open()
  const asked = (): number =>
    ada.requests.filter(({ url }) => url.includes('/search?') && url.includes('part=results'))
      .length
  const before = asked()
  await ada.imeCompose('shang hai')
  await ada.settled()
  expect(asked()).toBe(before)
  await ada.imeCommit('上海')
  await ada.palette.finds([first])
  expect(ada.requests.filter(({ url }) => /q=shang/.test(url))).toEqual([])
  expect(await ada.palette.marks.texts()).toEqual(['上海'])
  await ada.palette.leave()
})

test('a search that is too long gets a sentence, once', async () => {
  await ada.palette.open()
  await ada.evaluate(`(() => {
    const field = document.querySelector('#search-q')
    field.value = 'one word more '.repeat(6)
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
  })()`)
  await ada.palette.problem.reads('This search is too long.')
  const asked = (): number => ada.requests.filter(({ url }) => url.includes('one+word')).length
  expect(asked()).toBe(1)
  // Longer than anything that is tried again waits.
  await Bun.sleep(1_600)
  expect(asked()).toBe(1)
  ada.problems.length = 0
  await ada.palette.field.select()
  await ada.type('cafe')
  await ada.palette.finds([own, secret, elsewhere, link, first])
  await ada.palette.leave()
})

test('a search without an answer is repeated until there is one', async () => {
  const online = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.evaluate(
    `(window.failed = 0, document.addEventListener('htmx:error', () => (window.failed += 1)))`,
  )
  await ada.palette.open()
  await ada.cdp('Network.emulateNetworkConditions', { ...online, offline: true })
  await ada.type('cafe')
  await ada.waitFor('window.failed > 1', 'two attempts')
  await ada.cdp('Network.emulateNetworkConditions', online)
  await ada.palette.finds([own, secret, elsewhere, link, first])
  ada.problems.length = 0
  await ada.palette.leave()
})

test('rooms and people come first in the palette, a few keys away', async () => {
  await ada.messages.log.focus()
  const slash = { key: '/', code: 'Slash', text: '/', windowsVirtualKeyCode: 191 }
  await ada.cdp('Input.dispatchKeyEvent', { ...slash, type: 'keyDown' })
  await ada.cdp('Input.dispatchKeyEvent', { ...slash, type: 'keyUp' })
  await ada.palette.field.focused()
  await ada.type('gen')
  await ada.palette.firstPlace.says('general')
  await ada.press('Enter')
  await ada.head.says('general')
  expect(await ada.path()).toBe('/rooms/1')
  await ada.palette.open()
  await ada.type('m')
  await ada.palette.firstPlace.says('梅')
  await ada.press('Enter')
  await ada.messages.list.becomes('[data-kind=direct]')
  await ada.waitFor(`location.pathname !== '/rooms/1'`, 'its address')
  await ada.back()
  await ada.head.says('general')
  expect(await ada.palette.dialog.isShown()).toBe(false)
})

test('the address of a search is a page of its own, with links to the messages', async () => {
  await ada.goto(addressOf(server.port, 'a', '/search?q=cafe'))
  await ada.palette.hits.counts(5)
  await expectAccessible(ada)
  await ada.palette.hits.at(4).press()
  await ada.at('/rooms/1/messages/1')
  await ada.connected()
})

for (const language of someOf(['en', 'zh'], 1)) {
  test(`the palette is accessible while it finds, and while it does not: ${language}`, async () => {
    await ada.emulate({ dark: false, width: 1280, height: 800 })
    await ada.cdp('Network.setExtraHTTPHeaders', { headers: { 'Accept-Language': language } })
    await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
    await ada.connected()
    await ada.palette.open()
    await expectAccessible(ada)
    await ada.type('cafe')
    await ada.palette.finds([own, secret, elsewhere, link, first])
    await ada.palette.choose('when', 'custom')
    await expectAccessible(ada)
    await ada.type(' nothing-like-it')
    await ada.palette.nothing.shown()
    await expectAccessible(ada)
  })
}

test('nothing was reported against the policy', () => expectNoProblems(ada))
