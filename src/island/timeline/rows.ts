import { limits } from '../../shared/limits'
import { hueOf } from '../../shared/text'
import type { Muted } from '../app'
import type { Clock } from '../ui/clock'
import { copyOf, make, makeButton } from '../ui/dom'
import type { Page } from '../ui/page'
import { list, placeOf, rowBeside, rowsOf, sign } from '../ui/rows'

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
      for (const row of rowsOf()) regroupOne(clock, row)
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
  const previous = rowBeside(row, 'previousElementSibling')
  const startsDay = previous === null || clock.dayKey(atOf(previous)) !== clock.dayKey(atOf(row))
  const before = row.previousElementSibling
  const hasHeading = before?.classList.contains('day') === true
  const isSeparated =
    row.querySelector('.quote') !== null || before?.matches('.private-note, .new-line') === true
  if (startsDay && !hasHeading) row.before(make('h2', { class: 'day' }, clock.dayLabel(atOf(row))))
  if (!startsDay && hasHeading) before?.remove()
  const isFollow = !startsDay && !isSeparated && previous !== null && follows(row, previous)
  row.classList.toggle('msg--follow', isFollow)
}

function follows(row: HTMLElement, previous: HTMLElement): boolean {
  const isSoon = Math.abs(atOf(row) - atOf(previous)) < limits.groupMs
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

function atOf(row: HTMLElement): number {
  return Number(row.dataset.at)
}

/**
 * Completes a published row. A row of plain text (views/messages/live-row.tsx) has only what is its
 * own, which saves more than half of the bytes; the rest comes from the page's template.
 */
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
  sign(page, whole, { user, name: name.textContent, ...placeOf(row) })
  whole.querySelector('.msg__body')?.replaceChildren(...[...row.childNodes].slice(2))
  whole.querySelector('.av')?.replaceWith(picture)
  row.replaceChildren(...whole.childNodes)
}
