import { isBlank, type Line } from './lines'
import { joinRanges, type Range, type Stretch } from './stretch'

export type Align = 'center' | 'end' | null

/** The lines of a table, cut into cells. */
type TableLines = { aligns: Align[]; rows: Stretch[][]; next: number }

const columnsMax = 20
const cellsMax = 600

const rule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** Whether a table can begin at a line; cheaper than reading it. */
export function isTable(lines: Line[], n: number): boolean {
  const [head, under] = [lines[n], lines[n + 1]]
  if (head === undefined || under === undefined) return false
  if (!head.text.includes('|') || !under.text.includes('|') || !rule.test(under.text)) return false
  const columns = cellsOf(under).length
  return columns <= columnsMax && cellsOf(head).length === columns
}

/**
 * Reads a table of GitHub Flavored Markdown: a head, a line of hyphens, and all lines with a bar
 * that follow. More cells than the head has are kept.
 */
export function readTable(content: string, lines: Line[], n: number): TableLines {
  const rows = [lines[n]]
  let next = n + 2
  let cells = 0
  for (let line = lines[next]; line !== undefined; line = lines[next]) {
    if (isBlank(line) || !line.text.includes('|')) break
    cells += cellsOf(line).length
    if (cells > cellsMax) break
    rows.push(line)
    next += 1
  }
  const under = lines[n + 1]
  const aligns = under === undefined ? [] : cellsOf(under).map((cell) => alignOf(content, cell))
  const read = rows.flatMap((row) => (row === undefined ? [] : [row]))
  const stretches = read.map((row) => cellsOf(row).map((cell) => joinRanges(content, cell)))
  return { aligns, rows: stretches, next }
}

function alignOf(content: string, cell: Range[]): Align {
  const { text } = joinRanges(content, cell)
  if (!text.endsWith(':')) return null
  return text.startsWith(':') ? 'center' : 'end'
}

/**
 * The cells of a line, between bars without a backslash, each as its pieces: an escaped bar loses
 * its backslash, in code, too. The last of too many cells has the rest of the line.
 */
function cellsOf({ start, text }: Line): Range[][] {
  const cells: Range[][] = []
  const first = /^\s*\|?/.exec(text)?.[0].length ?? 0
  const end = text.length - (/(?<!\\)(?:\|\s*|\s+)$/.exec(text)?.[0].length ?? 0)
  let pieces: Range[] = []
  let from = first
  const close = (to: number): void => {
    cells.push(trimPieces(start, text, [...pieces, { start: from, end: to }]))
    pieces = []
  }
  for (let at = first; at < end && cells.length < columnsMax - 1; at += 1) {
    if (text[at] === '\\' && text[at + 1] === '|') {
      pieces.push({ start: from, end: at })
      from = at + 1
      at += 1
    } else if (text[at] === '|') {
      close(at)
      from = at + 1
    }
  }
  close(Math.max(from, end))
  return cells
}

function trimPieces(offset: number, text: string, pieces: Range[]): Range[] {
  const joined = pieces.map(({ start, end }) => text.slice(start, end)).join('')
  if (joined.trim() === '') return []
  const [first, last] = [pieces[0], pieces.at(-1)]
  while (first !== undefined && /\s/.test(text.charAt(first.start)) && first.start < first.end)
    first.start += 1
  while (last !== undefined && /\s/.test(text.charAt(last.end - 1)) && last.start < last.end)
    last.end -= 1
  return pieces.map(({ start, end }) => ({ start: start + offset, end: end + offset }))
}
