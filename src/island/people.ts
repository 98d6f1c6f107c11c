import { count, element, type Page } from './page'

/** Puts published lines of people into the list, in place of older ones of the same people. */
export function receivePeople(page: Page, published: HTMLElement[]): void {
  for (const person of published) document.getElementById(person.id)?.remove()
  element('people-list', HTMLElement).append(...published)
  arrangeSoon(page)
}

/** Somebody on the list came or went. */
export function setPresence(page: Page, userId: number, state: string): void {
  document.getElementById(`person-${userId}`)?.setAttribute('data-state', state)
  arrangeSoon(page)
}

let timer: Timer | undefined

/** Once for all changes of a moment: after a restart everybody comes back at once. */
function arrangeSoon(page: Page): void {
  clearTimeout(timer)
  timer = setTimeout(() => arrange(page))
}

/** Online first, then by name; the counts follow. */
function arrange(page: Page): void {
  const list = element('people-list', HTMLElement)
  const { compare } = new Intl.Collator(page.language)
  const people = [...list.querySelectorAll<HTMLElement>('.person')]
  const rank = (person: HTMLElement): number => (person.dataset.state === 'offline' ? 1 : 0)
  people.sort((a, b) => rank(a) - rank(b) || compare(a.dataset.name ?? '', b.dataset.name ?? ''))
  list.replaceChildren(...people)
  const online = people.filter((person) => rank(person) === 0).length
  const { room } = element('timeline', HTMLElement).dataset
  element('online-count', HTMLElement).textContent = String(online)
  element('head-online', HTMLElement).textContent = count(page, online, page.words.online)
  document.querySelector(`#room-${room} .online`)?.replaceChildren(String(online))
}
