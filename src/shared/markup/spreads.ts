import { pairBars } from './delimiters'
import type { Reading } from './inline'
import { bullets, isBlank, type Line, stripLine } from './lines'

/**
 * A spoiler that begins in one block and ends in another: the places of its bars, and what it
 * hides, which are whole tables. `within` names the lines that have both (`nameOf`).
 */
export type Spread = { within: string; open: number; close: number; start: number; end: number }

/** Names the lines of a message, a quote, an item or a spoiler. */
export function nameOf(lines: Line[], depth: number): string {
  return `${depth}:${lines[0]?.start ?? 0}`
}

/** The spoilers of a message whose bars had no other in their own line, cell or paragraph. */
export function spreadsOf({ content, isCut, loose }: Reading): Spread[] {
  const all = loose.toSorted((a, b) => a.place - b.place)
  const { opened, pairs } = pairBars(all)
  const found = pairs.map(([{ place: open, within }, { place: close, within: other }]) => {
    const shared = within.path.findLast((name, n) => other.path[n] === name) ?? ''
    const [start, end] = [within.table?.start ?? open, other.table?.end ?? close + 2]
    return { within: shared, open, close, start, end }
  })
  if (opened !== null && isCut) found.push(toTheEnd(content, opened))
  return found
}

type Opened = { place: number; within: Reading['within'] }

/** Hides all that follows. */
export function toTheEnd(content: string, { place, within: { path, table } }: Opened): Spread {
  const end = content.length
  return { within: path[0] ?? '', open: place, close: end, start: table?.start ?? place, end }
}

/** The marks of quotes and items, which are hidden with their text. */
const marks = new RegExp(`^[ \\t]*(?:(?:[${bullets}>]|\\d{1,9}[.)])[ \\t]*)+$`)

type Parts = {
  before: Line[]
  inside: Line[]
  after: Line[]
  /** What follows begins in the middle of a line. */
  isContinued: boolean
  /** Bars that are left in the lines, of which nothing is shown. */
  left: number[]
}

/** The lines before a spoiler, in it and after it; null where it is not in these lines. */
export function split(lines: Line[], { open, close, start, end }: Spread): Parts | null {
  const first = lines.findIndex((line) => start >= line.start && start <= line.end)
  const last = lines.findLastIndex((line) => end >= line.start)
  const [opening, closing] = [lines[first], lines[last]]
  if (opening === undefined || closing === undefined || last < first) return null
  const [before, inside] = [lines.slice(0, first), lines.slice(first, last + 1)]
  const after = lines.slice(last + 1)
  const left: number[] = []
  const isTable = end > close + 2
  const rest = stripLine(closing, close + 2 - closing.start)
  const isContinued = !isTable && !isBlank(rest)
  if (isTable) left.push(close)
  else inside[inside.length - 1] = cutLine(closing, close)
  if (isContinued) after.unshift(rest)
  const prefix = opening.text.slice(0, start - opening.start)
  if (start < open || marks.test(prefix)) {
    left.push(open)
  } else {
    if (prefix.trim() !== '') before.push(cutLine(opening, open))
    inside[0] = stripLine(inside[0] ?? opening, open + 2 - opening.start)
  }
  const [shown, hidden, follows] = [before, inside, after].map(trim)
  return { before: shown ?? [], inside: hidden ?? [], after: follows ?? [], isContinued, left }
}

function cutLine(line: Line, place: number): Line {
  const { start, text } = line
  const end = Math.min(place, start + text.length)
  return { ...line, end, text: text.slice(0, place - start) }
}

/** Without blank lines around. */
function trim(lines: Line[]): Line[] {
  const first = lines.findIndex((line) => !isBlank(line))
  return first === -1 ? [] : lines.slice(first, lines.findLastIndex((line) => !isBlank(line)) + 1)
}
