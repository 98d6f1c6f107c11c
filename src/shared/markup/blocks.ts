import { type Inline, type Reading, readInline } from './inline'
import {
  closingsOf,
  fenceOf,
  indentOf,
  isBareQuote,
  isBlank,
  isQuote,
  type Line,
  linesOf,
  markOf,
  outdent,
  stripLine,
  unquote,
  untabbed,
  withoutRest,
} from './lines'
import { linkStart } from './link'
import { nameOf, type Spread, split, spreadsOf, toTheEnd } from './spreads'
import { joinRanges, type Range } from './stretch'
import { type Align, isTable, readTable } from './table'

/** A block of a message's text. */
export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; isOrdered: boolean; first: number; sign: string; items: Item[] }
  | { kind: 'code'; language: string; label: string; text: string }
  | { kind: 'spoiler'; start: number; end: number; blocks: Block[] }
  | { kind: 'table'; aligns: Align[]; head: Inline[][]; rows: Inline[][][] }

/** `number` is the one that was typed, where it does not follow from the one before. */
type Item = { number: number | null; blocks: Block[] }

const meaning = new RegExp(
  `[*_~\`|\\\\@＠]|\\n[^\\S\\n]*\\n|^\\s*(?:>|[-•·][ \\t]|\\d{1,9}[.)][ \\t])|${linkStart}`,
  'imu',
)

/** Whether a text is one plain paragraph, as most are. */
export function isPlainText(content: string): boolean {
  return !meaning.test(content)
}

type Options = Partial<Pick<Reading, 'names' | 'isCut'>>

/** Lists and quotes within one another are read up to this depth. */
const depthMax = 6
/** Elements of a message; what follows is plain text. */
const blocksMax = 300
const inlinesMax = 400
const signsMax = 1_500

type State = { content: string; reading: Reading; left: number; spreads: Map<string, Spread[]> }

/**
 * Reads a message's text as blocks: fenced code, quotes, lists, tables and, for everything else,
 * paragraphs that keep their line breaks. A spoiler that begins in one block and ends in another is
 * a block with all blocks between. Linear in the length.
 */
export function readBlocks(content: string, { names = [], isCut = false }: Options = {}): Block[] {
  const lines = linesOf(content)
  let known: Spread[] = []
  for (let round = 1; ; round += 1) {
    const bounds = { left: inlinesMax, signsLeft: signsMax }
    const within = { path: [], table: null }
    const looked = { loose: [], spent: new Set<number>(), within }
    const reading: Reading = { content, ...bounds, names, isCut, ...looked }
    const spreads = Map.groupBy(known, ({ within: name }) => name)
    const blocks = readLines({ content, reading, left: blocksMax, spreads }, lines, 0)
    const found = spreadsOf(reading)
    if (found.length === 0 || round > roundsMax) return blocks
    known = [...known, ...found].toSorted((a, b) => a.open - b.open)
    const [begin] = known
    // Of many, or when what is hidden makes others, all that follows is hidden.
    if (begin !== undefined && (round === roundsMax || known.length > spreadsMax)) {
      const path = [nameOf(lines, 0)]
      known = [toTheEnd(content, { place: begin.open, within: { path, table: null } })]
      round = roundsMax
    }
  }
}

const roundsMax = 4
const spreadsMax = 40

/** Reads the lines of a message, a quote, an item or a spoiler. */
function readLines(state: State, lines: Line[], depth: number): Block[] {
  const { reading } = state
  const { within } = reading
  const name = nameOf(lines, depth)
  reading.within = { path: [...within.path, name], table: null }
  const blocks: Block[] = []
  let [rest, isContinued] = [lines, false]
  for (const spread of state.spreads.get(name) ?? []) {
    const parts = split(rest, spread)
    if (parts === null) continue
    blocks.push(...readEach(state, parts.before, depth, isContinued))
    // All that follows is one paragraph.
    state.left = spread.close === state.content.length ? 0 : state.left - 1
    for (const place of parts.left) reading.spent.add(place)
    const { start, end } = spread
    blocks.push({ kind: 'spoiler', start, end, blocks: readLines(state, parts.inside, depth + 1) })
    rest = parts.after
    isContinued = parts.isContinued
  }
  blocks.push(...readEach(state, rest, depth, isContinued))
  reading.within = within
  return blocks
}

