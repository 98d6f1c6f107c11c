import type { Named } from '../../shared/protocol'
import { isLong, type Part, sentenceOf, summarize, type Told } from '../../shared/system-lines'
import type { App, Lines } from '../app'
import type { Clock } from '../ui/clock'
import { openCard } from '../net/htmx'
import { make, onClick } from '../ui/dom'
import type { Page } from '../ui/page'
import { list, passFocus, showName } from '../ui/rows'
import { toldOf } from '../ui/system-rows'

/** Writes the sentences of system lines, and folds those that follow each other. */
export function create({ clock, page }: Pick<App, 'clock' | 'page'>): Lines {
  const fold = (): void => foldRows(page, clock)
  onClick(document, '.system [data-person]', ({ dataset }, event) => {
    // It stands in a line that opens itself.
    event.preventDefault()
    openCard(page, Number(dataset.person))
  })
  return {
    fold,
    rename(user) {
      rename(user)
      fold()
    },
  }
}

/** The name of a person in all lines. */
function rename(user: Named): void {
  const take = (person: Named): void => {
    if (person.id === user.id) Object.assign(person, user)
  }
  for (const row of list().querySelectorAll<HTMLElement>('.system')) {
    const told = toldOf(row)
    take(told.author)
    for (const person of told.line.people) {
      take(person)
      if (person.by !== null) take(person.by)
    }
    row.dataset.told = JSON.stringify(told)
  }
}

/**
 * Shows the system lines of the list: those of who comes and goes that follow each other are one
 * line, in the first of their rows, which can be opened.
 */
function foldRows(page: Page, clock: Clock): void {
  hideEmptyDays()
  for (const run of runsOf(list())) {
    const [first, ...others] = run
    if (first === undefined) continue
    first.classList.remove('system--folded')
    // Another row may have been the first of them.
    const isOpen = run.some((row) => row.querySelector('details[open]') !== null)
    showRun(page, clock, first, run)
    if (isOpen) first.querySelector('details')?.setAttribute('open', '')
    for (const row of others) {
      row.classList.add('system--folded')
      if (shown.get(row) === '') continue
      passFocus(row)
      row.replaceChildren()
      shown.set(row, '')
    }
  }
}

/** A day of which only hidden lines are in the list has no heading. */
function hideEmptyDays(): void {
  const isHiding = list().dataset.comings === 'false'
  for (const day of list().querySelectorAll<HTMLElement>('.day')) {
    let next = day.nextElementSibling
    while (isHiding && isAboutPeople(next)) next = next?.nextElementSibling ?? null
    day.hidden = next === null || next.matches('.day')
  }
}

/** What a row shows, so that it is made anew only when something has changed. */
const shown = new WeakMap<HTMLElement, string>()

function runsOf(timeline: HTMLElement): HTMLElement[][] {
  const runs: HTMLElement[][] = []
  for (const row of timeline.querySelectorAll<HTMLElement>(':scope > .system')) {
    const last = runs.at(-1)?.at(-1)
    const follows = last === row.previousElementSibling && isAboutPeople(last)
    if (follows && isAboutPeople(row)) runs.at(-1)?.push(row)
    else runs.push([row])
  }
  return runs
}

/** As static/css/room.css hides them. */
const aboutPeople = '.system:is([data-kind=joined], [data-kind=left], [data-kind=removed])'

function isAboutPeople(row: Element | null | undefined): boolean {
  return row?.matches(aboutPeople) === true
}

function showRun(page: Page, clock: Clock, first: HTMLElement, run: HTMLElement[]): void {
  const rows = run.map(({ dataset }) => `${dataset.at} ${dataset.told}`)
  const key = [clock.key(), ...rows].join('\n')
  if (shown.get(first) === key) return
  shown.set(first, key)
  const all = run.map(toldOf)
  const brief = summarize(all).flatMap((told, n) => [
    ...(n > 0 ? [' · '] : []),
    ...sentence(page, told, false),
  ])
  const line = [...brief, ' ', timeOf(clock, first)]
  if (run.length === 1 && !all.some(isLong)) {
    // It has the focus in place of the message that an arrow came from.
    first.tabIndex = -1
    return first.replaceChildren(make('p', {}, ...line))
  }
  first.removeAttribute('tabindex')
  const whole = run.map((row, n) => {
    const told = all[n]
    const words = told === undefined ? [] : sentence(page, told, true)
    return make('li', {}, ...words, ' ', timeOf(clock, row))
  })
  fillFold(first, line, whole)
}

/** An open fold stays open, and its focus where it is. */
function fillFold(row: HTMLElement, line: (Node | string)[], whole: Node[]): void {
  const known = row.querySelector('details')
  const fold = known ?? make('details', {}, make('summary', {}))
  const summary = fold.querySelector('summary')
  // Arrows walk to it, as to messages.
  summary?.setAttribute('tabindex', '-1')
  summary?.replaceChildren(...line)
  fold.querySelector('ul')?.remove()
  fold.append(make('ul', {}, ...whole))
  if (known === null) row.replaceChildren(fold)
}

function sentence({ language, words }: Page, told: Told, isFull: boolean): (Node | string)[] {
  return sentenceOf(told, words.system, language, isFull).map(nodeOf)
}

/** Names, and texts that somebody typed, are elements: no text can pass for our words. */
function nodeOf(part: Part): Node | string {
  if (typeof part === 'string') return part
  if ('typed' in part) return make('bdi', { translate: 'no' }, part.typed)
  const { id, mark, nickname } = part.person
  const name = make('bdi', { 'data-person': String(id), translate: 'no' })
  showName(name, nickname, mark)
  return name
}

function timeOf(clock: Clock, { dataset }: HTMLElement): HTMLElement {
  const at = Number(dataset.at)
  return make('time', { title: clock.full(at) }, clock.time(at))
}
