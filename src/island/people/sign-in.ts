import { leftCookie } from '../../shared/protocol'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

/** No secrets: the name to propose at the next sign-in, and how this browser sounds. */
const harmless = ['person', 'volume', 'notices', 'hides-private-notes']

/** Of a session that was ended elsewhere nothing else stays in this browser. */
export function forgetEnded(storage: Storage): void {
  if (document.getElementById('signed-out') !== null) storage.seal(harmless, false)
}

let isSent = false

/** The form is on its way, and the sockets are closed before its answer comes. */
export function isLoggingOut(): boolean {
  return isSent
}

/**
 * Deletes what is left of a person who logged out of a shared computer, as the server notes in a
 * cookie: the page that did it may not have had its script.
 */
export function forgetLeft({ base, instance }: Page, storage: Storage): void {
  const name = leftCookie(instance)
  if (!document.cookie.split('; ').includes(`${name}=yes`)) return
  storage.seal([], false)
  document.cookie = `${name}=; Path=${base}; Max-Age=0`
}

let isOut = false

/** The session has ended: this page keeps no messages and stores nothing more. */
export function forget(storage: Storage, isShared = false): void {
  isOut = true
  storage.seal(isShared ? [] : harmless)
}

/** After log-out no tab of this browser keeps messages; a shared computer keeps nothing at all. */
export function forgetOnLogOut(page: Page, storage: Storage, unsent: () => number): void {
  const tabs = new BroadcastChannel(`chatroom-${page.instance}`)
  tabs.onmessage = ({ data: isShared }) => forget(storage, isShared)
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement) || !/^(log-out|leave-for-good)$/.test(form.id)) return
    if (unsent() > 0 && !confirm(page.words.logOutUnsent)) return event.preventDefault()
    isSent = true
    const isShared = form.id === 'leave-for-good' || new FormData(form).has('shared')
    forget(storage, isShared)
    tabs.postMessage(isShared)
  })
  // The Back button may show the page from the browser's memory.
  addEventListener('pageshow', () => {
    if (isOut) location.reload()
  })
}
