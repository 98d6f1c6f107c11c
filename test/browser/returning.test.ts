import { afterAll, beforeAll, expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { basePath, type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectNoProblems } from './pages/chat-page'
import { allowSockets, refuseSockets } from './pages/sockets'

let server: RunningServer
let mei: Person
let ada: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await signIn(server, '梅')
  const [meis, bobs] = [
    await openSocket(server, mei),
    await openSocket(server, await signIn(server, 'Bob')),
  ]
  await meis.post(1, 'hello', 'Hello, it is me')
  await bobs.post(1, 'bob', 'And me')
  await ada.sees('And me')
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

test('a page that reconnects shows who left or changed their name meanwhile', async () => {
  const stateOf = (name: string): string =>
    `document.querySelector('.person[data-name="${name}"]')?.dataset.state`
  await ada.waitFor(`${stateOf('Bob')} === 'online' && ${stateOf('梅')} === 'online'`, 'both')
  await refuseSockets(ada)
  await server.restart()
  await ada.part('#polled').shown()
  await sendForm(server, mei, '/profile', { nickname: '梅花', avatar: 'boat' })
  await allowSockets(ada)
  await ada.part('#polled').gone(20_000)
  await ada.waitFor(`${stateOf('Bob')} === 'offline'`, 'Bob to be away')
  await ada.part('.person[data-name="梅花"]').shown()
  const row = `document.querySelector('#timeline .msg[data-user="2"]')`
  await ada.waitFor(`${row}.querySelector('.msg__meta bdi').textContent === '梅花'`, 'the row')
  expect(await ada.evaluate<string>(`${row}.querySelector('.av use').getAttribute('href')`)).toBe(
    '#stamp-boat',
  )
  const counts = `['#online-count', '#head-online'].map((id) =>
    document.querySelector(id).textContent).join()`
  await ada.waitFor(`${counts} === '1,1 online'`, 'the numbers')
  expectNoProblems(ada)
})

test('a page goes on when its person signs in again in another tab', async () => {
  const signInAgain = `fetch('${basePath()}/session', {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ nickname: 'Ada', avatar: 'letter' }),
  }).then(({ type }) => type === 'opaqueredirect')`
  expect(await ada.evaluate<boolean>(signInAgain)).toBe(true)
  const others = await openSocket(server, mei)
  await ada.send('Still here')
  await others.until((item) => item.type === 'message' && item.content === 'Still here', 'it')
  expectNoProblems(ada)
})
