import { stops as stopsInRows } from '../ui/rows'

/** Classes of a row for what its reader did; the others are made from what is published. */
const classes = ['enter', 'msg--flash', 'msg--menu', 'msg--unfolded']
/** What its reader can open in it. */
const switches = 'details, input[type=checkbox]'
const stops = `.msg__main :is(${stopsInRows})`

/**
 * Takes what the reader did to a row over into its next version: `classes`, opened `switches`, tab
 * stops, the focus and the selected text. Parts that are then equal stay the same elements, and
 * whatever plays in them goes on. The returned function does the rest once the version is shown.
 */
export function keepState(known: HTMLElement, next: HTMLElement): () => void {
  for (const name of classes) if (known.classList.contains(name)) next.classList.add(name)
  const opened = namesOf(known, switches).filter(([part]) => isOpen(part))
  const open = (row: HTMLElement): void => {
    const names = opened.map(([, name]) => name)
    for (const [part, name] of namesOf(row, switches)) setOpen(part, names.includes(name))
  }
  open(next)
  const stop = known.querySelector<HTMLElement>(stops)?.tabIndex ?? -1
  for (const part of next.querySelectorAll<HTMLElement>(stops)) part.tabIndex = stop
  const restoreFocus = keepFocus(known)
  const restoreSelection = keepSelection(known)
  return () => {
    open(known)
    restoreFocus()
    restoreSelection()
  }
}

function isOpen(part: HTMLElement): boolean {
  return part instanceof HTMLInputElement ? part.checked : part.hasAttribute('open')
}

function setOpen(part: HTMLElement, isOpen: boolean): void {
  if (part instanceof HTMLInputElement) part.checked = isOpen
  else part.toggleAttribute('open', isOpen)
}

/** Parts of a row with names that they have in its next version, too: by content, not by place. */
function namesOf(row: HTMLElement, selector: string): [part: HTMLElement, name: string][] {
  const seen = new Map<string, number>()
  return [...row.querySelectorAll<HTMLElement>(selector)].map((part) => {
    const { className, dataset, tagName } = part
    const source = part.getAttribute('href') ?? part.getAttribute('src') ?? ''
    const content = part.closest('details, label, pre')?.textContent ?? ''
    const name = [tagName, className, dataset.emoji, source, content].join(' ')
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return [part, `${name} ${count}`]
  })
}

const focusable = `${stopsInRows}, summary, audio, video`

/** The focus stays on what it was on; when that has gone, it is on the row. */
function keepFocus(row: HTMLElement): () => void {
  const focused = document.activeElement
  const before = namesOf(row, focusable).find(([part]) => part === focused)
  if (before === undefined) return () => {}
  return () => {
    const same = namesOf(row, focusable).find(([, name]) => name === before[1])
    const target = same?.[0] ?? row
    if (target !== document.activeElement) target.focus({ preventScroll: true })
  }
}

/** A selection that begins or ends in the text stays on the words it was on. */
function keepSelection(row: HTMLElement): () => void {
  const selection = getSelection()
  const body = row.querySelector('.msg__body')
  if (selection === null || body === null || selection.isCollapsed) return () => {}
  const before = body.textContent
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection
  const anchor = offsetIn(body, anchorNode, anchorOffset)
  const focus = offsetIn(body, focusNode, focusOffset)
  if (anchor === null && focus === null) return () => {}
  return () => {
    const now = row.querySelector('.msg__body')
    if (now === null) return
    const after = now.textContent
    const start = Math.min(anchor ?? 0, focus ?? 0)
    const words = before.slice(start, Math.max(anchor ?? 0, focus ?? 0))
    const isWithin = anchor !== null && focus !== null
    const at = isWithin ? nearest(after, words, movedOffset(before, after, start)) : -1
    const moved = (offset: number) =>
      placeAt(now, at < 0 ? movedOffset(before, after, offset) : offset - start + at)
    const [from, fromOffset] = anchor === null ? [anchorNode, anchorOffset] : moved(anchor)
    const [to, toOffset] = focus === null ? [focusNode, focusOffset] : moved(focus)
    const isAsBefore = selection.anchorNode === from && selection.focusNode === to
    const isWhole = selection.anchorOffset === fromOffset && selection.focusOffset === toOffset
    if (from === null || to === null || (isAsBefore && isWhole)) return
    selection.setBaseAndExtent(from, fromOffset, to, toOffset)
  }
}

/** How much text of a part is before a place; null for a place outside. */
function offsetIn(part: Element, node: Node | null, offset: number): number | null {
  if (node === null || !part.contains(node)) return null
  const range = document.createRange()
  range.setStart(part, 0)
  range.setEnd(node, offset)
  return range.toString().length
}

function placeAt(part: Element, offset: number): [node: Node, offset: number] {
  const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT)
  let left = offset
  for (let text = texts.nextNode(); text !== null; text = texts.nextNode()) {
    const { length } = text.textContent ?? ''
    if (left <= length) return [text, left]
    left -= length
  }
  return [part, part.childNodes.length]
}

/** Where words stand in a text, as near to an offset as they do; -1 when they do not. */
function nearest(text: string, words: string, offset: number): number {
  const [before, after] = [text.lastIndexOf(words, offset), text.indexOf(words, offset)]
  if (before < 0 || after < 0) return Math.max(before, after)
  return offset - before < after - offset ? before : after
}

/** Where an offset is after an edit: what is before and after the changed stretch stays. */
function movedOffset(before: string, after: string, offset: number): number {
  const most = Math.min(before.length, after.length)
  let start = 0
  while (start < most && before[start] === after[start]) start += 1
  let end = 0
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end += 1
  if (offset <= start) return offset
  const left = before.length - offset
  return left <= end ? after.length - left : start
}
