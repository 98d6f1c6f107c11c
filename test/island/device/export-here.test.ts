import { afterEach, beforeEach, expect, test } from 'bun:test'
import { toEvent } from '../../../src/chat/messages/events'
import type { App } from '../../../src/island/app'
import { changeOf, openCopyStore } from '../../../src/island/device/copy-store'
import type { ManagedCopy } from '../../../src/island/device/device-copy'
import { decorateExport } from '../../../src/island/device/export-here'
import { readPage } from '../../../src/island/ui/page'
import { openStorage } from '../../../src/island/ui/storage'
import type { Message } from '../../../src/store/store'
import { mei, say } from '../../views/samples'
import { documentForAll } from '../dom'

/** A room of which messages 101 to 500 are loaded, and the panel that exports them. */
const rows = Array.from({ length: 400 }, (_, n) => n + 101)
documentForAll(`<div id="status"></div>
<div id="timeline" data-room="1" data-name="general" data-title="#general"><a id="older"></a>
  ${rows.map((seq) => `<article class="msg" data-room="1" data-seq="${seq}"></article>`).join('')}
  <div><article class="msg" data-room="9" data-seq="3"></article></div>
</div>
<fieldset id="export-here" data-one="{n} message" data-other="{n} messages" data-missing="Missing">
  <input type="radio" name="r" value="loaded" checked><b id="export-loaded" data-label="{n}"></b>
  <input type="radio" name="r" value="device"><b id="export-device" data-label="{n}"></b>
  <label id="export-private-row"><input type="checkbox" id="export-private"></label>
  <button id="export-save"></button><progress id="export-progress"></progress>
  <p id="export-done"></p>
</fieldset>`)

const { fetch: realFetch } = globalThis
const { createObjectURL } = URL
let requests: string[] = []
let isAway = false
let saved: Blob | null = null

beforeEach(() => {
  requests = []
  isAway = false
  saved = null
  globalThis.fetch = Object.assign(async (path: string | URL | Request) => {
    requests.push(String(path))
    if (isAway) throw new TypeError('no connection')
    return answer(String(path))
  }, realFetch)
  URL.createObjectURL = (file: Blob) => {
    saved = file
    return 'blob:export'
  }
})

afterEach(() => {
  globalThis.fetch = realFetch
  URL.createObjectURL = createObjectURL
})

function message(room: number, seq: number): Message {
  const replyTo = seq === 450 ? 7 : null
  return {
    ...say(mei, `text ${room}/${seq}`, 0),
    room,
    seq,
    revision: seq,
    replyTo,
    createdAt: seq,
  }
}

/** The server, played here: message 300 is deleted. */
function answer(path: string): Response {
  const [room, before, limit] = [...path.matchAll(/\d+/g)].map(Number)
  const messages = Array.from({ length: (before ?? 0) - 1 }, (_, n) => n + 1)
    .filter((seq) => seq !== 300)
    .slice(-(limit ?? 0))
  return Response.json({ messages: messages.map((seq) => toEvent(message(room ?? 0, seq))) })
}

/** Opens the panel and saves; gives the lines of the file. */
async function save(kept: number[] = []): Promise<string[]> {
  const storage = openStorage({ instance: 'h' })
  const store = openCopyStore(storage, 7, 'e')
  store.apply(
    1,
    kept.map((seq) => changeOf(toEvent(message(1, seq))) ?? { seq, message: null }),
  )
  const app = { page: readPage(), timeline: { room: () => 1 } }
  decorateExport(app as unknown as App, store as unknown as ManagedCopy)
  document.getElementById('export-save')?.click()
  while (saved === null) await Bun.sleep(5)
  return (await saved.text()).trimEnd().split('\n')
}

test('what is loaded is fetched in pages, with what it replies to', async () => {
  const lines = await save()
  expect(document.getElementById('export-loaded')?.textContent).toBe('400')
  expect(lines.filter((line) => line.includes('text 1/')).length).toBe(400)
  expect(lines.find((line) => line.endsWith('text 1/101'))).toBeDefined()
  expect(lines.join()).not.toContain('text 1/100,')
  expect(lines.join()).not.toContain('text 1/300')
  const reply = lines.findIndex((line) => line.endsWith('> 梅 Mei: text 1/7'))
  expect(lines[reply + 1]).toBe('    text 1/450')
  expect(requests).toEqual(
    [501, 301, 8].map((before) => `/rooms/1/messages?before=${before}&limit=200`),
  )
})

test('private notes are fetched from their own room, when they are asked for', async () => {
  document.getElementById('export-private')?.click()
  const lines = await save()
  expect(lines.filter((line) => line.endsWith('text 9/3')).length).toBe(1)
  expect(requests).toContain('/rooms/9/messages?before=4&limit=200')
})

test('without the server the copy gives what it has, and the file says so', async () => {
  isAway = true
  const lines = await save([99, 450, 451])
  expect(lines.filter((line) => line.includes('text 1/')).map((line) => line.at(-1))).toEqual([
    '0',
    '1',
  ])
  expect(lines.find((line) => line.startsWith('Missing'))).toBeDefined()
  expect(document.getElementById('export-done')?.textContent).toBe('2 messages')
})
