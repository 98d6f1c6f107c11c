import type { PresenceState } from '../../shared/protocol'
import { plural } from '../../shared/text'
import { element, onClick } from '../ui/dom'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'

/** Shows the presence of a person on the list, and on their private conversation. */
export function setPresence(userId: number, state: PresenceState): void {
  for (const shown of document.querySelectorAll(`[data-person="${userId}"][data-state]`))
    shown.setAttribute('data-state', state)
}

export function removePerson(userId: number): void {
  for (const row of document.querySelectorAll(`#people .person[data-person="${userId}"]`))
    row.remove()
}

/** Shows how many people of the room on the page are online, and how many are not. */
export function showOnline({ language, words }: Page, count: number): void {
  element('online-count', HTMLElement).textContent = String(count)
  element('head-online', HTMLElement).textContent = plural(language, count, words.online)
  const { members } = element('people-list', HTMLElement).dataset
  const offline = Math.max(0, Number(members) - count)
  const heading = document.getElementById('offline-heading')
  heading?.toggleAttribute('hidden', offline === 0)
  heading?.firstElementChild?.replaceChildren(plural(language, offline, words.offline))
}

export type Muted = ReturnType<typeof openMuted>

/** Opens the list of people whose messages this browser folds. */
export function openMuted({ user, words }: Page, storage: Storage) {
  const key = `muted.${user?.id}`
  const read = (): Set<number> => {
    const value = storage.read(key)
    return new Set(Array.isArray(value) ? value.filter((id) => typeof id === 'number') : [])
  }
  let muted = read()
  const decorate = (root: ParentNode): void => {
    for (const row of root.querySelectorAll<HTMLElement>('.msg')) {
      const isMuted = muted.has(Number(row.dataset.user))
      row.classList.toggle('msg--muted', isMuted)
      if (isMuted) row.querySelector('.msg__body')?.setAttribute('data-muted', words.mutedMessage)
    }
  }
  // A folded message opens with a click, for this once.
  onClick(document, '.msg--muted', (row) => row.classList.remove('msg--muted'))
  return {
    decorate,
    has: (person: number): boolean => muted.has(person),
    toggle(person: number): boolean {
      muted = read()
      if (!muted.delete(person)) muted.add(person)
      storage.write(key, [...muted])
      decorate(document)
      return muted.has(person)
    },
  }
}
