import { rowsOf, seqOf } from '../ui/rows'
import type { NewLine } from '../app'
import { fill, plural } from '../../shared/text'
import { element } from '../ui/dom'
import type { Clock } from '../ui/clock'
import type { Page } from '../ui/page'

type Hooks = { onMarkRead: () => void; loadOlder: () => boolean }

type Line = {
  page: Page
  box: HTMLElement
  bar: HTMLElement
  hooks: Hooks
  /** Where readMarker had stopped when the room was opened; null without a line. */
  readSeq: number | null
  /** The reader asked for it, and older messages are on their way. */
  isSought: boolean
}

/** Makes the keeper of the line and of the bar that tells how much is new since when. */
export function createNewLine(page: Page, clock: Clock, hooks: Hooks): NewLine {
  const box = element('log', HTMLElement)
  const bar = element('unread-bar', HTMLElement)
  const line: Line = { page, box, bar, hooks, readSeq: null, isSought: false }
  bar.querySelector('.unread-bar__jump')?.addEventListener('click', () => seek(line))
  bar.querySelector('.unread-bar__read')?.addEventListener('click', () => {
    drop(line)
    hooks.onMarkRead()
  })
  return {
    drop: () => drop(line),
    seek: () => seek(line),
    open: () => open(line, clock),
    openAt(seq, at) {
      Object.assign(element('timeline', HTMLElement).dataset, {
        readSeq: seq - 1,
        unread: 1,
        unreadSince: at,
      })
      open(line, clock)
      bar.hidden = true
    },
    grown: () => (line.isSought ? seek(line) : void place(line)),
  }
}

function open(line: Line, clock: Clock): void {
  drop(line)
  const { page, bar, box } = line
  const { dataset } = element('timeline', HTMLElement)
  const unread = Number(dataset.unread)
  if (!(unread > 0)) return
  line.readSeq = Number(dataset.readSeq)
  const placed = place(line)
  const top = placed?.getBoundingClientRect().top ?? Number.NEGATIVE_INFINITY
  if (top >= box.getBoundingClientRect().top) return
  if (placed !== null) goTo(line, placed)
  const { one, other } = page.words.newSince
  const time = clock.time(Number(dataset.unreadSince))
  const forms = { one: fill(one, { time }), other: fill(other, { time }) }
  bar.querySelector('.unread-bar__jump')?.replaceChildren(plural(page.language, unread, forms))
  bar.hidden = false
}

function drop(line: Line): void {
  document.getElementById('new-line')?.remove()
  line.bar.hidden = true
  line.readSeq = null
  line.isSought = false
}

/** Puts the line before the first unread message; null while that is not on the page. */
function place({ page, readSeq }: Line): HTMLElement | null {
  const known = document.getElementById('new-line')
  if (readSeq === null || known !== null) return known
  const first = firstUnread(page, readSeq)
  if (first === null) return null
  const line = document.createElement('p')
  line.id = 'new-line'
  line.className = 'new-line'
  line.append(page.words.newLine)
  const heading = first.previousElementSibling
  const isFirstOfDay = heading?.classList.contains('day') === true
  if (isFirstOfDay) heading.before(line)
  else first.before(line)
  first.classList.remove('msg--follow')
  return line
}

function goTo({ box }: Line, placed: HTMLElement): void {
  const { top } = placed.getBoundingClientRect()
  box.scrollTop += top - box.getBoundingClientRect().top - box.clientHeight / 3
}

function seek(line: Line): void {
  const placed = place(line)
  line.isSought = placed === null && line.hooks.loadOlder()
  if (placed !== null) goTo(line, placed)
}

/** The first message of somebody else after the marker, when what is before it is here, too. */
function firstUnread(page: Page, readSeq: number): HTMLElement | null {
  const timeline = element('timeline', HTMLElement)
  const rows = rowsOf(timeline)
  const index = rows.findIndex(
    (row) => seqOf(row) > readSeq && Number(row.dataset.user) !== page.user?.id,
  )
  const isWhole = document.getElementById('older') === null
  const isAfterRead = rows.some((row) => seqOf(row) <= readSeq)
  return isWhole || isAfterRead ? (rows[index] ?? null) : null
}
