import { afterAll, beforeAll, expect, test } from 'bun:test'
import { isPlanted, note } from '../faults/by-tests'
import { type BrowserPage, openBrowserPage } from '../helpers/browser'
import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { openDirect } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { addressOf, connected, enter, say } from './people'

let server: RunningServer
let page: BrowserPage
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
  await page.press('ArrowLeft')
  const id = Number(await page.evaluate<string>('document.body.dataset.user'))
  const direct = await openDirect(server, person, id)
  await mei.post(direct, 'secret', `${canary} between us`)
  await page.press(',', ['Control'])
  await page.waitFor(`document.querySelector('#own-device')`, 'the settings')
  await page.waitFor(`document.querySelector('#history-used').textContent !== ''`, 'the numbers')
  await page.click('#own-device')
  await page.click('#set-volume [value=low]')
  await page.press('Escape')
  await page.waitFor(`document.querySelector('#room-${direct}')`, 'the conversation')
  await page.evaluate(`document.querySelector('#room-${direct}').click()`)
  await page.waitFor(`document.querySelector('#timeline .msg')`, 'the message')
  await say(page, `${canary} a${'\u0301'.repeat(20)}`)
  await page.waitFor(`document.querySelector('.msg--failed')`, 'the refusal')
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
const sweep = (tab: BrowserPage): Promise<string> =>
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

test('the script alone forgets everything; the page that goes writes nothing', async () => {
  // The header does the same only over HTTPS: the page stays here to be looked at.
  const second = await openBrowserPage()
  await second.goto(addressOf(server.port, host, '/rooms/1'))
  await connected(second)
  expect(await sweep(second)).toContain(canary)
  await page.evaluate(`(window.confirm = () => true,
    addEventListener('submit', (event) => event.preventDefault(), { once: true }),
    document.querySelector('#log-out').requestSubmit())`)
  // What the other tab wrote in this very moment it takes back when it hears of it.
  while ((await page.evaluate<number>('localStorage.length')) > 0) await Bun.sleep(10)
  await page.evaluate(`document.querySelector('#content').focus()`)
  await page.type(' and more')
  await second.evaluate(`document.querySelector('#content').focus()`)
  await second.type(`${canary} from the other tab`)
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
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the door')
  if (isPlanted) await page.evaluate(`localStorage.setItem('left', '${canary}')`)
  await expectNoTrace()
  expect(await page.evaluate<string>('document.cookie')).toBe('')
  await page.evaluate('(setTimeout(() => history.back()), 0)')
  await Bun.sleep(1_500)
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the door, again')
  await expectNoTrace()
})

test('the next person finds nothing of it, nor sends it', async () => {
  await page.goto(addressOf(server.port, host))
  await page.waitFor(`document.activeElement.id === 'nickname'`, 'the field')
  await page.type('Ben')
  await page.press('Enter')
  await connected(page)
  await Bun.sleep(800)
  await expectNoTrace()
  const isSent = mei.heard.filter((item) => JSON.stringify(item).includes(`${canary} half`))
  expect(isSent).toEqual([])
})

test('a file that waited goes too, though the page never asked for what keeps it', async () => {
  await page.cdp('Network.setBlockedURLs', { urls: ['*media*'] })
  await page.goto(addressOf(server.port, host, '/rooms/1'))
  await connected(page)
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
  await page.evaluate(`(addEventListener('submit', (event) => event.preventDefault(),
    { once: true }), document.querySelector('#log-out').requestSubmit())`)
  await Bun.sleep(200)
  expect(await page.evaluate<string>(names)).toBe('')
  await page.evaluate(logOut)
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the door')
  await page.cdp('Network.setBlockedURLs', { urls: [] })
  await page.goto(addressOf(server.port, host))
  await page.waitFor(`document.activeElement.id === 'nickname'`, 'the field')
  await page.type('Ben')
  await page.press('Enter')
  await connected(page)
})

test('on a computer of one’s own name and sound stay, and nothing that was said', async () => {
  await page.press('ArrowLeft')
  await mei.post(1, 'open', 'said in the open')
  await page.waitFor(`JSON.stringify({ ...localStorage }).includes('said in the open')`, 'the copy')
  await page.evaluate(`document.querySelector('#volume [value=high]').click()`)
  await page.evaluate(`document.querySelector('#menu').showPopover()`)
  await page.click('#log-out [name=shared]')
  await page.evaluate(logOut)
  await page.waitFor(`document.querySelector('#sign-in[open]')`, 'the door')
  const kinds = `Object.keys(localStorage).map((key) => key.split('.').slice(2).join('.')).sort()`
  expect(await page.evaluate<string[]>(kinds)).toEqual(['person', 'volume'])
  await page.waitFor(`document.querySelector('#nickname').value === 'Ben'`, 'the name of last time')
})
