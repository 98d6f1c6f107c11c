import { afterAll, beforeAll, expect, test } from 'bun:test'
import { axeViolations } from '../helpers/browser'
import { openSocket, signIn } from '../helpers/client'
import { openPushReceiver } from '../helpers/push-service'
import { type RunningServer, startServer } from '../helpers/server'
import {
  type ChatPage,
  addressOf,
  enter,
  expectAccessible,
  expectNoProblems,
} from './pages/chat-page'

let server: RunningServer
let ada: ChatPage
const receiver = openPushReceiver()

beforeAll(async () => {
  const preloads = ['local-push', 'short-limits'].map(
    (name) => `--preload ./test/helpers/${name}.ts`,
  )
  const limits = JSON.stringify({ offlineGraceMs: 100 })
  const env = { BUN_OPTIONS: preloads.join(' '), TEST_LIMITS: limits }
  server = await startServer({ flags: ['--push'], env })
  ada = await enter(server.port, 'Ada', 'a')
  const origin = new URL(addressOf(server.port, 'a')).origin
  await ada.cdp('Browser.grantPermissions', { origin, permissions: ['notifications'] })
  await ada.warmUp()
  await ada.waitFor(`navigator.serviceWorker.controller !== null`, 'the worker')
  await ada.waitFor(`caches.keys().then((names) => names.length > 0)`, 'the page for later')
})

afterAll(async () => {
  ada.close()
  await receiver[Symbol.asyncDispose]()
  await server.dispose()
})

