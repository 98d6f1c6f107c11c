import { fill, plainText } from '../../shared/text'
import type { App } from '../app'
import { make } from '../ui/dom'
import { list } from '../ui/rows'

type Copied = { name: string; time: string; at: string; note: string; lines: string[] }

/**
 * Several marked messages are copied as `Mei 09:14: text`, each with its text as it was typed. What
 * is marked within one message is copied by the browser.
 */
export function watchCopy({ clock, page }: Pick<App, 'clock' | 'page'>): void {
  document.addEventListener('copy', (event) => {
    // A field has a selection of its own.
    const isField = event.target instanceof Element && event.target.matches('input, textarea')
    if (event.clipboardData === null || event.defaultPrevented || isField) return
    const rows = markedRows()
    if (rows.length < 2) return
    event.preventDefault()
    const copied = rows.map((row) => {
      const at = Number(row.dataset.at)
      const author = row.querySelector('.msg__meta bdi')
      const nickname = author?.textContent ?? ''
      const isLeft = author?.matches('.name--left') === true
      return {
        name: isLeft ? plainText(fill(page.words.nameLeft, { nickname })) : nickname,
        time: clock.time(at),
        at: new Date(at).toISOString(),
        note: noteOf(row),
        lines: linesOf(row),
      }
    })
    event.clipboardData.setData('text/plain', copied.map(asText).join('\n'))
    event.clipboardData.setData('text/html', copied.map((one) => asElement(one).outerHTML).join(''))
  })
}

/** The text of a message as it was typed; its row names it where it shows something else. */
export function typedText(row: HTMLElement): string {
  return row.dataset.source ?? row.querySelector('.msg__body')?.textContent ?? ''
}

/** The visible messages of whose text or files a part is marked, in their order. */
function markedRows(): HTMLElement[] {
  const selection = getSelection()
  if (selection === null || selection.isCollapsed) return []
  const ranges = Array.from({ length: selection.rangeCount }, (_, n) => selection.getRangeAt(n))
  const rows = [...list().querySelectorAll<HTMLElement>('.msg:not(.msg--muted, [hidden])')]
  return rows.filter((row) => row.checkVisibility() && ranges.some((range) => marks(range, row)))
}

/** A range that only ends where a row begins, as after three clicks on a text, marks none of it. */
function marks(range: Range, row: HTMLElement): boolean {
  if (!range.intersectsNode(row)) return false
  const body = row.querySelector('.msg__body')
  if (body !== null && range.intersectsNode(body)) {
    const part = document.createRange()
    part.selectNodeContents(body)
    if (range.compareBoundaryPoints(Range.START_TO_START, part) > 0)
      part.setStart(range.startContainer, range.startOffset)
    if (range.compareBoundaryPoints(Range.END_TO_END, part) < 0)
      part.setEnd(range.endContainer, range.endOffset)
    if (part.toString().trim() !== '') return true
  }
  return [...row.querySelectorAll(filesOf)].some((file) => range.intersectsNode(file))
}

const filesOf = '.files :is(.pic, .file)'

/** Who else can read a private message that stands among others. */
function noteOf(row: HTMLElement): string {
  const label = row.closest('.private-note')?.querySelector('.private-note__label span')
  return label == null ? '' : ` [${label.textContent.trim()}]`
}

/** What was typed, then the files with their addresses. */
function linesOf(row: HTMLElement): string[] {
  const text = typedText(row)
  const files = [...row.querySelectorAll<HTMLAnchorElement>(filesOf)].map((file) =>
    [file.dataset.name ?? file.querySelector('bdi')?.textContent, file.href].join(' '),
  )
  return [...(text === '' ? [] : text.split('\n')), ...files]
}

function asText({ name, time, note, lines }: Copied): string {
  return `${name} ${time}${note}: ${lines.join('\n')}`
}

function asElement({ name, time, at, note, lines }: Copied): HTMLElement {
  const text = lines.flatMap((line, n) => (n === 0 ? [line] : [make('br', {}), line]))
  const when = make('time', { datetime: at }, time)
  const row = make('p', {}, make('b', {}, name), ' ', when, `${note}: `, ...text)
  // Spaces are part of a text, as in code.
  row.style.whiteSpace = 'pre-wrap'
  return row
}
