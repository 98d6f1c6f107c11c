import type { Clock } from '../ui/clock'
import type { Page } from '../ui/page'
import { limits } from '../../shared/limits'

/**
 * Rows and their neighbours: what the server's HTML leaves to the reader's browser. Whether a row
 * is mine, its local time, whether it follows on the one before, and the day headings between.
 */
export type Rows = {
  /** Prepares rows that are not on the page yet. */
  dress: (root: ParentNode) => void
  /** Settles a row and the one after it among their neighbours. */
  settle: (row: HTMLElement) => void
  settleAll: (timeline: HTMLElement) => void
}

/** Makes the dresser of rows for one reader. */
export function createRows(
  userId: number,
  clock: Clock,
  words: Pick<Page['words'], 'copyCode' | 'edited' | 'showAll'>,
): Rows {
  document.addEventListener('click', ({ target }) => {
    if (target instanceof Element && target.matches('.unfold')) {
      target.closest('.msg')?.classList.add('msg--unfolded')
    }
  })
  const dress = (root: ParentNode): void => {
    for (const row of root.querySelectorAll<HTMLElement>('.msg')) {
      // The list is one stop for the Tab key; arrows walk in it.
      row.tabIndex = -1
      if (Number(row.dataset.user) === userId) row.classList.add('msg--own')
      const named = (row.dataset.mentions ?? '').split(' ')
      const isNamed = named.includes(String(userId)) || named.includes('0')
      row.classList.toggle('msg--mention', isNamed)
      for (const name of row.querySelectorAll<HTMLElement>('.mention')) {
        name.classList.toggle('mention--me', Number(name.dataset.person) === userId)
      }
      markReactions(row, userId)
      for (const code of row.querySelectorAll('pre')) offerCopy(code, words.copyCode)
      offerUnfolding(row, words.showAll)
      takeStops(row)
      for (const time of row.querySelectorAll('time')) {
        time.textContent = clock.time(atOf(row))
        const edited = Number(row.dataset.edited)
        const change = edited > 0 ? `\n${words.edited} ${clock.full(edited)}` : ''
        time.title = clock.full(atOf(row)) + change
      }
    }
  }
  const settleOne = (row: HTMLElement): void => {
    const previous = previousRow(row)
    const startsDay = previous === null || clock.dayKey(atOf(previous)) !== clock.dayKey(atOf(row))
    const heading = row.previousElementSibling
    const isAnswer = row.querySelector('.quote') !== null
    const isBroken = isAnswer || heading?.matches('.slip, .new-line') === true
    const hasHeading = heading?.classList.contains('day') === true
    if (startsDay && !hasHeading) row.before(dayHeading(clock, atOf(row)))
    if (!startsDay && hasHeading) heading?.remove()
    const isFollow = !startsDay && !isBroken && previous !== null && follows(row, previous)
    row.classList.toggle('msg--follow', isFollow)
  }
  const settle = (row: HTMLElement): void => {
    settleOne(row)
    const next = nextRow(row)
    if (next !== null) settleOne(next)
  }
  const settleAll = (timeline: HTMLElement): void => {
    for (const heading of timeline.querySelectorAll('.day')) heading.remove()
    for (const row of rowsOf(timeline)) settleOne(row)
  }
  return { dress, settle, settleAll }
}

function markReactions(row: HTMLElement, userId: number): void {
  for (const chip of row.querySelectorAll<HTMLElement>('.reaction')) {
    const isMine = (chip.dataset.people ?? '').split(' ').includes(String(userId))
    chip.setAttribute('aria-pressed', String(isMine))
  }
}

/** What is in a message is no stop for the Tab key until one is at the message (tools-menu.ts). */
function takeStops(row: HTMLElement): void {
  if (row.contains(document.activeElement) || row.matches('.msg--pending, .msg--editing')) return
  for (const stop of row.querySelectorAll<HTMLElement>('.msg__main :is(a, button)')) {
    stop.tabIndex = -1
  }
}

/** Code is copied by a button in its corner, which has no text of its own: it is no part of it. */
function offerCopy(code: HTMLElement, label: string): void {
  if (code.querySelector('button') !== null) return
  code.append(makeButton({ className: 'copy-code', title: label }))
}

/** A long text is folded; whoever wants all of it asks. */
function offerUnfolding(row: HTMLElement, label: string): void {
  const body = row.querySelector('.msg__body--long')
  if (body === null || row.querySelector('.unfold') !== null) return
  body.after(makeButton({ className: 'unfold', textContent: label }))
}

function makeButton(properties: Partial<HTMLButtonElement>): HTMLButtonElement {
  return Object.assign(document.createElement('button'), { type: 'button', ...properties })
}

/** Where a message was said: its room, and its place there. */
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

/** The room's revision at which it last changed; a fresh row says it once, as its place. */
export function revisionOf(row: HTMLElement): number {
  return Number(row.dataset.revision ?? row.dataset.seq)
}

export function previousRow(row: HTMLElement): HTMLElement | null {
  let element = row.previousElementSibling
  while (element !== null && !element.classList.contains('msg')) {
    element = element.previousElementSibling
  }
  return element instanceof HTMLElement ? element : null
}

function nextRow(row: HTMLElement): HTMLElement | null {
  let element = row.nextElementSibling
  while (element !== null && !element.classList.contains('msg')) {
    element = element.nextElementSibling
  }
  return element instanceof HTMLElement ? element : null
}

function atOf(row: HTMLElement): number {
  return Number(row.dataset.at)
}

function follows(row: HTMLElement, previous: HTMLElement): boolean {
  const isSoon = Math.abs(atOf(row) - atOf(previous)) < limits.groupMs
  return isSoon && row.dataset.user === previous.dataset.user
}

function dayHeading(clock: Clock, at: number): HTMLElement {
  const heading = document.createElement('h2')
  heading.className = 'day'
  heading.textContent = clock.dayLabel(at)
  return heading
}
