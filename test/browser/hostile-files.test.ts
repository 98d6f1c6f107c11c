import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { AttachmentOnWire } from '../../src/shared/protocol'
import { isPlanted, note } from '../faults/by-tests'
import { type Person, signIn } from '../helpers/client'
import { fetchAs, postFiles, upload } from '../helpers/files'
import { attack, hostileFiles } from '../helpers/hostile-files'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter } from './pages/chat-page'
import { waitUntil } from '../helpers/wait'

/** T11: forty hostile files, opened by themselves and in the room: nothing of them ever runs. */
let server: RunningServer
let mallory: Person
let ada: ChatPage
const sent: AttachmentOnWire[] = []

beforeAll(async () => {
  server = await startServer()
  mallory = await signIn(server, 'Mallory')
  for (const [n, { name, type, bytes }] of hostileFiles.entries()) {
    const file = await upload(server, mallory, bytes, { name, type })
    sent.push(file)
    await postFiles(server, mallory, 1, `hostile-${n}`, [file.id])
  }
  ada = await enter(server.port, 'Ada', 'a')
  await ada.cdp('Page.setDownloadBehavior', { behavior: 'deny' })
})

afterAll(async () => {
  ada.close()
  await server.dispose()
})

/** What the attack leaves behind wherever it runs. */
async function traces(): Promise<string[]> {
  const beacons = ada.requests.filter(({ url }) => url.includes('beacon')).map(({ url }) => url)
  const marks = await ada.evaluate<string[]>(`[localStorage.getItem('pwned') && 'storage',
    window.pwned && 'window', document.title === 'pwned' && 'title'].filter(Boolean)`)
  return [...beacons, ...marks]
}

test('there are forty files, and the instrument sees an attack', async () => {
  expect(sent.length).toBe(40)
  await ada.evaluate(`(window.alert = () => {}, ${attack.replaceAll(';', ',')}, 1)`)
  // The page gives itself its own title again, sooner or later: what was seen once counts.
  const found = new Set<string>()
  await waitUntil(async () => {
    for (const trace of await traces()) found.add(trace)
    return found.size > 2
  }, 'the attack')
  expect([...found]).toEqual(expect.arrayContaining(['storage', 'window']))
  await ada.evaluate(`localStorage.removeItem('pwned')`)
  await ada.reload()
  ada.requests.length = 0
  ada.problems.length = 0
})

test('each file is a download, a picture or a PDF, always with the five headers', async () => {
  for (const [n, { name, url }] of sent.entries()) {
    for (const range of [null, 'bytes=0-3', 'bytes=99999999-']) {
      const headers: Record<string, string> = range === null ? {} : { Range: range }
      const answer = await fetchAs(server, mallory, url, headers)
      const header = (key: string): string => answer.headers.get(key) ?? ''
      const isPicture = /^(gif|jpeg|png)\.html$/.test(hostileFiles[n]?.name ?? '')
      const isPdf = name.endsWith('.pdf')
      const other = isPdf ? 'application/pdf' : 'application/octet-stream'
      const type = isPicture ? `image/${name.split('.')[0]}` : other
      expect({ name, range, type: header('content-type') }).toEqual({ name, range, type })
      expect(header('content-disposition')).toStartWith(
        isPicture || isPdf ? 'inline' : 'attachment',
      )
      expect(header('x-content-type-options')).toBe('nosniff')
      // No browser shows a PDF in a sandbox; its scripts are those of a viewer, not of a page.
      expect(header('content-security-policy')).toBe(
        isPdf
          ? `default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; ` +
              `frame-ancestors 'none'`
          : `sandbox; default-src 'none'`,
      )
      expect(header('cache-control')).toBe('private, no-store')
      expect(header('cross-origin-resource-policy')).toBe('same-origin')
    }
  }
  note({ files: sent.length, answersWithoutHeaders: 0 })
})

test('no file runs when it is opened by itself', async () => {
  if (isPlanted) await ada.evaluate(`(${attack.replaceAll(';', ',')}, 1)`)
  for (const { url } of sent) {
    // A download is no page: the browser stays where it is.
    await ada.cdp('Page.navigate', { url: addressOf(server.port, 'a', url) }).catch(() => {})
    await Bun.sleep(60)
    expect({ url, traces: await traces().catch(() => []) }).toEqual({ url, traces: [] })
  }
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  expect(await traces()).toEqual([])
})

test('no file runs in the room: shown, clicked, framed or named as a script', async () => {
  expect(await ada.parts('.file, .pic').count()).toBe(40)
  const paths = JSON.stringify(sent.map(({ url }) => url))
  await ada.evaluate(`(() => {
    for (const path of ${paths}) for (const [tag, place] of [['iframe', 'src'], ['object', 'data'],
      ['embed', 'src'], ['script', 'src'], ['img', 'src'], ['link', 'href'], ['video', 'src']]) {
      const element = document.createElement(tag)
      if (tag === 'link') element.rel = 'stylesheet'
      element[place] = path
      element.className = 'probe'
      document.body.append(element)
    }
    for (const path of ${paths}) import(path).catch(() => {})
  })()`)
  await Bun.sleep(2_000)
  await ada.evaluate(`document.querySelectorAll('.probe').forEach((probe) => probe.remove())`)
  await ada.evaluate(`document.querySelectorAll('.file').forEach((link) => link.click())`)
  await Bun.sleep(500)
  const found = await traces()
  note({ executions: found.length })
  expect(found).toEqual([])
  // The page itself had to stop most of these, and said so.
  expect(ada.problems.length).toBeGreaterThan(40)
})
