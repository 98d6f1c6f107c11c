import { expect, test } from 'bun:test'
import { loadAssets } from '../../src/assets'
import type { PushedNotice, WorkerSettings } from '../../src/shared/protocol'

/**
 * The service worker as it was built, in a scope that notes what it does: the browser of the tests
 * has no notices.
 */
function startWorker(pages: string[] = []) {
  const listeners = new Map<string, (event: object) => void>()
  const shown = new Map<string, { title: string; look: NotificationOptions }>()
  const done: string[] = []
  const registration = {
    getNotifications: async () =>
      [...shown.keys()].map((tag) => ({ tag, close: () => shown.delete(tag) })),
    showNotification: async (title: string, look: NotificationOptions) =>
      void shown.set(look.tag ?? '', { title, look }),
  }
  const clients = {
    matchAll: async () =>
      pages.map((url) => ({
        url,
        focus: async () => void done.push(`focus ${url}`),
        postMessage: (data: unknown) => void done.push(JSON.stringify(data)),
      })),
    openWindow: async (path: string) => void done.push(`open ${path}`),
    claim: async () => {},
  }
  const addEventListener = (name: string, act: (event: object) => void): void =>
    void listeners.set(name, act)
  const scope = { addEventListener, clients, registration, skipWaiting: async () => {} }
  const navigator = { setAppBadge: async (count: number) => void done.push(`badge ${count}`) }
  const script = new TextDecoder().decode(
    loadAssets().find(loadAssets().nameOf('worker.js'), '')?.bytes,
  )
  // What the server writes in front of the script, and what a worker has as globals.
  new Function('settings', 'globalThis', 'navigator', script)(settings, scope, navigator)
  const send = async (name: string, fields: object): Promise<void> => {
    const work: Promise<unknown>[] = []
    const waitUntil = (one: Promise<unknown>): void => void work.push(one)
    listeners.get(name)?.({ waitUntil, ...fields })
    await Promise.all(work)
  }
  return { send, shown, done, listeners }
}

const settings: WorkerSettings = {
  base: '/chat/',
  build: 'build',
  files: ['/chat/static/app.css'],
  icon: '/icon.png',
  badge: '/badge.png',
  shellCache: 'shell',
  sharedCache: 'shared',
}

const notice: PushedNotice = {
  title: 'Mei in #harbour',
  body: 'New message',
  path: '/chat/rooms/4/messages/7',
  room: 4,
  language: 'en',
  isMeant: true,
  badge: 3,
  unread: [4],
}

const pushed = (fields: object) => ({ data: { json: () => ({ ...notice, ...fields }) } })

test('a room has one notice, and those of rooms that were read elsewhere close', async () => {
  const { send, shown, done } = startWorker()
  await send('push', pushed({ unread: [4] }))
  await send('push', pushed({ body: 'Another', unread: [4] }))
  expect([...shown.values()]).toMatchObject([
    { title: 'Mei in #harbour', look: { body: 'Another', lang: 'en', tag: 'room-4' } },
  ])
  await send('push', pushed({ room: 5, unread: [4, 5] }))
  expect([...shown.keys()]).toEqual(['room-4', 'room-5'])
  await send('push', pushed({ room: 5, unread: [5], badge: 1 }))
  expect([...shown.keys()]).toEqual(['room-5'])
  expect(done).toEqual(['badge 3', 'badge 3', 'badge 3', 'badge 1'])
  await send('push', { data: null })
  expect(shown.size).toBe(1)
})

test('a click on a notice opens its message, in the page of this server that is open', async () => {
  const clicked = { notification: { close: () => {}, data: { path: notice.path } } }
  const closed = startWorker(['https://example.org/other/rooms/4'])
  await closed.send('notificationclick', clicked)
  expect(closed.done).toEqual(['open /chat/rooms/4/messages/7'])
  const open = startWorker(['https://example.org/chat/rooms/1'])
  await open.send('notificationclick', clicked)
  expect(open.done).toEqual([
    'focus https://example.org/chat/rooms/1',
    '{"open":"/chat/rooms/4/messages/7"}',
  ])
})

test('it answers for nothing but pages of rooms, its own files and what is shared', () => {
  const { listeners } = startWorker()
  const isAnswered = (path: string, mode: string, method = 'GET'): boolean => {
    let answered = false
    const request = { url: `https://example.org${path}`, mode, method }
    // Nothing is fetched here: the answer fails, and is not looked at.
    const respondWith = (answer: Promise<unknown>): void => {
      answered = true
      answer.catch(() => {})
    }
    listeners.get('fetch')?.({ request, respondWith })
    return answered
  }
  expect(isAnswered('/chat/', 'navigate')).toBe(true)
  expect(isAnswered('/chat/rooms/4', 'navigate')).toBe(true)
  for (const [path, mode, method] of [
    ['/chat/rooms/4', 'cors'],
    ['/chat/rooms/4', 'navigate', 'POST'],
    ['/chat/rooms/4/export.html', 'navigate'],
    ['/chat/attachments/1/a.pdf', 'navigate'],
    ['/chat/socket', 'cors'],
    ['/rooms/4', 'navigate'],
    ['/', 'navigate'],
    ['/share', 'navigate', 'POST'],
  ] as const)
    expect([path, isAnswered(path, mode, method)]).toEqual([path, false])
})
