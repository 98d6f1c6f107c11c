import { plural } from '../../shared/text'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

/** A list up to this long needs no search field. */
const peopleWithoutSearch = 15

/** Fetches the head of the room on the page and the list of its people. */
export function renewHead(): void {
  element('head', HTMLElement).dispatchEvent(new Event('renew'))
}

/** Puts published lines of this room's people into the list, in place of older ones. */
export function receivePeople(page: Page, published: HTMLElement[]): void {
  const { room } = element('timeline', HTMLElement).dataset
  for (const person of published) {
    setPresence(page, Number(person.dataset.person), person.dataset.state ?? 'offline')
    if (person.dataset.room !== room) continue
    document.getElementById(person.id)?.remove()
    element('people-list', HTMLElement).append(person)
  }
  arrangeSoon(page)
}

/** Somebody came, went or rested: on the list, and on their private conversation. */
export function setPresence(page: Page, userId: number, state: string): void {
  for (const sign of document.querySelectorAll(`[data-person="${userId}"][data-state]`)) {
    sign.setAttribute('data-state', state)
  }
  arrangeSoon(page)
}

/** Somebody is not in this room any more. */
export function removePerson(page: Page, userId: number): void {
  document.getElementById(`person-${userId}`)?.remove()
  arrangeSoon(page)
}

let timer: Timer | undefined

/** Once for all changes of a moment, and not while somebody is pointing at the list. */
function arrangeSoon(page: Page): void {
  clearTimeout(timer)
  timer = setTimeout(() => arrange(page))
}

/** Those who are here first, then by name; the counts follow. */
function arrange(page: Page): void {
  const list = element('people-list', HTMLElement)
  const people = [...list.querySelectorAll<HTMLElement>('.person')]
  const here = people.filter((person) => !isAbsent(person)).length
  filter(people)
  element('online-count', HTMLElement).textContent = String(here)
  element('head-online', HTMLElement).textContent = plural(page.language, here, page.words.online)
  if (list.matches(':hover')) {
    list.addEventListener('pointerleave', () => arrangeSoon(page), { once: true })
    return
  }
  const { compare } = new Intl.Collator(page.language)
  people.sort(
    (a, b) =>
      Number(isAbsent(a)) - Number(isAbsent(b)) ||
      compare(a.dataset.name ?? '', b.dataset.name ?? ''),
  )
  const focused = document.activeElement
  list.replaceChildren(...people)
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus()
}

/** A long list is searched by name. */
export function watchPeopleSearch(): void {
  const people = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('.person')]
  element('people-search', HTMLInputElement).addEventListener('input', () => filter(people()))
  filter(people())
}

function filter(people: HTMLElement[]): void {
  const search = element('people-search', HTMLInputElement)
  search.hidden = people.length <= peopleWithoutSearch
  const wanted = search.hidden ? '' : search.value.trim().toLocaleLowerCase()
  for (const person of people) {
    person.hidden = !(person.dataset.name ?? '').toLocaleLowerCase().includes(wanted)
  }
}

function isAbsent(person: HTMLElement): boolean {
  return person.dataset.state === 'offline'
}
