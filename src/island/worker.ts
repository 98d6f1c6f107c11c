import type { PushedNotice, WorkerRequest, WorkerSettings } from '../shared/protocol'

/**
 * The service worker: notices while no page is open, what is shared with the installed app, and a
 * page for when the server is away. It answers nothing else, so every page comes from the server.
 */
declare const settings: WorkerSettings

type Waits = Event & { waitUntil: (work: Promise<unknown>) => void }
type FetchEvent = Event & { request: Request; respondWith: (answer: Promise<Response>) => void }
type PushEvent = Waits & { data: { json: () => PushedNotice } | null }
type ClickEvent = Waits & { notification: Notification }
type MessageEvent = Waits & { data: WorkerRequest }
type Page = { url: string; focus: () => Promise<unknown>; postMessage: (data: unknown) => void }
type Events = {
  install: Waits
  activate: Waits
  fetch: FetchEvent
  push: PushEvent
  notificationclick: ClickEvent
  message: MessageEvent
}

type Scope = {
  addEventListener: <Name extends keyof Events>(
    name: Name,
    act: (event: Events[Name]) => void,
  ) => void
  skipWaiting: () => Promise<void>
  clients: {
    claim: () => Promise<void>
    matchAll: (wanted: { type: 'window' }) => Promise<Page[]>
    openWindow: (path: string) => Promise<unknown>
  }
  registration: ServiceWorkerRegistration
}

const { addEventListener: on, clients, registration, skipWaiting } = bindAll()
const { base, build, files, icon, badge, sharedCache, shellCache } = settings

// Nothing depends on which version of it runs.
on('install', (event) => event.waitUntil(skipWaiting()))
on('activate', (event) => event.waitUntil(clients.claim()))
on('fetch', (event) => {
  const answer = answerTo(event.request)
  if (answer !== null) event.respondWith(answer)
})
on('push', (event) => event.waitUntil(showNotice(readNotice(event))))
on('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(openPath(event.notification.data?.path ?? base))
})
on('message', (event) => {
  const { data } = event
  event.waitUntil(typeof data === 'string' ? keepShell(data) : forget(data))
})

function bindAll(): Scope {
  const scope = globalThis as unknown as Scope
  return {
    addEventListener: scope.addEventListener.bind(scope),
    skipWaiting: scope.skipWaiting.bind(scope),
    clients: scope.clients,
    registration: scope.registration,
  }
}

/** Null for what is none of its business. */
function answerTo(request: Request): Promise<Response> | null {
  const { pathname } = new URL(request.url)
  const path = pathname.startsWith(base) ? pathname.slice(base.length) : null
  if (path === 'share' && request.method === 'POST') return keepShared(request)
  // Their names change with their content.
  if (files.includes(pathname)) return caches.match(request).then((kept) => kept ?? fetch(request))
  const isPage = request.mode === 'navigate' && request.method === 'GET'
  return isPage && path !== null && hasShell.test(path) ? fetchOrShell(request) : null
}

/** Pages in place of which the copy on this device is shown: the start and the rooms. */
const hasShell = /^(rooms\/\d+(\/messages\/\d+)?)?$/

async function fetchOrShell(request: Request): Promise<Response> {
  const shell = () => caches.match(`${base}offline`)
  try {
    const answer = await fetch(request)
    // A proxy answers in place of the server.
    const isAway = [502, 504].includes(answer.status) || answer.status >= 520
    return isAway ? ((await shell()) ?? answer) : answer
  } catch (fault) {
    const kept = await shell()
    if (kept === undefined) throw fault
    return kept
  }
}

/** Keeps the page for when the server is away, once for each build and language. */
async function keepShell(language: string): Promise<void> {
  // A page that was loaded while it started is not its own yet.
  await clients.claim()
  const name = `${shellCache}.${build}.${language}`
  const path = `${base}offline`
  const cache = await caches.open(name)
  if ((await cache.match(path)) === undefined) {
    const page = await fetch(`${path}?language=${language}`)
    if (!page.ok) return
    await cache.addAll(files)
    await cache.put(path, page)
  }
  const others = (await caches.keys()).filter((key) => key.startsWith(shellCache) && key !== name)
  await Promise.all(others.map((key) => caches.delete(key)))
}

/** Keeps what another app shares until a page of a room takes it. */
async function keepShared(request: Request): Promise<Response> {
  const form = await request.formData()
  await caches.delete(sharedCache)
  const cache = await caches.open(sharedCache)
  const texts = ['title', 'text', 'url'].map((name) => form.get(name))
  const text = texts.filter((one) => typeof one === 'string' && one !== '').join('\n')
  await cache.put(`${base}shared/text`, new Response(text))
  for (const [n, file] of form.getAll('files').entries()) {
    if (typeof file === 'string') continue
    const headers = { 'Content-Type': file.type, 'X-Filename': encodeURIComponent(file.name) }
    await cache.put(`${base}shared/${n}`, new Response(file, { headers }))
  }
  return Response.redirect(base, 303)
}

function readNotice({ data }: PushEvent): PushedNotice | null {
  try {
    return data?.json() ?? null
  } catch {
    return null
  }
}

async function showNotice(notice: PushedNotice | null): Promise<void> {
  // Browsers show a sentence of their own for a push without a notice.
  if (notice === null) return
  const { title, body, language, path, room, unread } = notice
  for (const shown of await registration.getNotifications()) {
    if (!unread.includes(Number(shown.tag.replace('room-', '')))) shown.close()
  }
  // Not awaited: a browser without badges may never answer.
  if ('setAppBadge' in navigator) void navigator.setAppBadge(notice.badge).catch(() => {})
  const look = { icon, badge, body, lang: language, tag: `room-${room}`, data: { path } }
  await registration.showNotification(title, { ...look, ...{ renotify: notice.isMeant } })
}

async function openPath(path: string): Promise<void> {
  const pages = await clients.matchAll({ type: 'window' })
  const page = pages.find(({ url }) => new URL(url).pathname.startsWith(base))
  if (page === undefined) return void (await clients.openWindow(path))
  await page.focus()
  page.postMessage({ open: path })
}

/** After a log-out nothing stays; what was shared with a device that was signed out waits. */
async function forget(isForGood: boolean): Promise<void> {
  for (const shown of await registration.getNotifications()) shown.close()
  for (const name of await caches.keys()) {
    if (name.startsWith(shellCache) || (isForGood && name === sharedCache))
      await caches.delete(name)
  }
}
