import { element, fill, type Page } from './page'
import type { Storage } from './storage'
import { showToast } from './toast'

/**
 * The dialog at the door: really modal (the server is the gate, this only keeps the place tidy),
 * with the name and picture of last time.
 */
export function startSignIn(storage: Storage): void {
  const dialog = element('sign-in', HTMLDialogElement)
  dialog.addEventListener('cancel', (event) => event.preventDefault())
  dialog.close()
  dialog.showModal()
  prefill(storage)
  dialog.addEventListener('submit', () => {
    const form = new FormData(element('sign-in-form', HTMLFormElement))
    storage.write('person', { nickname: form.get('nickname'), avatar: form.get('avatar') })
  })
  // A refused name comes back with the form: the field is where the reader goes on.
  document.addEventListener('htmx:after:swap', () => element('nickname', HTMLInputElement).select())
  element('nickname', HTMLInputElement).select()
}

function prefill(storage: Storage): void {
  const person = storage.read('person')
  if (typeof person !== 'object' || person === null) return
  const fields = new Map<string, unknown>(Object.entries(person))
  const nickname = element('nickname', HTMLInputElement)
  const known = fields.get('nickname')
  if (nickname.value === '' && typeof known === 'string') nickname.value = known
  for (const radio of document.querySelectorAll<HTMLInputElement>('#sign-in-form [name=avatar]')) {
    if (radio.value === fields.get('avatar')) radio.checked = true
  }
}

const pauseMs = 30 * 60_000

/** Greets somebody who comes back after a while, quietly. */
export function welcomeBack(page: Page, storage: Storage): void {
  const seenAt = Number(storage.read('seen'))
  storage.write('seen', Date.now())
  if (page.user === null || !(seenAt > 0) || Date.now() - seenAt < pauseMs) return
  showToast(fill(page.words.welcomeBack, { name: page.user.nickname }))
}

/** A shared computer keeps nothing after log-out. */
export function forgetOnLogOut(storage: Storage, unsent: () => number, question: string): void {
  element('log-out', HTMLFormElement).addEventListener('submit', (event) => {
    if (unsent() > 0 && !confirm(question)) return event.preventDefault()
    storage.clear()
  })
}
