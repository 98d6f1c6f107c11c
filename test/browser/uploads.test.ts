import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, enter, expectAccessible, expectNoProblems } from './pages/chat-page'
import { waitUntil } from '../helpers/wait'

let server: RunningServer
let ada: ChatPage
let mei: ChatPage

beforeAll(async () => {
  server = await startServer()
  ada = await enter(server.port, 'Ada', 'a')
  mei = await enter(server.port, '梅', 'b')
})

afterAll(async () => {
  ada.close()
  mei.close()
  await server.dispose()
})

/** A file of random bytes, larger than what leaves at once on a slow line. */
async function bringLarge(name: string, kilobytes: number): Promise<void> {
  await ada.files.ready()
  await ada.evaluate(`(() => {
    const bytes = new Uint8Array(${kilobytes} * 1024)
    const part = 65_536
    for (let n = 0; n < bytes.length; n += part) {
      crypto.getRandomValues(bytes.subarray(n, n + part))
    }
    const data = new DataTransfer()
    data.items.add(new File([bytes], '${name}'))
    document.querySelector('#content').dispatchEvent(new ClipboardEvent('paste', {
      bubbles: true, cancelable: true, clipboardData: data }))
  })()`)
}

async function lineSpeed(page: ChatPage, bytesPerSecond: number): Promise<void> {
  await page.cdp('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: bytesPerSecond,
  })
}

