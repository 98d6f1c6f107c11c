import { pagePaths } from '../../shared/paths'
import { fill, hiddenText, hueOf, plural } from '../../shared/text'
import { announce, element, make } from './dom'
import { isTouch } from './keys'
import type { Page } from './page'

/** The list on the page; another element after another room was opened. */
export const list = (): HTMLElement => element('timeline', HTMLElement)
export const currentRoom = (): number => Number(list().dataset.room)
export const roomTitle = (): string => list().dataset.title ?? ''
export const isFromDevice = (): boolean => list().dataset.remembered !== undefined

/** What has a place in the room: messages and system lines. */
const placed = ':is(.msg, .system):not([hidden])'

/** All visible messages, oldest first; private notes are none. */
export function rowsOf(): HTMLElement[] {
  return placedRows('.msg')
}

/** The same with system lines. */
export function placedRows(kind = '*'): HTMLElement[] {
  return [...list().querySelectorAll<HTMLElement>(`:scope > ${kind}${placed}`)]
}

export function placeOf({ dataset }: HTMLElement): { room: number; seq: number } {
  return { room: Number(dataset.room), seq: Number(dataset.seq) }
}

/** The row's place in the room; pending rows have none and stand last. */
export const seqOf = ({ dataset }: HTMLElement): number => Number(dataset.seq) || Infinity
/** The room's revision of the row's last change; a fresh row names it once, as its place. */
export const revisionOf = ({ dataset: { revision, seq } }: HTMLElement): number =>
  Number(revision ?? seq)

/** What takes the focus within a row. */
export const stops = 'a, button, input, .table'

type Side = 'nextElementSibling' | 'previousElementSibling'

/** The visible row before or after an element of the list. */
export function rowBeside(part: HTMLElement, side: Side): HTMLElement | null {
  let beside = part[side]
  while (beside !== null && !beside.matches(placed)) beside = beside[side]
  return beside instanceof HTMLElement ? beside : null
}

/** An element that may have the focus is about to be removed: the focus goes to a neighbour. */
export function passFocus(removed: HTMLElement): void {
  if (!removed.contains(document.activeElement)) return
  const next = rowBeside(removed, 'nextElementSibling')
  const row = next ?? rowBeside(removed, 'previousElementSibling')
  if (row !== null) focusOf(row).focus({ preventScroll: true })
  else if (!isTouch()) element('content', HTMLElement).focus()
}

/** What has the focus for a row: a fold of system lines opens and closes itself. */
export function focusOf(row: HTMLElement): HTMLElement {
  return row.querySelector<HTMLElement>(':scope > details > summary') ?? row
}

/** Shows a name; CSS adds that the person has left or is new. */
export function showName(place: Element, name: string, mark: string | null): void {
  place.replaceChildren(name)
  if (mark === null) place.removeAttribute('class')
  else place.className = `name--${mark}`
}

type Author = { user: number; name: string; mark: string | null; room: number; seq: number }

/** Fills in the author and the address of a row made from the template. */
export function sign(
  { base }: Page,
  row: ParentNode,
  { user, name, mark, room, seq }: Author,
): void {
  row.querySelector('.msg__state')?.remove()
  row.querySelector('b')?.setAttribute('class', hueOf(user))
  row.querySelector('a')?.setAttribute('href', pagePaths(base).message(room, seq))
  const shown = row.querySelector('bdi')
  if (shown !== null) showName(shown, name, mark)
}

const spokenUnitsMax = 500
const gatherMs = 2_000
let recent = 0
let timer: Timer | undefined

/** Reads new messages to a screen reader; more than three within two seconds become a number. */
export function announceRows(page: Page, rows: HTMLElement[]): void {
  const last = rows.at(-1)
  if (last === undefined) return
  recent += rows.length
  timer ??= setTimeout(() => {
    if (recent > 3) announce(plural(page.language, recent, page.words.newMessages))
    recent = 0
    timer = undefined
  }, gatherMs)
  if (recent <= 3) announce(sentence(page, last))
}

/**
 * The text of a message in one line, without that of spoilers: the same that
 * src/shared/markup/excerpt.ts makes of what was typed. Without text, the names of its files.
 */
export function textOf(row: HTMLElement): string {
  const copy = make('p', {}, row.querySelector('.msg__body:not([hidden])')?.cloneNode(true) ?? '')
  for (const part of copy.querySelectorAll('label, p, li, pre, th, td')) {
    if (!part.matches('[class=spoiler]')) part.before(' ')
    if (part.matches('label')) part.replaceWith(hiddenText)
  }
  const text = copy.textContent.replace(/\s+/g, ' ').trim()
  if (text !== '') return text
  const files = [...row.querySelectorAll('.pic img, .file bdi')]
  return files.map((name) => name.getAttribute('alt') ?? name.textContent).join(', ')
}

function sentence({ words }: Page, row: HTMLElement): string {
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  const text = textOf(row)
  const start = text.slice(0, spokenUnitsMax)
  const spoken = start === text ? text : fill(words.andMore, { text: start })
  return fill(words.announceMessage, { name, text: spoken })
}
