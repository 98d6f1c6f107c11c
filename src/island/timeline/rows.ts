import type { Muted } from '../app'
import type { Clock } from '../ui/clock'
import { element, make, makeButton } from '../ui/dom'
import type { Page } from '../ui/page'

/** The list on the page; another element after another room was opened. */
export function list(): HTMLElement {
  return element('timeline', HTMLElement)
}

/** The id of the room on the page. */
export function currentRoom(): number {
  return Number(list().dataset.room)
}

/** Whether the list on the page comes from the device copy. */
export function isFromDevice(): boolean {
  return list().dataset.remembered !== undefined
}

/** What depends on the reader and on neighbours, which the server's HTML leaves to the browser. */
export type Rows = {
  /** Adds what is the reader's own: local time, own rows, mentions of the reader, buttons. */
  decorate: (root: ParentNode) => void
  /** Groups a row and the one after it with their neighbours, with day headings between. */
  regroup: (row: HTMLElement) => void
  regroupAll: () => void
}

type RowsContext = { page: Page; clock: Clock; muted: Pick<Muted, 'decorate'> }

export function createRows(context: RowsContext): Rows {
  const { clock } = context
  return {
    decorate(root) {
      for (const row of root.querySelectorAll<HTMLElement>('.msg')) decorateRow(context, row)
      context.muted.decorate(root)
    },
    regroup(row) {
      regroupOne(clock, row)
      const next = rowBeside(row, 'nextElementSibling')
      if (next !== null) regroupOne(clock, next)
    },
    regroupAll() {
      for (const heading of list().querySelectorAll('.day')) heading.remove()
      for (const row of rowsOf(list())) regroupOne(clock, row)
    },
  }
}

function decorateRow({ page, clock }: RowsContext, row: HTMLElement): void {
  const { words } = page
  const userId = page.user?.id
  // The list is one stop of the Tab key; arrows walk in it.
  row.tabIndex = -1
  if (Number(row.dataset.user) === userId) row.classList.add('msg--own')
  const named = (row.dataset.mentions ?? '').split(' ')
  row.classList.toggle('msg--mention', named.includes(String(userId)) || named.includes('0'))
  for (const name of row.querySelectorAll<HTMLElement>('.mention')) {
    name.classList.toggle('mention--me', Number(name.dataset.person) === userId)
  }
  for (const chip of row.querySelectorAll<HTMLElement>('.reaction')) {
    const isMine = (chip.dataset.people ?? '').split(' ').includes(String(userId))
    chip.setAttribute('aria-pressed', String(isMine))
  }
  for (const code of row.querySelectorAll('pre')) offerCopy(code, words.copyCode)
  offerUnfolding(row, words.showAll)
  removeTabStops(row)
  const at = atOf(row)
  const edited = Number(row.dataset.edited)
  const change = edited > 0 ? `\n${words.edited} ${clock.full(edited)}` : ''
  for (const time of row.querySelectorAll('time')) {
    time.textContent = clock.time(at)
    time.title = clock.full(at) + change
  }
}

function regroupOne(clock: Clock, row: HTMLElement): void {
  const previous = previousRow(row)
  const startsDay = previous === null || clock.dayKey(atOf(previous)) !== clock.dayKey(atOf(row))
  const before = row.previousElementSibling
  const hasHeading = before?.classList.contains('day') === true
  const isSeparated =
    row.querySelector('.quote') !== null || before?.matches('.slip, .new-line') === true
  if (startsDay && !hasHeading) row.before(make('h2', { class: 'day' }, clock.dayLabel(atOf(row))))
  if (!startsDay && hasHeading) before?.remove()
  const isFollow = !startsDay && !isSeparated && previous !== null && follows(row, previous)
  row.classList.toggle('msg--follow', isFollow)
}

/** Messages of one person within this time are one group. */
const groupMs = 5 * 60_000

function follows(row: HTMLElement, previous: HTMLElement): boolean {
  const isSoon = Math.abs(atOf(row) - atOf(previous)) < groupMs
  return isSoon && row.dataset.user === previous.dataset.user
}

/** The content of a message is no stop of the Tab key until the message has the focus. */
function removeTabStops(row: HTMLElement): void {
  if (row.contains(document.activeElement) || row.matches('.msg--pending, .msg--editing')) return
  for (const stop of row.querySelectorAll<HTMLElement>('.msg__main :is(a, button)')) {
    stop.tabIndex = -1
  }
}

/** The button has no text: it is no part of the code. */
function offerCopy(code: HTMLElement, label: string): void {
  if (code.querySelector('button') !== null) return
  code.append(make('button', { type: 'button', class: 'copy-code', title: label }))
}

function offerUnfolding(row: HTMLElement, label: string): void {
  const body = row.querySelector('.msg__body--long')
  if (body === null || row.querySelector('.unfold') !== null) return
  const unfold = (): void => row.classList.add('msg--unfolded')
  body.after(makeButton({ class: 'unfold' }, label, unfold))
}

/** Where a message was posted. */
export function placeOf(row: HTMLElement): { room: number; seq: number } {
  return { room: Number(row.dataset.room), seq: Number(row.dataset.seq) }
}

/** All rows, oldest first. */
export function rowsOf(timeline: HTMLElement): HTMLElement[] {
  return [...timeline.querySelectorAll<HTMLElement>(':scope > .msg')]
}

/** The row's place in the room; pending rows have none and stand last. */
export function seqOf(row: HTMLElement): number {
  return Number(row.dataset.seq) || Number.POSITIVE_INFINITY
}

/** The room's revision of the row's last change; a fresh row names it once, as its place. */
export function revisionOf(row: HTMLElement): number {
  return Number(row.dataset.revision ?? row.dataset.seq)
}

export function previousRow(row: HTMLElement): HTMLElement | null {
  return rowBeside(row, 'previousElementSibling')
}

function rowBeside(
  row: HTMLElement,
  side: 'nextElementSibling' | 'previousElementSibling',
): HTMLElement | null {
  let beside = row[side]
  while (beside !== null && !beside.classList.contains('msg')) beside = beside[side]
  return beside instanceof HTMLElement ? beside : null
}

function atOf(row: HTMLElement): number {
  return Number(row.dataset.at)
}
