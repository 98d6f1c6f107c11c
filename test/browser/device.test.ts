import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type BrowserPage, openBrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/house'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, connected, enter, reload, rows, say, sees } from './people'

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
  await ada.waitFor(`document.querySelector('link[href*="late"]')`, 'the late parts')
  await Bun.sleep(300)
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

/** Everything this browser keeps, as one text. */
const kept = (page: BrowserPage): Promise<string> =>
  page.evaluate<string>(`JSON.stringify({ ...localStorage })`)

/** Waits until a text is kept, or is not any more. */
async function keeps(page: BrowserPage, text: string, isKept = true): Promise<void> {
  const found = `JSON.stringify({ ...localStorage }).includes(${JSON.stringify(text)})`
  await page.waitFor(isKept ? found : `!${found}`, `${text} ${isKept ? '' : 'not '}to be kept`)
}

/** 梅 says something; gives its place. */
async function post(room: number, id: string, text: string): Promise<number> {
  const answer = await mei.post(room, id, text)
  return answer.type === 'accepted' ? answer.seq : 0
}

const shown = async (): Promise<string[]> => (await rows(ada)).map(({ text }) => text)

async function openRoom(page: BrowserPage, room: number): Promise<void> {
  await page.evaluate(`document.querySelector('#room-${room}').click()`)
  const isOpen = `document.querySelector('#timeline').dataset.room === '${room}'`
  await page.waitFor(isOpen, `room ${room}`)
}

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
  // Of a room that is not kept nothing is shown.
  await ada.evaluate(`document.querySelector('#room-${closed}').click()`)
  await ada.waitFor(`!document.querySelector('#toast').hidden`, 'the reason')
  expect((await shown()).join()).not.toContain('canary')
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
      if (value.includes('one of ten')) writes += 1
      put.call(this, key, value)
    }
  })()`
  for (const page of [ada, second]) await page.evaluate(count)
  for (let n = 1; n <= 10; n += 1) {
    await mei.post(1, `two-${n}`, `one of ten: ${n}`)
    await keeps(ada, `one of ten: ${n}`)
  }
  const writes = await Promise.all([ada, second].map((page) => page.evaluate<number>('writes')))
  expect(writes.toSorted()).toEqual([0, 10])
  // The one that writes goes; the other takes over.
  const [writer, other] = writes[0] === 10 ? [ada, second] : [second, ada]
  const url = await writer.evaluate<string>('location.href')
  await writer.goto('about:blank')
  await mei.post(1, 'two-11', 'after one has gone')
  await keeps(other, 'after one has gone')
  await writer.goto(url)
  await connected(writer)
  second.close()
})

test('on somebody’s own device private rooms are kept, and the settings tell how much', async () => {
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

test('a browser that keeps nothing says so, and the chat works', async () => {
  const poor = await enter(server.port, 'Poor', 'poor')
  await poor.evaluate(`(Object.defineProperty(window, 'localStorage', { get() {
    throw new DOMException('denied', 'SecurityError') } }), 0)`)
  await say(poor, 'from a browser that keeps nothing')
  expect(await poor.evaluate<string>(`document.querySelector('#toast').innerText`)).toBe(
    'This browser keeps no unsent messages',
  )
  await sees(poor, 'from a browser that keeps nothing')
  await poor.press(',', ['Control'])
  await poor.waitFor(
    `document.querySelector('#history-used')?.textContent.includes('keeps nothing')`,
    'the sentence',
  )
  await poor.press('Escape')
  poor.close()
})

test('a full browser gives up the oldest of the copy, not what waits to be sent', async () => {
  const full = await enter(server.port, 'Full', 'full')
  await full.press('ArrowLeft')
  await mei.post(1, 'full-1', 'something to keep')
  await keeps(full, 'something to keep')
  await full.evaluate(`(() => {
    let units = 5_300_000
    for (let n = 0; units > 0; n += 1) {
      try { localStorage.setItem('other.' + n, 'x'.repeat(units)) } catch { units = Math.floor(units / 2) }
    }
  })()`)
  await say(full, 'y'.repeat(3_000))
  await sees(full, 'y'.repeat(3_000))
  await mei.post(1, 'full-2', 'still here')
  await sees(full, 'still here')
  expect(full.problems).toEqual([])
  full.close()
})

test('a copy that was edited by hand is shown as text', async () => {
  await ada.press(',', ['Control'])
  await ada.waitFor(`document.querySelector('#keep-history')`, 'the settings')
  await ada.click('#keep-history')
  await ada.press('Escape')
  await openRoom(ada, 1)
  await mei.post(tea, 'tamper', 'innocent')
  await keeps(ada, 'innocent')
  await reload(ada)
  await ada.press('ArrowLeft')
  await Bun.sleep(1_000)
  await ada.evaluate(`(() => {
    const key = Object.keys(localStorage).find((key) => localStorage[key].includes('innocent'))
    localStorage[key] = localStorage[key].replace('innocent',
      '<img src=x onerror=\\\\"window.wasHurt = 1\\\\"><b>bold</b>')
      .replace('[[', '[{"__proto__":{"wasHurt":1}},[')
    dispatchEvent(new StorageEvent('storage', { key, newValue: localStorage[key] }))
  })()`)
  await server.stop()
  await openRoom(ada, tea)
  await ada.waitFor(`document.querySelector('.remembered')`, 'the copy')
  expect((await shown()).join()).toContain('<img src=x onerror="window.wasHurt = 1"><b>bold</b>')
  expect(await ada.evaluate<boolean>(`window.wasHurt === undefined`)).toBe(true)
  expect(await ada.evaluate<number>(`document.querySelectorAll('#timeline img').length`)).toBe(0)
  await server.restart()
})