test('the chat can be installed', async () => {
  const errors = await ada.cdp('Page.getInstallabilityErrors')
  expect(errors).toEqual({ installabilityErrors: [] })
  const { data, errors: faults } = (await ada.cdp('Page.getAppManifest')) as {
    data: string
    errors: unknown[]
  }
  expect(faults).toEqual([])
  const { icons, screenshots, shortcuts } = JSON.parse(data) as Record<string, { src: string }[]>
  for (const { src } of [...(icons ?? []), ...(screenshots ?? [])]) {
    const answer = await fetch(`http://127.0.0.1:${server.port}${src}`)
    expect([src, answer.status, answer.headers.get('content-type')]).toEqual([
      src,
      200,
      expect.stringMatching(/^image\//),
    ])
  }
  expect(shortcuts?.length).toBe(3)
})

test('a person asks for notices with a click, and the server gets what it needs', async () => {
  const { fields, pushed, has } = await receiver.newDevice()
  await subscribeBy(fields)
  await ada.panel.openSettings()
  await ada.part('#push').shown()
  await expectAccessible(ada)
  await ada.emulate(desk)
  expect(await ada.evaluate(`document.querySelector('#push-text').disabled`)).toBe(true)
  await ada.click('#push-on')
  await ada.waitFor(`document.querySelector('#push-text').disabled === false`, 'the choice')
  await ada.press('Escape')
  expect(await ada.evaluate<string>('subscribedWith')).toMatch(/^B[\w-]{86}$/)
  const mei = await openSocket(server, await signIn(server, '梅'))
  await mei.post(1, 'one', '@Ada hello')
  // Somebody at the page is told by the page.
  await ada.part('#timeline').reads('hello')
  expect(pushed.length).toBe(0)
  await ada.goto('about:blank')
  await mei.post(1, 'two', '@Ada are you there?')
  expect(await has(1)).toMatchObject([{ title: '⁨梅⁩ in ⁨#general⁩', body: 'New message' }])
  await mei.close()
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
})

const desk = { dark: false, width: 1280, height: 800 }

/** The browser's own push service is on the internet: here the receiver of the tests is it. */
async function subscribeBy(fields: { endpoint: string; p256dh: string; auth: string }) {
  const { endpoint, p256dh, auth } = fields
  const json = JSON.stringify({ endpoint, keys: { p256dh, auth } })
  // This browser has no notices, and says so although they were allowed.
  await ada.evaluate(`(Object.defineProperty(Notification, 'permission', { get: () => 'granted' }),
    PushManager.prototype.getSubscription = async () => null,
    PushManager.prototype.subscribe = async (wanted) => {
      window.subscribedWith = wanted.applicationServerKey
      return { toJSON: () => (${json}) }
    }, 0)`)
}

/** Another app hands something to the installed chat. */
async function share(text: string, file: string): Promise<void> {
  await ada.evaluate(`(() => {
    const form = Object.assign(document.createElement('form'), {
      method: 'post', action: '/share', enctype: 'multipart/form-data' })
    const add = (name, value) => form.append(Object.assign(document.createElement('input'),
      { name, value }))
    add('title', '')
    add('text', ${JSON.stringify(text)})
    const input = Object.assign(document.createElement('input'), { type: 'file', name: 'files' })
    const data = new DataTransfer()
    data.items.add(new File(['of another app'], ${JSON.stringify(file)}, { type: 'text/plain' }))
    input.files = data.files
    form.append(input)
    document.body.append(form)
    window.isBefore = true
    setTimeout(() => form.submit())
    return 0
  })()`)
  await ada.waitFor(`!('isBefore' in window)`, 'the next page')
}

test('what another app shares lands in the composer of the room that was open last', async () => {
  await ada.panel.makeRoom('harbour', 'open')
  const room = await ada.path()
  await share('Look at https://example.org', 'plan.txt')
  await ada.part('#tray > li').reads('plan.txt')
  expect(await ada.path()).toBe(room)
  expect(await ada.composer.field.value()).toBe('Look at https://example.org')
  expect(await ada.evaluate<string[]>('caches.keys()')).not.toContainEqual(
    expect.stringContaining('shared'),
  )
  await ada.press('Enter')
  await ada.part('#timeline').reads('Look at https://example.org')
  await ada.waitFor(
    `Object.entries(localStorage).some(([key, value]) =>
      key.includes('history.') && value.includes('Look at'))`,
    'the copy',
  )
})

test('without the server a page shows what the device kept, and comes back with it', async () => {
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.connected()
  await ada.warmUp()
  await ada.keeps('are you there?')
  await server.stop()
  await ada.goto(addressOf(server.port, 'a', '/rooms/1'))
  await ada.part('.away h1').reads('Chatroom is not reachable')
  await ada.part('#away-log').reads('are you there?')
  expect(await ada.part('#composer').isThere()).toBe(false)
  // Its script runs.
  expect(await ada.part('#old').isThere()).toBe(false)
  await ada.emulate({ dark: true, width: 390, height: 800 })
  expect(await axeViolations(ada)).toEqual([])
  await ada.emulate(desk)
  await ada.part('#away-rooms button[aria-pressed=false]').press()
  await ada.part('#away-log').reads('Look at https://example.org')
  await server.restart()
  await ada.evaluate(`(dispatchEvent(new Event('online')), 0)`)
  // The page of a server that answers is never an old one.
  await ada.connected()
  expect(await ada.part('.away').isThere()).toBe(false)
})

test('what is shared with a device that is signed out is there after signing in', async () => {
  await ada.openLogOut()
  await ada.evaluate(`(setTimeout(() => document.querySelector('#log-out').requestSubmit()), 0)`)
  await ada.nickname.shown()
  expect(await ada.evaluate<string[]>('caches.keys()')).toEqual([])
  await ada.waitFor(`navigator.serviceWorker.controller !== null`, 'the worker')
  await share('From elsewhere', 'later.txt')
  await ada.nickname.shown()
  await ada.nickname.select()
  await ada.type('Eva')
  await ada.press('Enter')
  await ada.connected()
  await ada.part('#tray > li').reads('later.txt')
  expect(await ada.composer.field.value()).toBe('From elsewhere')
})

test('nothing was reported against the policy', () => {
  // While the server was away, the page asked for it.
  const problems = ada.problems.filter((text) => !/ERR_CONNECTION_REFUSED|WebSocket|503/.test(text))
  expectNoProblems({ ...ada, problems })
})
