import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatClient
let person: Person
let tea: number

beforeAll(async () => {
  server = await startServer()
  person = await signIn(server, '梅')
  mei = await openSocket(server, person)
  tea = await makeRoom(server, person, 'Tea')
  ada = await enter(server.port, 'Ada', 'tampered')
  await ada.warmUp()
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

test('a browser that does not store data says so, and the chat works', async () => {
  const poor = await enter(server.port, 'Poor', 'poor')
  await poor.evaluate(`(Object.defineProperty(window, 'localStorage', { get() {
    throw new DOMException('denied', 'SecurityError') } }), 0)`)
  await poor.send('from a browser that does not store data')
  expect(await poor.toast.shownText()).toBe(
    'This browser cannot store unsent messages. Keep this page open until they are sent.',
  )
  await poor.sees('from a browser that does not store data')
  await poor.press(',', ['Control'])
  await poor.part('#history-used').reads('does not store data')
  await poor.press('Escape')
  // The same from the first moment, and without a database for files.
  const source = `for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
    Object.defineProperty(window, name, { get() {
      throw new DOMException('denied', 'SecurityError') } }) }`
  await poor.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  await poor.reload()
  await poor.files.bring('paste')
  await poor.composer.tray.counts(1)
  await poor.send('a picture from there')
  await poor.sees('a picture from there')
  await poor.press('k', ['Control'])
  await poor.palette.field.focused()
  await poor.type('from there')
  await poor.part('#search-results .hit').shown()
  expectNoProblems(poor)
  poor.close()
})

test('a full browser drops the oldest of the copy, not unsent messages', async () => {
  const full = await enter(server.port, 'Full', 'full')
  await full.press('ArrowLeft')
  await mei.post(1, 'full-1', 'something to keep')
  await full.keeps('something to keep')
  await full.evaluate(`(() => {
    let units = 5_300_000
    for (let n = 0; units > 0; n += 1) {
      try { localStorage.setItem('other.' + n, 'x'.repeat(units)) }
      catch { units = Math.floor(units / 2) }
    }
  })()`)
  await full.send('y'.repeat(3_000))
  await full.sees('y'.repeat(3_000))
  await mei.post(1, 'full-2', 'still here')
  await full.sees('still here')
  expect(full.problems).toEqual([])
  full.close()
})

test('nothing of a room stays in the copy after a removal from it', async () => {
  const user = String(await ada.userId())
  const club = await makeRoom(server, person, 'Club')
  await ada.joins(club)
  await mei.post(club, 'club', 'heard in the club')
  await ada.keeps('heard in the club')
  await sendForm(server, person, `/rooms/${club}/members/remove`, { user })
  await ada.keeps('heard in the club', false)
})

test('a copy that was edited by hand is shown as text', async () => {
  await ada.joins(tea)
  await mei.post(tea, 'tamper', 'innocent')
  await ada.keeps('innocent')
  await ada.reload()
  await ada.warmUp()
  await ada.evaluate(`(() => {
    const key = Object.keys(localStorage).find((key) => localStorage[key].includes('innocent'))
    const bad = '<img src=x onerror=\\\\"window.wasHurt = 1\\\\"><b>bold</b>'
    localStorage[key] = localStorage[key].replace('innocent', bad)
      .replace('[[', '[{"__proto__":{"wasHurt":1}},[')
    dispatchEvent(new StorageEvent('storage', { key, newValue: localStorage[key] }))
  })()`)
  await server.stop()
  await ada.rail.open(tea)
  await ada.part('.remembered').shown()
  const shown = (await ada.rows()).map(({ text }) => text).join()
  expect(shown).toContain('<img src=x onerror="window.wasHurt = 1"><b>bold</b>')
  expect(await ada.evaluate<boolean>(`window.wasHurt === undefined`)).toBe(true)
  expect(await ada.parts('#timeline img').count()).toBe(0)
  await server.restart()
})