/** Where a block ended, beside the block. */
type Read = { block: Block; next: number }

/** No other block than a paragraph begins in the middle of a line. */
function readEach(state: State, lines: Line[], depth: number, isContinued: boolean): Block[] {
  const closings = closingsOf(lines)
  const blocks: Block[] = []
  for (let n = 0; n < lines.length;) {
    const begun =
      isContinued && n === 0
        ? null
        : (readFence(state, lines, n, closings[n]) ??
          readQuote(state, lines, n, depth) ??
          readList(state, lines, n, depth) ??
          readCells(state, lines, n))
    const read =
      begun ?? readParagraph(state, lines, n, (m) => isBegun(state, lines, m, closings[m], depth))
    if (read.block !== null) blocks.push(read.block)
    n = read.next
  }
  return blocks
}

/** Whether another block than a paragraph begins at a line. */
function isBegun(
  state: State,
  lines: Line[],
  n: number,
  closing: number | undefined,
  depth: number,
): boolean {
  const line = lines[n]
  if (line === undefined || state.left <= 0) return false
  if (closing !== undefined || isTable(lines, n)) return true
  return depth < depthMax && (beginsQuote(lines, n) || isList(lines, n))
}

function readFence(state: State, lines: Line[], n: number, end: number | undefined): Read | null {
  const line = lines[n]
  const fence = line === undefined || end === undefined ? null : fenceOf(line)
  if (fence === null || end === undefined || state.left <= 0) return null
  state.left -= 1
  const inner = lines.slice(n + 1, end).map((each) => outdent(each, fence.indent))
  const text = inner.map((each) => (each.column % 4 > 0 ? untabbed(each) : each.text)).join('\n')
  const { label, language } = fence
  return { block: { kind: 'code', language, label, text }, next: end + 1 }
}

function readQuote(state: State, lines: Line[], n: number, depth: number): Read | null {
  if (depth >= depthMax || state.left <= 0 || !beginsQuote(lines, n)) return null
  state.left -= 1
  let next = n
  for (let line = lines[n]; line !== undefined; line = lines[next]) {
    if (!isQuote(line) && !isBareQuote(line)) break
    next += 1
  }
  const blocks = readLines(state, lines.slice(n, next).map(unquote), depth + 1)
  return { block: { kind: 'quote', blocks }, next }
}

function beginsQuote(lines: Line[], n: number): boolean {
  const [line, after] = [lines[n], lines[n + 1]]
  if (line === undefined) return false
  return isQuote(line) || (isBareQuote(line) && after !== undefined && isQuote(after))
}

/** A number alone is no list, nor is a bullet alone. */
function isList(lines: Line[], n: number): boolean {
  const line = lines[n]
  const mark = line === undefined ? null : markOf(line)
  if (mark === null || mark.isEmpty) return false
  if (mark.number === null) return true
  const next = endOfItem(lines, n, mark)
  return lines.slice(n + 1, next).some((each) => !isBlank(each)) || isSibling(lines[next], mark)
}

type Mark = NonNullable<ReturnType<typeof markOf>>

function isSibling(line: Line | undefined, mark: Mark): boolean {
  const other = line === undefined ? null : markOf(line)
  if (other === null) return false
  return other.sign === mark.sign && (other.number === null) === (mark.number === null)
}

/**
 * The place after an item: the next line that is not blank and not indented enough. People indent
 * by two, whatever the mark; only an item of the same list needs the width of the mark.
 */
function endOfItem(lines: Line[], n: number, mark: Mark): number {
  let next = n + 1
  for (let line = lines[next]; line !== undefined; line = lines[next]) {
    const need = isSibling(line, mark) ? mark.width : Math.min(mark.width, mark.indent + 2)
    if (!isBlank(line) && indentOf(line) < need) break
    next += 1
  }
  return next
}

