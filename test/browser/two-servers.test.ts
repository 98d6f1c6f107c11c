import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { addressOf, type ChatPage, openChatPage } from './pages/chat-page'

const host = 'both'
const canary = 'canary-41d7'
let servers: RunningServer[]
let proxy: ReturnType<typeof beginProxy>
let page: ChatPage

/** Two servers under one origin, by their base paths, as behind a proxy. */
beforeAll(async () => {
  servers = await Promise.all(
    ['/one/', '/two/'].map((path) => startServer({ flags: ['--base-path', path] })),
  )
  proxy = beginProxy()
  page = await openChatPage()
})

afterAll(async () => {
  page.close()
  await proxy.stop(true)
  for (const server of servers) await server.dispose()
})

/** Pages need no sockets for what is tried here. */
function beginProxy() {
  const portFor = (path: string): number => servers[path.startsWith('/one/') ? 0 : 1]?.port ?? 0
  return Bun.serve({
    port: 0,
    async fetch({ url, method, headers, body }) {
      const { pathname, search } = new URL(url)
      if (headers.has('upgrade')) return new Response(null, { status: 503 })
      const there = `http://127.0.0.1:${portFor(pathname)}${pathname}${search}`
      return fetch(there, { method, headers, body, redirect: 'manual', decompress: false })
    },
  })
}

const addressIn = (path: string): string => addressOf(proxy.port ?? 0, host, path)

async function signInTo(path: string, name: string): Promise<void> {
  await page.goto(addressIn(`${path}rooms/1`))
  await page.nickname.focused()
  await page.type(name)
  await page.press('Enter')
  await page.part('#timeline').shown()
}

/** A draft, a key, and a database with a file. */
const leave = (word: string): string => `new Promise((done) => {
  const { instance } = document.body.dataset
  localStorage.setItem('chatroom.' + instance + '.draft.' + document.body.dataset.user + '.1',
    JSON.stringify({ text: '${word}' }))
  const opening = indexedDB.open('chatroom.' + instance + '.files', 1)
  opening.onupgradeneeded = () => opening.result.createObjectStore('files')
  opening.onsuccess = () => (opening.result.close(), done(instance))
})`

const kept = `(async () => [...Object.keys(localStorage),
  ...(await indexedDB.databases()).map(({ name }) => name)].sort().join())()`

const logOut = `(window.confirm = () => true,
  setTimeout(() => document.querySelector('#log-out').requestSubmit()), 0)`

/** As a page does whose script was never loaded. */
const logOutWithoutScript = `(setTimeout(() => document.querySelector('#log-out').submit()), 0)`

test('a log-out deletes what is of its own server only, with its script or without', async () => {
  await signInTo('/two/', 'Neighbour')
  const neighbour = await page.evaluate<string>(leave(`${canary} of the neighbour`))
  for (const [name, act] of [
    ['Ada', logOut],
    ['Grace', logOutWithoutScript],
  ] as const) {
    await signInTo('/one/', name)
    const own = await page.evaluate<string>(leave(`${canary} of one`))
    expect(await page.evaluate<string>(kept)).toContain(own)
    await page.openLogOut()
    await page.evaluate(act)
    const isLeft = async (): Promise<boolean> => {
      const all = await page.evaluate<string>(`(${kept}).then((keys) => keys + document.cookie)`)
      return all.includes(own)
    }
    await waitUntil(async () => !(await isLeft().catch(() => true)), 'nothing of it to be left')
    const left = await page.evaluate<string>(kept)
    expect(left).toContain(`chatroom.${neighbour}.draft.`)
    expect(left).toContain(`chatroom.${neighbour}.files`)
  }
  await page.goto(addressIn('/two/rooms/1'))
  await page.part('#timeline').shown()
  expect(await page.evaluate<string>(kept)).toContain(`chatroom.${neighbour}.files`)
})
