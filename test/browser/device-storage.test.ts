import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { BrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { keeps, openRoom } from './device'
import { bring, inTray } from './files'
import { enter, expectNoProblems, reload, rows, say, sees } from './people'

let server: RunningServer
let ada: BrowserPage
let mei: ChatClient
let person: Person
let tea: number

beforeAll(async () => {
  server = await startServer()
  person = await signIn(server, '梅')
  mei = await openSocket(server, person)
  tea = await makeRoom(server, person, 'Tea')
  ada = await enter(server.port, 'Ada', 'tampered')
  await ada.press('ArrowLeft')
  await ada.waitFor(`document.querySelector('link[href*="lazy"]')`, 'the lazy parts')
  await Bun.sleep(300)
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

test('a browser that keeps nothing says so, and the chat works', async () => {
  const poor = await enter(server.port, 'Poor', 'poor')
  await poor.evaluate(`(Object.defineProperty(window, 'localStorage', { get() {
    throw new DOMException('denied', 'SecurityError') } }), 0)`)
  await say(poor, 'from a browser that keeps nothing')
  expect(await poor.evaluate<string>(`document.querySelector('#toast').innerText`)).toBe(
    'This browser cannot store unsent messages. Keep this page open until they are sent.',
  )
  await sees(poor, 'from a browser that keeps nothing')
  await poor.press(',', ['Control'])
  await poor.waitFor(
    `document.querySelector('#history-used')?.textContent.includes('does not store data')`,
    'the sentence',
  )
  await poor.press('Escape')
  // The same from the first moment, and without a database for files.
  const source = `for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
    Object.defineProperty(window, name, { get() {
      throw new DOMException('denied', 'SecurityError') } }) }`
  await poor.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  await reload(poor)
  await bring(poor, 'paste')
  await inTray(poor, 1)
  await say(poor, 'a picture from there')
  await sees(poor, 'a picture from there')
  await poor.press('k', ['Control'])
  await poor.waitFor(`document.activeElement?.id === 'search-q'`, 'the palette')
  await poor.type('from there')
  await poor.waitFor(`document.querySelector('#search-results .hit')`, 'what was found')
  expectNoProblems(poor)
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
      try { localStorage.setItem('other.' + n, 'x'.repeat(units)) }
      catch { units = Math.floor(units / 2) }
    }
  })()`)
  await say(full, 'y'.repeat(3_000))
  await sees(full, 'y'.repeat(3_000))
  await mei.post(1, 'full-2', 'still here')
  await sees(full, 'still here')
  expect(full.problems).toEqual([])
  full.close()
})

test('of a room that one was put out of nothing stays', async () => {
  const user = await ada.evaluate<string>('document.body.dataset.user')
  const club = await makeRoom(server, person, 'Club')
  await sendForm(server, person, `/rooms/${club}/members`, { user })
  await mei.post(club, 'club', 'heard in the club')
  await keeps(ada, 'heard in the club')
  await sendForm(server, person, `/rooms/${club}/members/remove`, { user })
  await keeps(ada, 'heard in the club', false)
})

test('a copy that was edited by hand is shown as text', async () => {
  await sendForm(server, person, `/rooms/${tea}/members`, {
    user: await ada.evaluate<string>('document.body.dataset.user'),
  })
  await mei.post(tea, 'tamper', 'innocent')
  await keeps(ada, 'innocent')
  await reload(ada)
  await ada.press('ArrowLeft')
  await Bun.sleep(1_000)
  await ada.evaluate(`(() => {
    const key = Object.keys(localStorage).find((key) => localStorage[key].includes('innocent'))
    const bad = '<img src=x onerror=\\\\"window.wasHurt = 1\\\\"><b>bold</b>'
    localStorage[key] = localStorage[key].replace('innocent', bad)
      .replace('[[', '[{"__proto__":{"wasHurt":1}},[')
    dispatchEvent(new StorageEvent('storage', { key, newValue: localStorage[key] }))
  })()`)
  await server.stop()
  await openRoom(ada, tea)
  await ada.waitFor(`document.querySelector('.remembered')`, 'the copy')
  const shown = (await rows(ada)).map(({ text }) => text).join()
  expect(shown).toContain('<img src=x onerror="window.wasHurt = 1"><b>bold</b>')
  expect(await ada.evaluate<boolean>(`window.wasHurt === undefined`)).toBe(true)
  expect(await ada.evaluate<number>(`document.querySelectorAll('#timeline img').length`)).toBe(0)
  await server.restart()
})
