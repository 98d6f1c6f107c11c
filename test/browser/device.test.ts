import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type BrowserPage, openBrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { keeps, kept, openRoom } from './device'
import { addressOf, connected, enter, expectAccessible, reload, rows, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: ChatClient
let person: Person
let tea: number
let closed: number
let direct: number

/** A history of its own: storage is kept by host. */
const host = 'device'

beforeAll(async () => {
  server = await startServer()
  person = await signIn(server, '梅')
  mei = await openSocket(server, person)
  tea = await makeRoom(server, person, 'Tea')
  closed = await makeRoom(server, person, 'Closed', 'closed')
  ada = await enter(server.port, 'Ada', host)
  const id = await ada.evaluate<string>('document.body.dataset.user')
  for (const room of [tea, closed]) {
    await sendForm(server, person, `/rooms/${room}/members`, { user: id })
  }
  direct = await openDirect(server, person, Number(id))
  await ada.press('ArrowLeft')
  await ada.waitFor(`document.querySelector('link[href*="lazy"]')`, 'the lazy parts')
  await Bun.sleep(300)
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

/** 梅 says something; gives its place. */
async function post(room: number, id: string, text: string): Promise<number> {
  const answer = await mei.post(room, id, text)
  return answer.type === 'accepted' ? answer.seq : 0
}

const here = `document.querySelector('#search-device .hit')`
const foundHere = `['h3', '.hit__meta', '.hit__text', 'mark'].map((part) =>
  document.querySelector('#search-device ' + part).textContent)`

const shown = async (): Promise<string[]> => (await rows(ada)).map(({ text }) => text)

test('what is said in open rooms is kept, whether the room is open or not', async () => {
  await say(ada, 'said here by me')
  await mei.post(tea, 'd-1', 'said **elsewhere** by 梅')
  await keeps(ada, 'said here by me')
  await keeps(ada, 'said **elsewhere** by 梅')
})

test('rooms by invitation and private messages are not', async () => {
  await mei.post(closed, 'd-2', 'canary in the closed room')
  await mei.post(direct, 'd-3', 'canary between us')
  await mei.post(tea, 'd-4', 'after the canaries')
  await keeps(ada, 'after the canaries')
  expect(await kept(ada)).not.toContain('canary')
})

test('an edit and a deletion follow', async () => {
  const seq = await post(tea, 'd-5', 'a slip of the pen')
  await keeps(ada, 'a slip of the pen')
  mei.send({ type: 'message.edit', room: tea, seq, content: 'a correction', client_id: 'e-1' })
  await keeps(ada, 'a correction')
  await keeps(ada, 'a slip of the pen', false)
  mei.send({ type: 'message.delete', room: tea, seq, client_id: 'e-2' })
  await keeps(ada, 'a correction', false)
})

test('what was taken back while nobody listened is gone, too', async () => {
  const seq = await post(tea, 'd-6', 'to be taken back')
  await keeps(ada, 'to be taken back')
  const url = await ada.evaluate<string>('location.href')
  await ada.goto('about:blank')
  mei.send({ type: 'message.delete', room: tea, seq, client_id: 'e-3' })
  await mei.post(tea, 'd-7', 'said meanwhile')
  await ada.goto(url)
  await connected(ada)
  await ada.press('ArrowLeft')
  await keeps(ada, 'said meanwhile')
  await keeps(ada, 'to be taken back', false)
})

test('a known room is painted before a slow server answers, and then is the server’s', async () => {
  const slow = { offline: false, latency: 1_500, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.cdp('Network.emulateNetworkConditions', slow)
  await ada.evaluate(`(document.querySelector('#room-${tea}').click(), 0)`)
  await ada.waitFor(`document.querySelector('#timeline[data-remembered] .msg')`, 'the copy', 1_000)
  expect(await shown()).toContain('said meanwhile')
  await ada.waitFor(`document.querySelector('#timeline:not([data-remembered]) strong')`, 'the list')
  await ada.cdp('Network.emulateNetworkConditions', { ...slow, latency: 0 })
  expect(await shown()).toContain('said elsewhere by 梅')
  await reload(ada)
  await ada.evaluate(`location.assign('/rooms/1')`)
  await ada.waitFor(`document.querySelector('#timeline')?.dataset.room === '1'`, 'the first room')
  await connected(ada)
  await ada.press('ArrowLeft')
  await Bun.sleep(600)
})

test('what is kept here is found before a slow server answers, and says so', async () => {
  const slow = { offline: false, latency: 1_500, downloadThroughput: -1, uploadThroughput: -1 }
  await ada.press('k', ['Control'])
  await ada.waitFor(`document.activeElement?.id === 'search-q'`, 'the palette')
  await ada.cdp('Network.emulateNetworkConditions', slow)
  await ada.type('ELSEWHERE')
  await ada.waitFor(here, 'the copy', 1_000)
  expect(await ada.evaluate<string[]>(foundHere)).toEqual([
    'On this device',
    '梅 · Tea',
    'said **elsewhere** by 梅',
    'elsewhere',
  ])
  await ada.waitFor(`document.querySelector('#search-results mark')`, 'the server’s answer')
  expect(await ada.evaluate<boolean>(`${here} === null`)).toBe(true)
  await ada.cdp('Network.emulateNetworkConditions', { ...slow, latency: 0 })
  await ada.press('Escape')
  await ada.waitFor(`location.pathname.startsWith('/rooms/')`, 'where it was opened')
  await reload(ada)
  await ada.press('ArrowLeft')
  await Bun.sleep(600)
})

test('with the server stopped a room is read from this device, and says so', async () => {
  await server.kill()
  await ada.waitFor(`!document.querySelector('#connection').hidden`, 'the bar')
  await openRoom(ada, tea)
  expect(await shown()).toEqual([
    'said **elsewhere** by 梅',
    'after the canaries',
    'said meanwhile',
  ])
  await ada.waitFor(
    `document.querySelector('.remembered').checkVisibility(
    { visibilityProperty: true })`,
    'the label',
  )
  expect(await ada.evaluate<string>(`document.querySelector('.remembered').innerText`)).toBe(
    'On this device',
  )
  expect(await ada.evaluate<string>(`document.querySelector('#head h1').innerText`)).toBe('Tea')
  const name = `document.querySelector('#timeline .msg bdi').textContent`
  expect(await ada.evaluate<string>(name)).toBe('梅')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  // Of a room that is not kept nothing is shown.
  await ada.evaluate(`document.querySelector('#room-${closed}').click()`)
  await ada.waitFor(`!document.querySelector('#toast').hidden`, 'the reason')
  expect((await shown()).join()).not.toContain('canary')
})

test('and what is kept is found, though the palette was never opened', async () => {
  await openRoom(ada, 1)
  await ada.press('k', ['Control'])
  await ada.waitFor(`document.activeElement?.id === 'search-q'`, 'the palette')
  await ada.type('elsewhere')
  await ada.waitFor(here, 'the copy')
  await expectAccessible(ada)
  await ada.emulate({ dark: false, width: 1280, height: 800 })
  await ada.press('Enter')
  await ada.waitFor(`document.querySelector('#timeline').dataset.room === '${tea}'`, 'the room')
  expect(await ada.evaluate<boolean>(`document.querySelector('#palette').open`)).toBe(false)
  expect((await shown())[0]).toBe('said **elsewhere** by 梅')
  ada.problems.length = 0
})

test('what is written meanwhile waits, and the server’s own list comes back with it', async () => {
  await say(ada, 'written while away')
  expect((await shown()).at(-1)).toBe('written while away')
  await server.restart()
  await ada.evaluate(`document.querySelector('[data-action=reconnect]').click()`)
  await connected(ada)
  await sees(ada, 'written while away')
  await ada.waitFor(`document.querySelector('.remembered') === null`, 'the fresh list')
  const bold = `document.querySelector('#timeline .msg strong')?.textContent`
  expect(await ada.evaluate<string>(bold)).toBe('elsewhere')
  mei = await openSocket(server, person)
})

test('two tabs write each message once', async () => {
  const second = await openBrowserPage()
  await second.goto(addressOf(server.port, host, `/rooms/${tea}`))
  await connected(second)
  await second.press('ArrowLeft')
  await Bun.sleep(1_500)
  const count = `(() => {
    window.writes = 0
    const put = Storage.prototype.setItem
    Storage.prototype.setItem = function (key, value) {
      if (value.includes('one of four')) writes += 1
      put.call(this, key, value)
    }
  })()`
  for (const page of [ada, second]) await page.evaluate(count)
  for (let n = 1; n <= 4; n += 1) {
    await mei.post(1, `two-${n}`, `one of four: ${n}`)
    await keeps(ada, `one of four: ${n}`)
  }
  const writes = await Promise.all([ada, second].map((page) => page.evaluate<number>('writes')))
  expect(writes.toSorted()).toEqual([0, 4])
  // The one that writes goes; the other takes over.
  const [writer, other] = writes[0] === 4 ? [ada, second] : [second, ada]
  const url = await writer.evaluate<string>('location.href')
  await writer.goto('about:blank')
  await mei.post(1, 'two-11', 'after one has gone')
  await keeps(other, 'after one has gone')
  await writer.goto(url)
  await connected(writer)
  second.close()
})

test('on one’s own device private rooms are kept; the settings tell how much', async () => {
  await ada.press(',', ['Control'])
  await ada.waitFor(`/: [1-9]/.test(document.querySelector('#history-used')?.textContent)`, 'it')
  await ada.click('#own-device')
  await ada.press('Escape')
  await openRoom(ada, closed)
  await keeps(ada, 'canary in the closed room')
  await openRoom(ada, direct)
  await keeps(ada, 'canary between us')
  await ada.press(',', ['Control'])
  await ada.waitFor(`document.querySelector('#own-device:checked')`, 'the choice')
  await ada.click('#own-device')
  await keeps(ada, 'canary', false)
  await ada.click('#clear-history')
  await ada.waitFor(`document.querySelector('#history-used').textContent.includes(' 0 ')`, 'none')
  await keeps(ada, 'history.', false)
  await ada.click('#keep-history')
  await ada.press('Escape')
  await mei.post(1, 'off-1', 'while it is off')
  await openRoom(ada, 1)
  await sees(ada, 'while it is off')
  await Bun.sleep(1_000)
  expect(await kept(ada)).not.toContain('history.')
})
