import { count, element, type Page } from './page'

/** Puts published lines of people into the list: online first, then by name. */
export function receivePeople(page: Page, published: HTMLElement[]): void {
  const list = element('people-list', HTMLElement)
  const compare = new Intl.Collator(page.language).compare
  for (const person of published) document.getElementById(person.id)?.remove()
  const people = [...list.querySelectorAll<HTMLElement>('.person'), ...published]
  const rank = (person: HTMLElement): number => (person.dataset.state === 'offline' ? 1 : 0)
  people.sort((a, b) => rank(a) - rank(b) || compare(a.dataset.name ?? '', b.dataset.name ?? ''))
  list.replaceChildren(...people)
  const online = people.filter((person) => rank(person) === 0).length
  element('online-count', HTMLElement).textContent = String(online)
  const { room } = element('timeline', HTMLElement).dataset
  document.querySelector(`#room-${room} .online`)?.replaceChildren(String(online))
  element('head-online', HTMLElement).textContent = count(page, online, page.words.online)
}
