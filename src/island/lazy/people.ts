import { limits } from '../../shared/limits'
import { rankName } from '../../shared/rank-name'
import type { App, PeopleList } from '../app'
import { createPeopleSearch, type PeopleSearch } from '../net/people-search'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'

/**
 * The search beside the list: who is listed is found at once, everybody else in the room by the
 * server. It follows the list, which another room or a fresh answer replaces.
 */
export function create({ page }: App): PeopleList {
  const search = createPeopleSearch(page.base, () => show())
  const show = (): void => showFound(page, search)
  const box = element('people-found', HTMLElement).parentElement
  if (box !== null) new MutationObserver(show).observe(box, { childList: true, subtree: true })
  show()
  return { show }
}

/** Below the listed people who fit, those whom the server found besides. */
function showFound({ words }: Page, search: PeopleSearch): void {
  const { dataset } = element('people-list', HTMLElement)
  const field = element('people-search', HTMLInputElement)
  field.hidden = Number(dataset.members) <= limits.peopleWithoutSearchMax
  element('people-room', HTMLInputElement).value = dataset.room ?? ''
  const wanted = field.hidden ? '' : field.value.trim()
  const people = filterPeople(wanted)
  if (wanted === '') search.stop()
  const { rows, state } =
    wanted === '' ? { rows: [], state: null } : search.look(wanted, Number(dataset.room))
  const listed = new Set(people.map(({ dataset: { person } }) => person))
  const others = rows.filter(({ dataset: { person } }) => !listed.has(person))
  const isNobody = others.length === 0 && people.every(({ hidden }) => hidden)
  showOthers(others)
  const found = isNobody ? words.nobodyFound : ''
  const sentence = state === 'unanswered' ? words.notConnected : state === 'found' ? found : ''
  const note = element('people-note', HTMLElement)
  if (note.textContent !== sentence) note.textContent = sentence
}

/** Changes nothing where nothing differs, as changes are watched. */
function showOthers(rows: HTMLElement[]): void {
  const found = element('people-found', HTMLElement)
  found.hidden = rows.length === 0
  const isSame = found.children.length === rows.length
  if (!isSame || rows.some((row, n) => found.children[n] !== row)) found.replaceChildren(...rows)
}

/** Hides the listed people whose names do not fit; gives all. */
function filterPeople(wanted: string): HTMLElement[] {
  const people = [...document.querySelectorAll<HTMLElement>('#people-list .person')]
  for (const person of people)
    person.hidden = !Number.isFinite(rankName(person.dataset.name ?? '', wanted))
  return people
}
