import { limits } from '../../shared/limits'
import { fill, hueOf } from '../../shared/text'
import type { App } from '../app'
import type { Clock } from '../ui/clock'
import { copyOf, make, nodesOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { list, placedRows, placeOf, rowBeside, sign, stops } from '../ui/rows'

export type RowContext = {
  page: Page
  clock: Clock
  muted: Pick<App['muted'], 'decorate'>
  /** Ids of rows that are hidden while their deletion can be undone. */
  hidden: Set<string>
  /** Writes the system lines of the list anew where something has changed. */
  fold: () => void
}

/** Adds what is the reader's own: local time, own rows, mentions of the reader, buttons. */
export function decorate(
  { page, clock, muted, hidden }: Omit<RowContext, 'fold'>,
  root: ParentNode,
): void {
  for (const row of root.querySelectorAll<HTMLElement>('.msg')) {
    markOwn(row, String(page.user?.id))
    addButtons(row, page)
    showTime(row, page, clock)
    if (hidden.has(row.id)) setHidden(row, true)
  }
  muted.decorate(root)
}

function markOwn(row: HTMLElement, reader: string): void {
  if (row.dataset.user === reader) row.classList.add('msg--own')
  const named = (row.dataset.mentions ?? '').split(' ')
  row.classList.toggle('msg--mention', named.includes(reader) || named.includes('0'))
  for (const name of row.querySelectorAll<HTMLElement>('.mention')) {
    name.classList.toggle('mention--me', name.dataset.person === reader)
  }
  for (const chip of row.querySelectorAll<HTMLElement>('.reaction')) {
    const isMine = (chip.dataset.people ?? '').split(' ').includes(reader)
    chip.setAttribute('aria-pressed', String(isMine))
  }
}

function addButtons(row: HTMLElement, { words }: Page): void {
  for (const code of row.querySelectorAll('pre:not(:has(button))')) {
    // A text would be part of the code.
    code.append(make('button', { type: 'button', class: 'copy-code', title: words.copyCode }))
  }
  const long = row.querySelector('.msg__body--long:not(:has(+ .unfold))')
  long?.after(make('button', { type: 'button', class: 'unfold' }, words.showAll))
  // The list is one stop of the Tab key, and arrows walk in it: only the focused row has more.
  row.tabIndex = -1
  if (row.contains(document.activeElement) || row.matches('.msg--pending, .msg--editing')) return
  for (const stop of row.querySelectorAll<HTMLElement>(`.msg__main :is(${stops})`)) {
    stop.tabIndex = -1
  }
}

function showTime(row: HTMLElement, { words }: Page, clock: Clock): void {
  const edited = Number(row.dataset.edited)
  const change = edited > 0 ? `\n${words.edited} ${clock.full(edited)}` : ''
  for (const time of row.querySelectorAll('time')) {
    time.textContent = clock.time(atOf(row))
    time.title = clock.full(atOf(row)) + change
  }
}

/** Groups a row and the one after it with their neighbours, with day headings between. */
export function regroup(clock: Clock, row: HTMLElement): void {
  regroupOne(clock, row)
  const next = rowBeside(row, 'nextElementSibling')
  if (next !== null) regroupOne(clock, next)
}

export function regroupAll({ clock, fold }: Pick<RowContext, 'clock' | 'fold'>): void {
  for (const heading of list().querySelectorAll('.day')) heading.remove()
  for (const row of placedRows()) regroupOne(clock, row)
  fold()
}

function regroupOne(clock: Clock, row: HTMLElement): void {
  const previous = rowBeside(row, 'previousElementSibling')
  const startsDay = previous === null || clock.dayKey(atOf(previous)) !== clock.dayKey(atOf(row))
  const before = row.previousElementSibling
  const hasHeading = before?.matches('.day') === true
  const isSeparated =
    row.querySelector('.quote') !== null || before?.matches('.private-note, .new-line') === true
  if (startsDay && !hasHeading) row.before(make('h2', { class: 'day' }, clock.dayLabel(atOf(row))))
  if (!startsDay && hasHeading) before?.remove()
  row.classList.toggle('msg--follow', !startsDay && !isSeparated && follows(row, previous))
}

function follows(row: HTMLElement, previous: HTMLElement): boolean {
  const isSoon = Math.abs(atOf(row) - atOf(previous)) < limits.groupMs
  return isSoon && row.dataset.user === previous.dataset.user
}

/** Hides a row, also in fresh lists; the returned function shows it again. */
export function hide(context: RowContext, id: string): () => void {
  const { hidden } = context
  const set = (isHidden: boolean): void => {
    if (isHidden) hidden.add(id)
    else hidden.delete(id)
    setHidden(document.getElementById(id), isHidden)
    regroupAll(context)
  }
  set(true)
  return () => set(false)
}

function setHidden(row: HTMLElement | null, isHidden: boolean): void {
  if (row === null) return
  row.hidden = isHidden
  frameOf(row).hidden = isHidden
}

/** A private message in the room in which it was written, where it is no row: it has no place. */
export function makeNote(page: Page, row: HTMLElement, name: string, after: number): HTMLElement {
  const frame = copyOf('private-note')
  frame.dataset.after = String(after)
  const label = frame.querySelector('.private-note__label span')
  label?.replaceChildren(...nodesOf(fill(page.words.onlyYouAnd, { name })))
  frame.append(row)
  return frame
}

/** The other person of a private message, as its row names them. */
export function otherOf(page: Page, row: HTMLElement): { user: number; name: string } {
  const { user, to, toName } = row.dataset
  if (Number(user) === page.user?.id) return { user: Number(to), name: toName ?? '' }
  return { user: Number(user), name: row.querySelector('.msg__meta bdi')?.textContent ?? '' }
}

/** The element that is removed with a row: the row, or the note around it. */
export function frameOf(row: HTMLElement): HTMLElement {
  return row.closest<HTMLElement>('.private-note') ?? row
}

/** The first element that belongs to a row: the heading of its day, or the row itself. */
export function topOf(row: HTMLElement): Element {
  const heading = row.previousElementSibling
  return heading?.matches('.day') === true ? heading : row
}

function atOf(row: HTMLElement): number {
  return Number(row.dataset.at)
}

/** Completes the short row of a plain text (views/messages/live-row.tsx) from the template. */
export function completeRow(page: Page, row: HTMLElement): void {
  const { live } = row.dataset
  const [picture, name] = row.children
  if (live === undefined || picture === undefined || name === undefined) return
  const [room, seq, at] = live.split('/')
  const user = Number.parseInt(row.id, 10)
  Object.assign(row.dataset, { room, seq, at, user })
  delete row.dataset.live
  row.id = `message-${row.id}`
  row.className = 'msg'
  picture.classList.add(hueOf(user))
  picture.setAttribute('aria-hidden', 'true')
  const whole = copyOf('pending-row')
  const mark = name.className.replace('name--', '') || null
  sign(page, whole, { user, name: name.textContent, mark, ...placeOf(row) })
  for (const block of row.querySelectorAll('p')) block.dir = 'auto'
  whole.querySelector('.msg__body')?.replaceChildren(...[...row.childNodes].slice(2))
  whole.querySelector('.av')?.replaceWith(picture)
  row.replaceChildren(...whole.childNodes)
}
