import { element } from '../ui/dom'
import { ifLoaded, loadLazy } from '../lazy'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

/**
 * The sign-in dialog, with the name and picture of the last time. It is modal only for tidiness:
 * the server decides what a visitor may see.
 */
export function startSignIn(page: Page, storage: Storage): void {
  const dialog = element('sign-in', HTMLDialogElement)
  dialog.addEventListener('cancel', (event) => event.preventDefault())
  dialog.close()
  dialog.showModal()
  dialog.addEventListener('submit', () => {
    const form = new FormData(element('sign-in-form', HTMLFormElement))
    const [nickname, avatar] = [form.get('nickname'), form.get('avatar')]
    storage.write('person', { nickname, avatar, picture: form.get('picture') })
  })
  // A refused name comes back with the form, to be corrected.
  document.addEventListener('htmx:after:swap', () => element('nickname', HTMLInputElement).select())
  element('nickname', HTMLInputElement).select()
  ifLoaded(
    () => loadLazy(page, 'faces'),
    ({ prefill, watchFaces }) => {
      prefill(storage)
      watchFaces()
    },
  )
}

/** The form is on its way, and the sockets are closed before its answer comes. */
export function isLoggingOut(): boolean {
  return element('log-out', HTMLFormElement).dataset.sent !== undefined
}

/** No secrets: the name to propose at the next sign-in, and how this browser sounds. */
const harmless = ['person', 'volume', 'notices', 'hides-private-notes']

/**
 * After log-out no messages stay in this browser, in this tab or any other; a shared computer keeps
 * nothing at all.
 */
export function forgetOnLogOut(page: Page, storage: Storage, unsent: () => number): void {
  const form = element('log-out', HTMLFormElement)
  const tabs = new BroadcastChannel(`chatroom-${page.instance}`)
  let isOut = false
  const forget = (kept: string[]): void => {
    isOut = true
    storage.seal(kept)
  }
  tabs.onmessage = ({ data }) => forget(data === 'shared' ? [] : harmless)
  form.addEventListener('submit', (event) => {
    if (unsent() > 0 && !confirm(page.words.logOutUnsent)) return event.preventDefault()
    form.dataset.sent = ''
    const isShared = new FormData(form).has('shared')
    forget(isShared ? [] : harmless)
    tabs.postMessage(isShared ? 'shared' : 'own')
  })
  // The Back button may show the page from the browser's memory.
  addEventListener('pageshow', () => {
    if (isOut) location.reload()
  })
}
