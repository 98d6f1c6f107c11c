import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { originOf, type RunningServer, startServer } from '../helpers/server'
import { axeViolations } from '../helpers/browser'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
  openChatPage,
} from './pages/chat-page'
import { waitUntil } from '../helpers/wait'

let server: RunningServer
let script: ChatClient
let ada: ChatPage
const folder = makeFolder()

beforeAll(async () => {
  server = await startServer()
  const mei = await signIn(server, '梅')
  script = await openSocket(server, mei)
  for (let n = 1; n <= 20; n += 1) await script.post(1, `m-${n}`, `message ${n} 你好 **bold**`)
  const headers = { Cookie: mei.cookie, Origin: originOf(server), 'X-Filename': 'square.png' }
  const answer = await fetch(`${server.origin}/attachments`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/octet-stream' },
    body: new Uint8Array(Buffer.from(square, 'base64')),
  })
  const { id }: { id: string } = await answer.json()
  const picture = { type: 'message.post', room: 1, client_id: 'picture', attachments: [id] }
  script.send({ ...picture, content: 'look https://example.org/ here' })
  await script.until((item) => item.type === 'accepted' && item.client_id === 'picture', 'it')
  ada = await enter(server.port, 'Ada', 'a')
})

afterAll(async () => {
  await script.close()
  ada.close()
  await server.dispose()
  removeFolder(folder)
})

/** What the browser writes to disk when the link in the settings is clicked. */
async function download(kind: 'txt' | 'html'): Promise<string> {
  const into = join(folder, kind)
  mkdirSync(into, { recursive: true })
  await ada.cdp('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: into })
  await ada.panel.openRoomSettings()
  await ada.part('#panel[open] #export-room a[href*="tz="]').shown()
  await ada.click(`#export-room a[href*="export.${kind}"]`)
  await ada.part('#export-begun[role=status]').reads('The export has started')
  const downloaded = (): string | undefined =>
    [...new Bun.Glob(`*.${kind}`).scanSync({ cwd: into, onlyFiles: true })][0]
  const file = await waitUntil(downloaded, `the ${kind}`)
  await ada.panel.close()
  return join(into, file)
}

test('the settings say how much there is, and are accessible', async () => {
  await ada.panel.openRoomSettings()
  await ada.part('#panel[open] #export-room').shown()
  const text = await ada.part('#export-room').shownText()
  expect(text).toContain('21 messages')
  await expectAccessible(ada)
  await ada.panel.close()
  await ada.emulate({ dark: false, width: 1280, height: 800 })
})

test('the text export is, line by line, what the room shows', async () => {
  const path = await download('txt')
  expect(path).toMatch(/general_\d{4}-\d\d-\d\d_\d{4}\.txt$/)
  const file = await Bun.file(path).text()
  const lines = file.split('\n\n')[1]?.trim().split('\n') ?? []
  const said = lines.filter((line) => line.startsWith('['))
  const shown = await ada.rows()
  expect(said.length).toBe(shown.length)
  for (const [n, { text }] of shown.entries()) {
    expect(said[n]?.replaceAll('**', '')).toEndWith(`梅: ${text}`)
  }
  const zone = await ada.evaluate<string>(`Intl.DateTimeFormat().resolvedOptions().timeZone`)
  expect(file).toContain(`Time zone: ${zone}`)
})

test('the HTML export opens from the disk without any request', async () => {
  const path = await download('html')
  const page = await openChatPage()
  await page.goto(pathToFileURL(path).href)
  const before = page.requests.length
  await page.parts('article').counts(21)
  const picture = `document.querySelector('figure img')`
  await page.waitFor(`${picture}.complete && ${picture}.naturalWidth === 2`, 'the picture')
  const text = await page.part('article').shownText()
  expect(text).toMatch(/^梅 \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}\s+message 1 你好 bold$/)
  await page.settled()
  const asked = page.requests.map(({ url }) => url).filter((url) => !/^(file|data):/.test(url))
  expect(asked).toEqual([])
  expect(page.requests.length).toBeGreaterThanOrEqual(before)
  for (const dark of [false, true]) {
    await page.emulate({ dark, width: 390, height: 844 })
    expect(await axeViolations(page)).toEqual([])
  }
  expectNoProblems(page)
  page.close()
})

test('without JavaScript the links are plain links', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1/settings'))
  await ada.parts('#export-room a[download]').counts(2)
  expectNoProblems(ada)
})

const square =
  'iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEE' +
  'lEQVR4nGPYbCQNRAwQCgAebgQB95g2SQAAAABJRU5ErkJggg=='
