import { pagePaths } from '../../shared/paths'
import { sharedCacheOf, type WorkerRequest } from '../../shared/protocol'
import type { App } from '../app'
import type { Page } from '../ui/page'
import { element } from '../ui/dom'
import { fieldsOf } from '../ui/shape'

/** Whether the browser has service workers here: on HTTPS, and on this machine. */
const hasWorker = (): boolean => isSecureContext && 'serviceWorker' in navigator

/** Registers the service worker, or brings it up to date; null where there are none. */
export async function registerWorker({ base }: Pick<Page, 'base'>) {
  if (!hasWorker()) return null
  const options = { scope: base, updateViaCache: 'none' } as const
  return navigator.serviceWorker.register(`${base}worker.js`, options).catch(() => null)
}

/** The app on this device: its worker, and what other apps share with it. */
export function startInstalled(app: App): void {
  if (!hasWorker()) return
  const { page } = app
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    const { open } = fieldsOf(data)
    if (typeof open === 'string') openPath(open)
  })
  void registerWorker(page).then(async (registration) => {
    if (registration === null) return
    const { active } = await navigator.serviceWorker.ready
    active?.postMessage(page.language satisfies WorkerRequest)
  })
  // After the question whether unsent messages may be lost.
  document.addEventListener('submit', ({ defaultPrevented, target }) => {
    const isLogOut =
      target instanceof HTMLFormElement && /^(log-out|leave-for-good)$/.test(target.id)
    if (!isLogOut || defaultPrevented) return
    tellWorker(true)
    // The answer may never be shown, as while Chrome clears what it names. A log-out that is still
    // on its way must not be cut off.
    setInterval(async () => {
      const answer = await fetch(pagePaths(page.base).rail(0)).catch(() => null)
      if (answer?.status === 401) location.assign(page.base)
    }, logOutMsMax)
  })
  void takeShared(app)
  watchBadge()
}

const logOutMsMax = 5_000

/** That the session has ended; `isForGood`: it was ended here. */
function tellWorker(isForGood: boolean): void {
  navigator.serviceWorker.controller?.postMessage(isForGood satisfies WorkerRequest)
}

/** The sign-in page: what is shared with a device that is signed out waits, all else goes. */
export function startSignedOut(page: Pick<Page, 'base'>): void {
  if (!hasWorker()) return
  tellWorker(false)
  void registerWorker(page)
  void navigator.setAppBadge?.(0).catch(() => {})
}

/** The app's icon has the number of the button that opens the list of rooms. */
function watchBadge(): void {
  const calls = element('calls', HTMLElement)
  const show = (): void => {
    const count = calls.hidden ? 0 : Number.parseInt(calls.textContent)
    void navigator.setAppBadge?.(count).catch(() => {})
  }
  new MutationObserver(show).observe(calls, { attributes: true, childList: true })
  show()
}

/** The notice was clicked: the page opens its message in place. */
export function openPath(path: string): void {
  const [, room, seq] = /rooms\/(\d+)(?:\/messages\/(\d+))?$/.exec(path) ?? []
  if (room === undefined) return
  const detail = { room: Number(room), ...(seq === undefined ? {} : { seq: Number(seq) }) }
  document.dispatchEvent(new CustomEvent('room:open', { detail }))
}

/** Puts what was shared into the composer of the room; of several pages one does. */
async function takeShared({ composer, media, page, timeline }: App): Promise<void> {
  const name = sharedCacheOf(page.instance)
  if (!(await caches.has(name))) return
  const cache = await caches.open(name)
  const files: File[] = []
  let text = ''
  for (const key of await cache.keys()) {
    const kept = await cache.match(key)
    if (kept === undefined) continue
    const named = kept.headers.get('X-Filename')
    if (named === null) text = await kept.text()
    else files.push(await fileOf(kept, decodeURIComponent(named)))
  }
  if (!(await caches.delete(name))) return
  if (text !== '') composer.insert(text)
  if (files.length > 0) (await media()).addTo(timeline.room(), files)
}

async function fileOf(kept: Response, name: string): Promise<File> {
  return new File([await kept.blob()], name, { type: kept.headers.get('Content-Type') ?? '' })
}

/** Closes the notices of a room that was read, here or on another device. */
export async function closeNotices(room: number): Promise<void> {
  if (!hasWorker()) return
  const registration = await navigator.serviceWorker.getRegistration()
  for (const shown of (await registration?.getNotifications({ tag: `room-${room}` })) ?? [])
    shown.close()
}

/** Shows a notice as the worker does, so that a room has one; false where there is no worker. */
export async function showByWorker(
  title: string,
  look: NotificationOptions,
  isMeant: boolean,
): Promise<boolean> {
  const registration = hasWorker() ? await navigator.serviceWorker.getRegistration() : undefined
  if (registration?.active == null) return false
  const shown = registration.showNotification(title, { ...look, ...{ renotify: isMeant } })
  return shown.then(
    () => true,
    () => false,
  )
}