const filesKept = (): number =>
  readdirSync(join(server.data, 'files'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'belongs-to',
  ).length

test('a slow upload says how far it is, can be cancelled, and leaves nothing behind', async () => {
  await lineSpeed(ada, 300 * 1024)
  await bringLarge('slow.bin', 3_000)
  await ada.composer.tray.counts(1)
  await ada.send('Too slow')
  const percent = `document.querySelector('.msg--pending .upload span')?.textContent`
  await ada.waitFor(`parseInt(${percent}) > 5`, 'some percent')
  expect(await ada.evaluate<string>(percent)).toMatch(/^\d+%( · [\d.]+ KB\/s)?$/)
  await expectAccessible(ada)
  await ada.part('.msg--pending .upload button').press()
  await ada.messages.pending.gone()
  expect(await ada.focusedId()).toBe('content')
  await waitUntil(() => filesKept() === 0, 'the files to go')
  await lineSpeed(ada, -1)
})

test('a message written after a file stays after it, however long the upload takes', async () => {
  await lineSpeed(ada, 1_000 * 1024)
  await bringLarge('first.bin', 1_000)
  await ada.composer.tray.counts(1)
  await ada.send('the file')
  await ada.send('and words')
  await mei.sees('and words')
  expect((await mei.rows()).map(({ text }) => text)).toEqual(['the file', 'and words'])
  await lineSpeed(ada, -1)
})

test('two files are uploaded at a time, in the order chosen', async () => {
  await lineSpeed(ada, 2_000 * 1024)
  await ada.evaluate(`(() => {
    window.underWay = 0
    window.most = 0
    const { send } = XMLHttpRequest.prototype
    XMLHttpRequest.prototype.send = function (body) {
      window.most = Math.max(window.most, ++window.underWay)
      this.addEventListener('readystatechange', () => {
        if (this.readyState === 4) window.underWay -= 1
      })
      send.call(this, body)
    }
  })()`)
  const names = ['one.bin', 'two.bin', 'three.bin', 'four.bin', 'five.bin']
  for (const name of names) await bringLarge(name, 200)
  await ada.composer.tray.counts(names.length)
  await ada.send('five files')
  await mei.sees('five files')
  expect(await ada.evaluate<number>('window.most')).toBe(2)
  const shown = `[...[...document.querySelectorAll('#timeline .msg')].at(-1)
    .querySelectorAll('.file bdi')].map((name) => name.textContent)`
  expect(await mei.evaluate<string[]>(shown)).toEqual(names)
  await lineSpeed(ada, -1)
})

test('an upload that fails says why and can be tried again', async () => {
  await ada.evaluate(`(() => {
    const open = XMLHttpRequest.prototype.open
    XMLHttpRequest.prototype.open = function (method, path) {
      XMLHttpRequest.prototype.open = open
      return open.call(this, method, path + '-nowhere')
    }
  })()`)
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  await ada.press('Enter')
  await ada.messages.failed.shown()
  const note = await ada.part('.msg--failed .msg__state').shownText()
  expect(note).toContain('Not sent. There is nothing at this address.')
  await ada.part('.msg--failed [data-action=retry]').press()
  await ada.messages.pending.gone()
  expect(await mei.files.pixels()).toEqual(['red', 'blue'])
  ada.problems.length = 0
})

test('a picture that waits for the server survives a reload of the page', async () => {
  await server.kill()
  await ada.files.bring('paste', { width: 500, height: 100 })
  await ada.composer.tray.counts(1)
  await ada.send('Sent while nobody was there')
  await ada.part('.msg--pending .pic img').shown()
  await server.restart()
  await ada.connected()
  await mei.sees('Sent while nobody was there')
  expect(await mei.files.pixels()).toEqual(['red', 'blue'])
  // This time the page goes before the file does.
  await lineSpeed(ada, 20 * 1024)
  await bringLarge('kept.bin', 400)
  await ada.composer.tray.counts(1)
  await ada.send('Kept over a reload')
  await ada.part('.msg--pending .upload').shown()
  // The browser's own disk may be slow, too.
  const keptHere = `new Promise((tell) => {
    const opening = indexedDB.open('chatroom.' + document.body.dataset.instance + '.files')
    opening.onsuccess = () => {
      const counting = opening.result.transaction('files').objectStore('files').count()
      counting.onsuccess = () => (opening.result.close(), tell(counting.result))
    }
  })`
  await waitUntil(() => ada.evaluate<number>(keptHere), 'the file to be kept')
  await lineSpeed(ada, -1)
  await ada.reload()
  await mei.sees('Kept over a reload')
  const card = `[...document.querySelectorAll('.file')].at(-1).querySelector('bdi').textContent`
  expect(await mei.evaluate<string>(card)).toBe('kept.bin')
  ada.problems.length = 0
  mei.problems.length = 0
})

test('a message that waits shows its picture, and the bytes stay until it is there', async () => {
  // Files are taken, but no socket ever opens, and no message goes by requests.
  const source = `window.WebSocket = class { send() {} close() {} }`
  const added = await ada.cdp('Page.addScriptToEvaluateOnNewDocument', { source })
  await ada.cdp('Network.setBlockedURLs', { urls: ['*/frames*'] })
  const renew = async (): Promise<void> => {
    await ada.evaluate(`(document.body.dataset.isOld = 'yes', location.reload())`)
    await ada.waitFor(`document.body?.dataset.isOld === undefined`, 'the new page')
  }
  await renew()
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  await ada.send('Uploaded, not sent')
  const isUploaded = `Object.keys(localStorage).some((key) => key.includes('.outbox.') &&
    /"id":"[0-9a-f]{32}"/.test(localStorage[key]))`
  await ada.waitFor(isUploaded, 'the upload')
  await renew()
  await ada.part('.msg--pending .pic img').shown()
  // After a day the server takes what no message used.
  const db = new Database(join(server.data, 'chatroom.db'))
  db.run('DELETE FROM attachments WHERE used_as IS NULL')
  db.close()
  await ada.cdp('Page.removeScriptToEvaluateOnNewDocument', added as object)
  await ada.cdp('Network.setBlockedURLs', { urls: [] })
  await renew()
  await ada.messages.failed.shown(20_000)
  await ada.part('.msg--failed [data-action=retry]').press()
  await mei.sees('Uploaded, not sent')
  expect(await mei.files.pixels()).toEqual(['red', 'blue'])
  ada.problems.length = 0
  mei.problems.length = 0
})

test('pictures beyond the rate limit follow by themselves', async () => {
  await ada.evaluate(`Promise.all(Array.from({ length: 30 }, () => fetch('/attachments', {
    method: 'POST', body: 'one of many' }))).then(() => 0)`)
  await ada.files.bring('paste')
  await ada.files.bring('paste')
  await ada.composer.tray.counts(2)
  await ada.send('The last of many')
  await mei.sees('The last of many')
  expect(await mei.files.pixels()).toEqual(['red', 'blue'])
  ada.problems.length = 0
})

test('a file that the browser could not store is named', async () => {
  await ada.files.ready()
  await server.kill()
  await ada.files.bring('paste')
  await ada.composer.tray.counts(1)
  await ada.send('Lost')
  await ada.part('.msg--pending .pic').shown()
  await ada.evaluate(`indexedDB.databases().then((all) =>
    Promise.all(all.map(({ name }) => { indexedDB.deleteDatabase(name) })))`)
  await server.restart()
  await ada.cdp('Network.setBlockedURLs', { urls: ['*/attachments'] })
  await ada.reload()
  await ada.messages.failed.shown(20_000)
  const note = await ada.part('.msg--failed .msg__state').shownText()
  expect(note).toContain('“two colours.png” was lost when the page closed.')
  await ada.cdp('Network.setBlockedURLs', { urls: [] })
  await ada.part('.msg--failed [data-action=discard]').press()
  ada.problems.length = 0
})

test('files that come before the script for them are kept, and Enter waits for them', async () => {
  await mei.cdp('Network.setBlockedURLs', { urls: ['*lazy-media*'] })
  await mei.reload()
  await mei.files.bringEarly('drop')
  await mei.files.bringEarly('paste')
  await mei.send('Both of them')
  await mei.toast.shown()
  expect(await mei.composer.field.value()).toBe('Both of them')
  await mei.cdp('Network.setBlockedURLs', { urls: [] })
  await mei.composer.tray.counts(2)
  await mei.press('Enter')
  await mei.sees('Both of them')
  expect(await mei.row('Both of them').matches(':has(.pic + .pic, .pic ~ .pic)')).toBe(true)
})

test('nothing was reported against the policy', () => expectNoProblems(ada))
