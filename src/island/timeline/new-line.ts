import { fill, plural } from '../../shared/text'
import type { App, NewLine } from '../app'
import { element, make } from '../ui/dom'
import type { Page } from '../ui/page'
import { list, rowsOf, seqOf } from '../ui/rows'

type Hooks = { onMarkRead: () => void; loadOlder: () => boolean }

/** The line before the first unread message, and the bar that tells how many are above. */
export function createNewLine({ clock, page }: Pick<App, 'clock' | 'page'>, hooks: Hooks): NewLine {
  const box = element('log', HTMLElement)
  const bar = element('unread-bar', HTMLElement)
  const jump = bar.querySelector('.unread-bar__jump')
  /** The read marker when the room was opened; null without a line. */
  let readSeq: number | null = null
  /** The reader wants to see the line, and older messages were requested. */
  let isSeeking = false
  const drop = (): void => {
    document.getElementById('new-line')?.remove()
    bar.hidden = true
    readSeq = null
    isSeeking = false
  }
  const place = (): HTMLElement | null => (readSeq === null ? null : placeLine(page, readSeq))
  const seek = (): void => {
    const line = place()
    isSeeking = line === null && hooks.loadOlder()
    if (line !== null) scrollTo(box, line)
  }
  const open = (): void => {
    drop()
    const { dataset } = list()
    const unread = Number(dataset.unread)
    if (!(unread > 0)) return
    readSeq = Number(dataset.readSeq)
    const line = place()
    const top = line?.getBoundingClientRect().top ?? Number.NEGATIVE_INFINITY
    if (top >= box.getBoundingClientRect().top) return
    if (line !== null) scrollTo(box, line)
    const time = clock.time(Number(dataset.unreadSince))
    const sentence = plural(page.language, unread, page.words.newSince)
    jump?.replaceChildren(fill(sentence, { time }))
    bar.hidden = false
  }
  jump?.addEventListener('click', seek)
  bar.querySelector('.unread-bar__read')?.addEventListener('click', () => {
    drop()
    hooks.onMarkRead()
  })
  return {
    drop,
    seek,
    open,
    openAt(seq, at) {
      Object.assign(list().dataset, { readSeq: seq - 1, unread: 1, unreadSince: at })
      open()
      bar.hidden = true
    },
    grown: () => (isSeeking ? seek() : void place()),
  }
}

/** Puts the line before the first unread message; null while that is not on the page. */
function placeLine(page: Page, readSeq: number): HTMLElement | null {
  const known = document.getElementById('new-line')
  const first = firstUnread(page.user?.id, readSeq)
  if (known !== null || first === null) return known
  const line = make('p', { id: 'new-line', class: 'new-line' }, page.words.newLine)
  const heading = first.previousElementSibling
  const isFirstOfDay = heading?.classList.contains('day') === true
  if (isFirstOfDay) heading.before(line)
  else first.before(line)
  first.classList.remove('msg--follow')
  return line
}

function scrollTo(box: HTMLElement, line: HTMLElement): void {
  const { top } = line.getBoundingClientRect()
  box.scrollTop += top - box.getBoundingClientRect().top - box.clientHeight / 3
}

/** The first unread message of somebody else, if what is before it is on the page, too. */
function firstUnread(reader: number | undefined, readSeq: number): HTMLElement | null {
  const rows = rowsOf()
  const isWhole = document.getElementById('older') === null
  if (!isWhole && !rows.some((row) => seqOf(row) <= readSeq)) return null
  const isUnread = (row: HTMLElement): boolean =>
    seqOf(row) > readSeq && Number(row.dataset.user) !== reader
  return rows.find(isUnread) ?? null
}
