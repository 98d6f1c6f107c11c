import { isLargeEmoji } from '../../shared/emoji'
import type { Clock } from '../ui/clock'
import type { OutboxEntry } from '../messages/outbox-entry'
import { copyOf, type Page } from '../ui/page'
import { makeQuote } from './quotes'
import { dropSlipOf, makeSlip } from './slips'

/** "Sending…" would only flash before this. */
const sendingNoteMs = 1_000

/** Rows of messages that the server has not answered yet; they always stand last. */
export type Pending = {
  /** Shows or updates the row of an unanswered message; null when it is on the page for good. */
  show: (entry: OutboxEntry) => HTMLElement | null
  drop: (clientId: string) => void
  /** Takes all of them off a list that was kept while answers came. */
  clear: () => void
  first: () => HTMLElement | null
}

/**
 * Makes pending rows from the template that the server rendered with the same component as all
 * rows. Text goes in as text, never as markup.
 */
export function createPending(page: Page, clock: Clock, timeline: () => HTMLElement): Pending {
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
    const isSlip = entry.room !== Number(timeline().dataset.room)
    const end = Number.MAX_SAFE_INTEGER
    timeline().append(isSlip ? makeSlip(page, row, entry.to, end) : row)
    // Said only when it takes long enough to be noticed.
    setTimeout(() => noteSending(row), sendingNoteMs)
    return row
  }
  const noteSending = (row: HTMLElement): void => {
    if (row.isConnected && row.matches('.msg--pending:not(.msg--failed)')) {
      setNote(row, page.words.sending)
    }
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
      if (row?.classList.contains('msg--pending')) dropSlipOf(row)
    },
    clear() {
      for (const row of timeline().querySelectorAll<HTMLElement>('.msg--pending')) dropSlipOf(row)
    },
    first() {
      const [row] = timeline().querySelectorAll<HTMLElement>('.msg--pending')
      return row?.closest<HTMLElement>('.slip') ?? row ?? null
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
