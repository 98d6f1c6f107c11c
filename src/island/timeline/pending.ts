import { isLargeEmoji } from '../../shared/emoji'
import type { App, OutboxEntry } from '../app'
import { copyOf, nodesOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { list } from '../ui/rows'
import { makeQuote } from './quotes'
import { frameOf, makeNote } from './rows'

/** A message that is sent sooner than this shows no note. */
const sendingNoteMs = 1_000

type Needs = Pick<App, 'clock' | 'page'>

/** Shows or updates the row of an unsent message; null when it is on the page for good. */
export function showPending(needs: Needs, entry: OutboxEntry): HTMLElement | null {
  const { words } = needs.page
  const known = document.getElementById(idOf(needs.page, entry.clientId))
  if (known !== null && !known.matches('.msg--pending')) return null
  const row = known ?? addPending(needs, entry)
  const isFailed = entry.state === 'failed'
  row.classList.toggle('msg--failed', isFailed)
  if (entry.reply === null) row.querySelector('.quote')?.remove()
  if (isFailed) setNote(row, `${words.notSent} ${entry.reason}`)
  else if (known !== null) setNote(row, entry.reason || words.sending)
  return row
}

function addPending({ clock, page }: Needs, entry: OutboxEntry): HTMLElement {
  const { at, clientId, content, reply, room, to } = entry
  const row = copyOf('pending-row')
  row.id = idOf(page, clientId)
  row.classList.add('msg--own', 'msg--pending', 'enter')
  Object.assign(row.dataset, { at, room })
  row.querySelector('time')?.replaceChildren(clock.time(at))
  const body = row.querySelector('.msg__body')
  body?.classList.toggle('msg__body--emoji', isLargeEmoji(content))
  body?.toggleAttribute('hidden', content === '')
  body?.querySelector('p')?.replaceChildren(content)
  if (reply !== null) body?.before(makeQuote(page, reply))
  const isNote = room !== Number(list().dataset.room)
  list().append(isNote ? makeNote(page, row, to, Number.MAX_SAFE_INTEGER) : row)
  setTimeout(() => {
    if (row.matches('#timeline .msg--pending:not(.msg--failed)')) setNote(row, page.words.sending)
  }, sendingNoteMs)
  return row
}

/** Whether the row of an unsent message is on the page. */
export function isPending(page: Page, clientId: string): boolean {
  return document.getElementById(idOf(page, clientId))?.matches('.msg--pending') === true
}

/** Removes a row, unless the message is on the page for good. */
export function dropPending(page: Page, clientId: string): void {
  const row = document.getElementById(idOf(page, clientId))
  if (row?.matches('.msg--pending')) frameOf(row).remove()
}

/** The message was accepted in another room: its note stays. */
export function markSent(page: Page, clientId: string): void {
  document.getElementById(idOf(page, clientId))?.classList.remove('msg--pending')
}

/** The pending rows, or the notes around them. */
export function pendingRows(): HTMLElement[] {
  return [...list().querySelectorAll<HTMLElement>('.msg--pending')].map(frameOf)
}

function idOf(page: Page, clientId: string): string {
  return `message-${page.user?.id}-${clientId}`
}

function setNote(row: HTMLElement, text: string): void {
  const note = row.querySelector<HTMLElement>('.msg__state')
  note?.querySelector('span')?.replaceChildren(...nodesOf(text))
  note?.removeAttribute('hidden')
}