function readList(state: State, lines: Line[], n: number, depth: number): Read | null {
  if (depth >= depthMax || state.left <= 0 || !isList(lines, n)) return null
  const items: Item[] = []
  const first = lines[n]
  const mark = first === undefined ? null : markOf(first)
  if (mark === null) return null
  let [next, expected] = [n, mark.number ?? 0]
  for (let line = first; line !== undefined && state.left > 0; line = lines[next]) {
    const own = markOf(line)
    if (own === null || !isSibling(line, mark)) break
    state.left -= 1
    const end = trimBlank(lines, next + 1, endOfItem(lines, next, own))
    const inner = lines.slice(next + 1, end).map((each) => outdent(each, own.width))
    const blocks = readLines(state, [stripLine(line, own.skipped), ...inner], depth + 1)
    // In Markdown all may have the first number.
    const isCounted = own.number === null || own.number === expected || own.number === mark.number
    items.push({ number: isCounted ? null : own.number, blocks })
    expected = (isCounted ? expected : (own.number ?? 0)) + 1
    next = skipBlank(lines, end)
    if (!isSibling(lines[next], mark)) next = end
  }
  const { number, sign } = mark
  const isOrdered = number !== null
  return { block: { kind: 'list', isOrdered, first: number ?? 1, sign, items }, next }
}

function trimBlank(lines: Line[], from: number, to: number): number {
  let end = to
  for (let line = lines[end - 1]; end > from && line !== undefined && isBlank(line);) {
    end -= 1
    line = lines[end - 1]
  }
  return end
}

function skipBlank(lines: Line[], from: number): number {
  let next = from
  for (let line = lines[next]; line !== undefined && isBlank(line); line = lines[next]) next += 1
  return next
}

function readCells(state: State, lines: Line[], n: number): Read | null {
  if (state.left <= 0 || !isTable(lines, n)) return null
  const { aligns, rows, next } = readTable(state.reading, lines, n)
  state.left -= rows.length
  const { reading } = state
  const { within } = reading
  const [start, end] = [lines[n]?.start ?? 0, lines[next - 1]?.end ?? 0]
  reading.within = { ...within, table: { start, end } }
  const [head = [], ...others] = rows.map((row) => row.map((cell) => readInline(reading, cell)))
  reading.within = within
  return { block: { kind: 'table', aligns, head, rows: others }, next }
}

/**
 * Lines up to a blank line or another block. Blank lines stay with the paragraph before them, else
 * with the one after them, so that the text is shown with its pauses.
 */
function readParagraph(
  state: State,
  lines: Line[],
  n: number,
  isEnd: (n: number) => boolean,
): { block: Block | null; next: number } {
  const isFull = state.left <= 0
  // After another block the first blank line is the space that its style leaves.
  const begin = n > 0 && isBlank(lines[n] ?? empty) ? n + 1 : n
  let end = isFull ? lines.length : skipBlank(lines, begin)
  if (end > n && !isFull && (end === lines.length || isEnd(end))) return { block: null, next: end }
  state.left -= 1
  while (end < lines.length && !isBlank(lines[end] ?? empty) && (end === n || !isEnd(end))) end += 1
  const next = skipBlank(lines, end)
  const isFollowed = next > end && next < lines.length && !isEnd(next)
  const ranges = rangesOfLines(lines.slice(begin, next).map(withoutRest), isFollowed)
  const children = readInline(state.reading, joinRanges(state.content, ranges))
  return { block: { kind: 'paragraph', children }, next }
}

/** Lines with the breaks between them. */
function rangesOfLines(lines: Line[], isFollowed: boolean): Range[] {
  return lines.map(({ start, end }, n) => {
    return { start, end: n === lines.length - 1 && !isFollowed ? end : end + 1 }
  })
}

const empty: Line = { start: 0, end: 0, text: '', column: 0 }
