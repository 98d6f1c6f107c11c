import { list } from '../ui/rows'
import { isLargeEmoji } from '../../shared/emoji'
import type { OutboxEntry } from '../app'
import type { Clock } from '../ui/clock'
import { copyOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { frameOf, makeNote } from './private-notes'
import { makeQuote } from './quotes'

/** Rows of messages that the server has not accepted yet; they stand last. */
export type Pending = {
  /** Shows or updates a row; null when the message is on the page for good. */
  show: (entry: OutboxEntry) => HTMLElement | null
  drop: (clientId: string) => void
  /** Removes all of them from a list that was kept while answers came. */
  clear: () => void
  first: () => HTMLElement | null
}

/** A message that is sent sooner than this shows no note. */
const sendingNoteMs = 1_000

/** Makes the rows from a template that the server rendered with the component of all rows. */
export function createPending(page: Page, clock: Clock): Pending {
  const idOf = (clientId: string): string => `message-${page.user?.id}-${clientId}`
  const make = (entry: OutboxEntry): HTMLElement => {
    const row = copyOf('pending-row')
    row.id = idOf(entry.clientId)
    row.classList.add('msg--own', 'msg--pending', 'enter')
    row.dataset.at = String(entry.at)
    row.dataset.room = String(entry.room)
    row.querySelector('time')?.replaceChildren(clock.time(entry.at))
    const body = row.querySelector('.msg__body')
    body?.classList.toggle('msg__body--emoji', isLargeEmoji(entry.content))
    body?.toggleAttribute('hidden', entry.content === '')
    body?.querySelector('p')?.replaceChildren(entry.content)
    if (entry.reply !== null) body?.before(makeQuote(page, entry.reply))
    const isNote = entry.room !== Number(list().dataset.room)
    list().append(isNote ? makeNote(page, row, entry.to, Number.MAX_SAFE_INTEGER) : row)
    setTimeout(() => {
      const isWaiting = row.isConnected && row.matches('.msg--pending:not(.msg--failed)')
      if (isWaiting) setNote(row, page.words.sending)
    }, sendingNoteMs)
    return row
  }
  return {
    show(entry) {
      const known = document.getElementById(idOf(entry.clientId))
      if (known !== null && !known.classList.contains('msg--pending')) return null
      const row = known ?? make(entry)
      const isFailed = entry.state === 'failed'
      row.classList.toggle('msg--failed', isFailed)
      if (entry.reply === null) row.querySelector('.quote')?.remove()
      if (isFailed) setNote(row, `${page.words.notSent} ${entry.reason}`)
      else if (known !== null) setNote(row, entry.reason || page.words.sending)
      return row
    },
    drop(clientId) {
      const row = document.getElementById(idOf(clientId))
      if (row?.classList.contains('msg--pending')) frameOf(row).remove()
    },
    clear() {
      for (const row of list().querySelectorAll<HTMLElement>('.msg--pending')) frameOf(row).remove()
    },
    first() {
      const [row] = list().querySelectorAll<HTMLElement>('.msg--pending')
      return row === undefined ? null : frameOf(row)
    },
  }
}

function setNote(row: HTMLElement, text: string): void {
  const note = row.querySelector<HTMLElement>('.msg__state')
  note?.querySelector('span')?.replaceChildren(text)
  note?.removeAttribute('hidden')
  for (const button of note?.querySelectorAll('button') ?? []) {
    button.hidden = !row.classList.contains('msg--failed')
  }
}
