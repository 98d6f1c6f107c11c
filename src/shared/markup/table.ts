import { barsAt, flanksOf } from './delimiters'
import type { Line } from './lines'
import { joinRanges, type Range, type Stretch } from './stretch'

export type Align = 'center' | 'end' | null

/** The lines of a table, cut into cells. */
type TableLines = { aligns: Align[]; rows: Stretch[][]; next: number }

type Source = { content: string; isCut: boolean }

const columnsMax = 20
const cellsMax = 600

const rule = /^ {0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/

/** Whether a table can begin at a line; cheaper than reading it. */
export function isTable(lines: Line[], n: number): boolean {
  const [head, under] = [lines[n], lines[n + 1]]
  if (head === undefined || under === undefined) return false
  if (!head.text.includes('|') || !under.text.includes('|') || !rule.test(under.text)) return false
  const columns = cellsOf(under).length
  return columns <= columnsMax && cellsOf(head, { columns }).length === columns
}

/**
 * Reads a table of GitHub Flavored Markdown: a head, a line of hyphens, and all lines that
 * follow with a bar that is none of a spoiler. More cells than the head has are kept.
 */
export function readTable({ content, isCut }: Source, lines: Line[], n: number): TableLines {
  const under = lines[n + 1]
  const aligns = under === undefined ? [] : cellsOf(under).map((cell) => alignOf(content, cell))
  const columns = aligns.length
  const rows: Stretch[][] = []
  let [next, cells] = [n, 0]
  for (let line = lines[next]; line !== undefined; line = lines[next]) {
    if (next > n && !hasCells(line)) break
    const row = cellsOf(line, { columns, isCut: isCut && line.end === content.length })
    cells += row.length
    if (next > n && cells > cellsMax) break
    rows.push(row.map((cell) => joinRanges(content, cell)))
    next += next === n ? 2 : 1
  }
  return { aligns, rows, next }
}

function alignOf(content: string, cell: Range[]): Align {
  const { text } = joinRanges(content, cell)
  if (!text.endsWith(':')) return null
  return text.startsWith(':') ? 'center' : 'end'
}

function hasCells({ text }: Line): boolean {
  if (!text.includes('|')) return false
  const { paired, loose } = spoilersIn(text, false)
  const spoilers = paired.union(loose)
  const places = [...text.matchAll(/\|/g)].map(({ index }) => index)
  return places.some((place) => !spoilers.has(place) && !spoilers.has(place - 1))
}

type Row = { columns?: number; isCut?: boolean }

/**
 * The cells of a line, between bars without a backslash, each as its pieces: an escaped bar loses
 * its backslash, in code, too. The bars of a spoiler are in a cell; where a line would have more
 * cells than the table has columns, also those that begin or end one in another line. The last of
 * too many cells has the rest of the line.
 */
function cellsOf(line: Line, { columns = Number.POSITIVE_INFINITY, isCut = false }: Row = {}) {
  const { paired, loose } = spoilersIn(line.text, isCut)
  const cells = cut(line, paired)
  return cells.length <= columns || loose.size === 0 ? cells : cut(line, paired.union(loose))
}

function cut({ start, text }: Line, spoilers: Set<number>): Range[][] {
  const cells: Range[][] = []
  const indent = text.length - text.trimStart().length
  const first = text[indent] === '|' && !spoilers.has(indent) ? indent + 1 : indent
  const filled = text.trimEnd().length
  const isClosed = /(?<!\\)\|$/.test(text.slice(0, filled)) && !spoilers.has(filled - 2)
  const end = isClosed ? filled - 1 : filled
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
    } else if (spoilers.has(at)) {
      at += 1
    } else if (text[at] === '|') {
      close(at)
      from = at + 1
    }
  }
  close(Math.max(from, end))
  return cells
}

/**
 * The places of all bars that begin or end a spoiler in a line, which may be cut, and of those
 * that could with bars of another line.
 */
function spoilersIn(text: string, isCut: boolean) {
  const [paired, loose] = [new Set<number>(), new Set<number>()]
  let opened: number | null = null
  for (const { 0: run, index } of text.matchAll(/(?<![|\\])\|{2,3}(?!\|)/g)) {
    // One of three is the edge of the cell.
    const place: number = opened === null ? index + run.length - 2 : index
    const { canOpen, canClose } = flanksOf(text, place, place + 2)
    if (opened !== null && canClose) {
      paired.add(opened).add(place)
      loose.delete(opened)
      opened = null
      continue
    }
    if (canOpen) opened ??= place
    const isEnd = !canOpen && flanksOf(text, index, index + 2).canClose
    const bars = barsAt(text, place)
    if (isEnd) loose.add(index)
    else if (!bars.isGlued && (bars.canOpen || bars.canClose)) loose.add(place)
  }
  if (opened !== null && isCut) paired.add(opened)
  return { paired, loose }
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
