import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enterByHand, expectNoProblems, expectTexts } from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enterByHand(server.port, 'Ada', 'a')
  mei = await enterByHand(server.port, '梅', 'b', { width: 390, height: 844, language: 'zh-CN' })
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

test('two people talk, and each sees every message once and in order', async () => {
  await ada.send('Hello from Ada')
  await mei.sees('Hello from Ada')
  await mei.send('你好,Ada!')
  await ada.sees('你好,Ada!')
  await expectTexts(ada, ['Hello from Ada', '你好,Ada!'])
  await expectTexts(mei, ['Hello from Ada', '你好,Ada!'])
})

test('markup in a message is shown as the text it is', async () => {
  const text =
    '<img src=x onerror=alert(1)> & <hx-partial hx-target="#people">gone</hx-partial> $& $`'
  await ada.send(text)
  await mei.sees(text)
  expect((await ada.rows()).at(-1)?.text).toBe(text)
})

test('my own message is shown at once, before the server answers', async () => {
  const shown = await ada.evaluate<{ text: string; field: string }>(`(() => {
    const field = document.querySelector('#content')
    field.value = 'At once'
    document.querySelector('#composer').requestSubmit()
    const last = [...document.querySelectorAll('#timeline > .msg')].at(-1)
    return { text: last.querySelector('.msg__body').textContent, field: field.value }
  })()`)
  expect(shown).toEqual({ text: 'At once', field: '' })
  await mei.sees('At once')
})

test('the confirmed row is the same element as the pending one', async () => {
  const isSame = await ada.evaluate<boolean>(`(async () => {
    const field = document.querySelector('#content')
    field.value = 'The same node'
    document.querySelector('#composer').requestSubmit()
    const row = [...document.querySelectorAll('#timeline > .msg')].at(-1)
    for (let i = 0; i < 200 && row.classList.contains('msg--pending'); i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    return row.isConnected && Number(row.dataset.seq) > 0
  })()`)
  expect(isSame).toBe(true)
})

test('messages of one person within minutes share a picture and a name', async () => {
  await mei.send('One')
  await mei.send('Two')
  await ada.sees('Two')
  const follows = await ada.evaluate<boolean[]>(
    `[...document.querySelectorAll('#timeline > .msg')].slice(-2)
      .map((row) => row.classList.contains('msg--follow'))`,
  )
  expect(follows).toEqual([false, true])
  const heading = await ada.part('#timeline .day').text()
  expect(heading).toBe('Today')
})

test('both people see each other online, live', async () => {
  const names = `[...document.querySelectorAll('#people-list [data-state=online]')]
    .map((person) => person.dataset.name).sort().join()`
  await ada.waitFor(`${names} === 'Ada,梅'`, 'Ada and 梅 online')
  await mei.waitFor(`${names} === 'Ada,梅'`, 'Ada and 梅 online')
})

test('a Chinese browser gets a Chinese page', async () => {
  expect(await mei.part('html').attribute('lang')).toBe('zh-Hans')
  expect(await mei.part('#timeline .day').text()).toBe('今天')
})

test('a reload keeps the history', async () => {
  const before = await ada.rows()
  await ada.reload()
  expect(await ada.rows()).toEqual(before)
})

test('a returning person needs no sign-in', async () => {
  await ada.goto(`http://a.localhost:${server.port}/`)
  await ada.connected()
  expect(await ada.path()).toBe('/rooms/1')
})

test('nothing was reported against the policy, and no other host was asked', () => {
  expectNoProblems(ada, mei)
})
