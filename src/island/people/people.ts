import { limits } from '../../shared/limits'
import { plural } from '../../shared/text'
import { element, onClick } from '../ui/dom'
import type { Page } from '../ui/page'
import { list } from '../ui/rows'
import type { Storage } from '../ui/storage'

/** Puts published rows of this room's people into the list, in place of older ones. */
export function receivePeople(page: Page, published: HTMLElement[]): void {
  const { room } = list().dataset
  for (const person of published) {
    setPresence(page, Number(person.dataset.person), person.dataset.state ?? 'offline')
    if (person.dataset.room !== room) continue
    document.getElementById(person.id)?.remove()
    element('people-list', HTMLElement).append(person)
  }
}

/** Shows the presence of a person on the list, and on their private conversation. */
export function setPresence(page: Page, userId: number, state: string): void {
  for (const shown of document.querySelectorAll(`[data-person="${userId}"][data-state]`))
    shown.setAttribute('data-state', state)
  arrangeSoon(page)
}

export function removePerson(page: Page, userId: number): void {
  for (const row of document.querySelectorAll(`#people .person[data-person="${userId}"]`))
    row.remove()
  arrangeSoon(page)
}

let timer: Timer | undefined

/** Changes that arrive together are one; nothing moves while the pointer is over the list. */
function arrangeSoon(page: Page): void {
  clearTimeout(timer)
  timer = setTimeout(() => arrange(page))
}

/** Shows how many people of the room on the page are online. */
export function showOnline({ language, words }: Page, count: number): void {
  element('online-count', HTMLElement).textContent = String(count)
  element('head-online', HTMLElement).textContent = plural(language, count, words.online)
}

/** Sorts the list, those who are not offline first, then by name; the server tells how many. */
function arrange(page: Page): void {
  const { language } = page
  const box = element('people-list', HTMLElement)
  const people = [...box.querySelectorAll<HTMLElement>('.person')]
  const here = new Set(people.filter(({ dataset }) => dataset.state !== 'offline'))
  if (box.matches(':hover')) {
    box.addEventListener('pointerleave', () => arrangeSoon(page), { once: true })
    return
  }
  const { compare } = new Intl.Collator(language)
  const rank = (person: HTMLElement): number => Number(!here.has(person))
  people.sort((a, b) => rank(a) - rank(b) || compare(a.dataset.name ?? '', b.dataset.name ?? ''))
  const focused = document.activeElement
  box.replaceChildren(...people.slice(0, limits.peopleListMax))
  if (focused instanceof HTMLElement && box.contains(focused)) focused.focus()
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
