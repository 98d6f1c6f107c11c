import { afterAll, beforeAll, expect, test } from 'bun:test'
import { isPlanted, note } from '../faults/by-tests'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { type ChatPage, addressOf, enter, openChatPage } from './pages/chat-page'
import { waitUntil } from '../helpers/wait'

let server: RunningServer
let page: ChatPage
let mei: ChatClient

const host = 'shared'
const canary = 'canary-8c1f'
let hits = 0

/** Ada reads a private message, has one that was refused, and one that she only began. */
beforeAll(async () => {
  server = await startServer()
  const person = await signIn(server, '梅')
  mei = await openSocket(server, person)
  page = await enter(server.port, 'Ada', host)
  const id = await page.userId()
  const direct = await openDirect(server, person, id)
  await mei.post(direct, 'secret', `${canary} between us`)
  await page.panel.openSettings()
  await page.part('#own-device').shown()
  await page.part('#history-used').becomes(':not(:empty)')
  await page.click('#own-device')
  await page.click('#set-volume [value=low]')
  await page.press('Escape')
  await page.rail.room(direct).shown()
  await page.rail.room(direct).press()
  await page.part('#timeline .msg').shown()
  // The composer follows the list a moment later.
  await page.part(`#composer[data-room="${direct}"]`).shown()
  await page.send(`${canary} a${'\u0301'.repeat(20)}`)
  await page.messages.failed.shown()
  await page.type(`${canary} half a thought`)
  await page.waitFor(hitsIn(['history.', 'outbox.', 'draft.']), 'all of it to be kept')
})

afterAll(async () => {
  await mei.close()
  page.close()
  await server.dispose()
})

/** Whether each of these kinds of key holds the canary: the sweep below finds what is there. */
function hitsIn(kinds: string[]): string {
  return `${JSON.stringify(kinds)}.every((kind) => Object.keys(localStorage).some((key) =>
    key.includes(kind) && localStorage[key].includes('${canary}')))`
}

/** A page that is being left answers for nothing more: it is left a moment later. */
const logOut = `(setTimeout(() => document.querySelector('#log-out').requestSubmit()), 0)`

/** Everything in which a browser keeps something for a page, and the page itself. */
const sweep = (tab: ChatPage): Promise<string> =>
  tab.evaluate<string>(`(async () => {
    const stored = [localStorage, sessionStorage].map((storage) => JSON.stringify({ ...storage }))
    const databases = await indexedDB.databases()
    const caches = 'caches' in window ? await window.caches.keys() : []
    return [...stored, JSON.stringify([databases, caches, history.state]), document.cookie,
      document.documentElement.outerHTML].join()
  })()`)

async function expectNoTrace(): Promise<void> {
  const swept = await sweep(page)
  hits += swept.split(canary).length - 1
  note({ hits })
  expect(swept).not.toContain(canary)
}

test('the script alone clears everything, and a page that closes writes nothing', async () => {
  // The header does the same only over HTTPS: the page stays here to be looked at.
  const second = await openChatPage()
  await second.goto(addressOf(server.port, host, '/rooms/1'))
  await second.connected()
  expect(await sweep(second)).toContain(canary)
  await page.openLogOut()
  await page.evaluate(`(window.confirm = () => true,
    addEventListener('submit', (event) => event.preventDefault(), { once: true }),
    document.querySelector('#log-out').requestSubmit())`)
  // What the other tab wrote in this very moment it takes back when it hears of it.
  await page.waitFor('localStorage.length === 0', 'the storage to be empty')
  await page.composer.add(' and more')
  await second.composer.add(`${canary} from the other tab`)
  // Longer than a draft waits before it is kept.
  await Bun.sleep(800)
  for (const tab of [page, second]) {
    await tab.evaluate(`(dispatchEvent(new Event('pagehide')), 0)`)
    expect(await tab.evaluate<number>('localStorage.length')).toBe(0)
  }
  second.close()
})

test('after log-out there is no trace, nor behind the Back button', async () => {
  await page.evaluate(`fetch('/preferences', { method: 'POST',
    headers: { Accept: 'application/json' },
    body: new URLSearchParams({ theme: 'dark' }) }).then(() => 0)`)
  expect(await page.evaluate<string>('document.cookie')).toContain('chatroom_theme=dark')
  await page.evaluate(logOut)
  await page.signInDialog.shown()
  if (isPlanted) await page.evaluate(`localStorage.setItem('left', '${canary}')`)
  await expectNoTrace()
  expect(await page.evaluate<string>('document.cookie')).toBe('')
  await page.evaluate(`(document.body.dataset.isOld = 'yes', setTimeout(() => history.back()), 0)`)
  await page.waitFor(`document.body?.dataset.isOld === undefined`, 'the page before')
  await page.signInDialog.shown()
  await expectNoTrace()
})

test('the next person finds nothing of it and sends nothing of it', async () => {
  await page.goto(addressOf(server.port, host))
  await page.nickname.focused()
  await page.type('Ben')
  await page.press('Enter')
  await page.connected()
  await page.warmUp()
  await expectNoTrace()
  const isSent = mei.heard.filter((item) => JSON.stringify(item).includes(`${canary} half`))
  expect(isSent).toEqual([])
})

test('a waiting file is cleared, too, though the page never opened its store', async () => {
  await page.cdp('Network.setBlockedURLs', { urls: ['*media*'] })
  await page.goto(addressOf(server.port, host, '/rooms/1'))
  await page.connected()
  await page.evaluate(`new Promise((done) => {
    const opening = indexedDB.open('chatroom.' + document.body.dataset.instance + '.files', 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore('files')
    opening.onsuccess = () => {
      const put = opening.result.transaction('files', 'readwrite').objectStore('files')
        .put('${canary}', 'a file')
      put.onsuccess = () => (opening.result.close(), done(1))
    }
  })`)
  const names = `indexedDB.databases().then((all) => all.map(({ name }) => name).join())`
  expect(await page.evaluate<string>(names)).toContain('.files')
  // Again the script alone.
  await page.openLogOut()
  await page.evaluate(`(addEventListener('submit', (event) => event.preventDefault(),
    { once: true }), document.querySelector('#log-out').requestSubmit())`)
  await waitUntil(async () => (await page.evaluate<string>(names)) === '', 'no database')
  await page.evaluate(logOut)
  await page.signInDialog.shown()
  await page.cdp('Network.setBlockedURLs', { urls: [] })
  await page.goto(addressOf(server.port, host))
  await page.nickname.focused()
  await page.type('Benno')
  await page.click('#sign-in-form [value=boat]')
  await page.press('Enter')
  await page.connected()
})

test('on one’s own device name, avatar and sound stay, and no messages', async () => {
  await page.press('ArrowLeft')
  await mei.post(1, 'open', 'said in the open')
  await page.keeps('said in the open')
  await page.part('#volume [value=high]').press()
  await page.openLogOut()
  await page.click('#log-out [name=shared]')
  await page.evaluate(logOut)
  await page.signInDialog.shown()
  const kinds = `Object.keys(localStorage).map((key) => key.split('.').slice(2).join('.')).sort()`
  expect(await page.evaluate<string[]>(kinds)).toEqual(['person', 'volume'])
  await page.nickname.holds('Benno')
  await page.part('#sign-in-form [value=boat]:checked').shown()
})
