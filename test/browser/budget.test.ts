import { afterAll, beforeAll, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import { openSocket, signIn } from '../helpers/client'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, openChatPage } from './pages/chat-page'

let server: RunningServer
let page: ChatPage

beforeAll(async () => {
  server = await startServer()
  const robot = await signIn(server, 'Robot')
  const script = await openSocket(server, robot)
  const words = 'Fifty messages of a usual length 你好 with a word or two more '.split(' ')
  for (let n = 1; n <= 60; n += 1) {
    await script.post(1, `m-${n}`, words.slice(0, 3 + (n % 9)).join(' ') + n)
  }
  script.close()
  const ada = await enter(server.port, 'Ada', 'a')
  ada.close()
  page = await openChatPage()
})

afterAll(async () => {
  page.close()
  await server.dispose()
})

test('the first load of the room is at most 52 KB in at most 6 requests', async () => {
  await page.goto('about:blank')
  await page.cdp('Network.setCacheDisabled', { cacheDisabled: true })
  const before = page.requests.length
  await page.goto(addressOf(server.port, 'a', '/rooms/1'))
  await page.connected()
  // What comes a moment later, or when somebody does something, is no part of it.
  const isFirst = (url: string): boolean => /^http(?!.*\/(lazy[-.]|media-kit))/.test(url)
  const requests = page.requests.slice(before).filter(({ url }) => isFirst(url))
  const bytes = requests.reduce((sum, { encodedBytes }) => sum + encodedBytes, 0)
  expect(requests.length).toBeLessThanOrEqual(6)
  expect(bytes).toBeGreaterThan(10_000)
  expect(bytes).toBeLessThanOrEqual(52 * 1024)
})

test('scripts are at most 36 KB, styles 9 KB, and the page with 50 messages 12 KB', async () => {
  const html = await page.evaluate<string>(`fetch(location.href).then((page) => page.text())`)
  const sizeOf = async (pattern: RegExp): Promise<number> => {
    let size = 0
    for (const [, path] of html.matchAll(pattern)) {
      const answer = await fetch(`http://127.0.0.1:${server.port}${path}`)
      size += gzipSync(await answer.bytes()).length
    }
    return size
  }
  expect(html.match(/<article/g)?.length).toBeGreaterThanOrEqual(50)
  expect(await sizeOf(/<script src="([^"]+)"/g)).toBeLessThanOrEqual(36 * 1024)
  expect(await sizeOf(/<link rel="stylesheet" href="([^"]+)"/g)).toBeLessThanOrEqual(9 * 1024)
  expect(gzipSync(html).length).toBeLessThanOrEqual(12 * 1024)
})

test('files are sent compressed and are kept for ever under their hashed names', async () => {
  const html = await page.evaluate<string>(`fetch(location.href).then((page) => page.text())`)
  const path = /<script src="([^"]+)"/.exec(html)?.[1]
  const url = `http://127.0.0.1:${server.port}${path}`
  for (const encoding of ['br', 'gzip']) {
    const headers = { 'Accept-Encoding': encoding }
    const answer = await fetch(url, { headers, decompress: false })
    expect(answer.headers.get('content-encoding')).toBe(encoding)
    expect(answer.headers.get('cache-control')).toContain('immutable')
  }
})

test('pages are sent compressed as the browser can read them, or plain', async () => {
  const { cookie } = await signIn(server, 'Reader')
  const url = `http://127.0.0.1:${server.port}/rooms/1`
  for (const [accepted, sent] of [
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ] as const) {
    const headers = { Cookie: cookie, 'Accept-Encoding': accepted }
    const answer = await fetch(url, { headers })
    expect(answer.headers.get('content-encoding')).toBe(sent)
    expect(await answer.text()).toEndWith('</html>')
  }
})
