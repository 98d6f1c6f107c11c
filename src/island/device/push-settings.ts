import { latePaths } from '../../shared/paths'
import type { App } from '../app'
import { element } from '../ui/dom'
import { fieldsOf } from '../ui/shape'
import { showToast } from '../ui/toast'
import { registerWorker } from './installed'

/** What this device has chosen: the key of the server, and whether notices have the text. */
type Choice = { key: string; text: boolean }

function readChoice({ storage }: App): Choice | null {
  const { key, text } = fieldsOf(storage.read('push'))
  return typeof key === 'string' ? { key, text: text === true } : null
}

/**
 * Tells the server again, at each page, that this device wants to be told of messages: its address
 * may be another one by now, and so may the session and the people whom it mutes.
 */
export async function renewPush(app: App): Promise<void> {
  const choice = readChoice(app)
  if (choice === null || !('PushManager' in window)) return
  if (Notification.permission === 'granted') await subscribe(app, choice).catch(() => false)
}

/** The controls in the settings; hidden where the browser has no push. */
export function decoratePush(app: App): void {
  const group = document.getElementById('push')
  if (group === null || !isSecureContext || !('PushManager' in window)) return
  const on = element('push-on', HTMLInputElement)
  const text = element('push-text', HTMLInputElement)
  const { dataset } = group
  group.hidden = false
  const show = (): void => {
    const choice = Notification.permission === 'granted' ? readChoice(app) : null
    on.checked = choice !== null
    text.checked = choice?.text === true
    text.disabled = choice === null
  }
  show()
  group.addEventListener('change', async () => {
    const choice = { key: dataset.key ?? '', text: text.checked }
    if (on.checked) await turnOn(app, choice, dataset.failed ?? '')
    else await turnOff(app)
    show()
  })
}

async function turnOn(app: App, choice: Choice, failed: string): Promise<void> {
  const { page, storage } = app
  if ((await Notification.requestPermission()) !== 'granted')
    return showToast(page.words.noticesDenied)
  const isDone = await subscribe(app, choice).catch(() => false)
  if (isDone) storage.write('push', choice)
  else showToast(failed)
}

async function turnOff({ page, storage }: App): Promise<void> {
  storage.remove('push')
  const registration = await registerWorker(page)
  await (await registration?.pushManager.getSubscription())?.unsubscribe().catch(() => false)
  await fetch(latePaths(page.base).pushEnd(), { method: 'POST' }).catch(() => null)
}

/** Subscribes with the push service of the browser, and tells the server; false when it refused. */
async function subscribe(app: App, { key, text }: Choice): Promise<boolean> {
  const { page, storage } = app
  if ((await registerWorker(page)) === null) return false
  const { pushManager } = await navigator.serviceWorker.ready
  const known = await pushManager.getSubscription()
  // Of another server, or of one whose data is another by now: a browser has one at a time.
  const isOther = known !== null && keyOf(known) !== key
  if (isOther) await known.unsubscribe()
  const wanted = { userVisibleOnly: true, applicationServerKey: key }
  const subscription = known === null || isOther ? await pushManager.subscribe(wanted) : known
  const { endpoint, keys = {} } = subscription.toJSON()
  const fields = { endpoint, ...keys, text, muted: storage.read(`muted.${page.user?.id}`) }
  const answer = await fetch(latePaths(page.base).push(), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(fields),
  })
  return answer.ok
}

function keyOf({ options }: PushSubscription): string {
  const bytes = new Uint8Array(options.applicationServerKey ?? new ArrayBuffer())
  return btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => base64url[sign] ?? '')
}

const base64url: Record<string, string> = { '+': '-', '/': '_', '=': '' }
