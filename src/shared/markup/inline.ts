import { atPattern } from '../mentions'
import { type Bars, barsAt, flanksOf, pairBars, pairRuns, type Part, type Run } from './delimiters'
import { bullets } from './lines'
import { linkStart, readLink } from './link'
import { placeIn, type Range, rangesOf, type Stretch } from './stretch'

/** A part of a line; places are code units of the whole content. */
export type Inline =
  /** An escaped sign is a text of its own, in which no name begins. */
  | { kind: 'text'; start: number; end: number; isEscaped: boolean }
  | { kind: 'code'; text: string }
  | { kind: 'link'; url: string; shown: string }
  | { kind: Style; children: Inline[] }
  | { kind: 'spoiler'; start: number; end: number; children: Inline[] }

type Style = 'bold' | 'italic' | 'strike'

/** What bounds the work and the output of one message. */
export type Reading = {
  content: string
  /** How many more elements may be made, and signs looked at; then the rest is plain text. */
  left: number
  signsLeft: number
  /** Names after an @, which are text whatever signs they have. */
  names: { start: number; length: number }[]
  /** The end is cut off: a spoiler that is not closed goes on to it. */
  isCut: boolean
  /** The bars that could begin or end a spoiler, and had no other in the stretch they are in. */
  loose: (Bars & { place: number; within: Within })[]
  /** The bars of spoilers that are blocks: they are read already. */
  spent: Set<number>
  within: Within
}

/** The lines that have a stretch, from the outside (`nameOf`), and the table that it is in. */
type Within = { path: string[]; table: Range | null }

/**
 * Reads emphasis, struck text, spoilers, code and links. The signs pair as in CommonMark, with the
 * differences of docs/decisions.md. Linear in the length.
 */
export function readInline(reading: Reading, stretch: Stretch): Inline[] {
  const before = { ...reading }
  const tokens = scan(reading, stretch)
  const escapes = tokens.filter((token) => token.kind === 'escape')
  if (escapes.length > 0) resolveEscapes(before, stretch, escapes)
  return build(reading, stretch, tokens)
}

type Escape = { kind: 'escape'; start: number; sign: string; isMeant: boolean }
type BarsToken = Bars & { kind: 'bars'; start: number; isPaired: boolean }
type Token =
  | { kind: 'text'; start: number; end: number }
  | { kind: 'made'; node: Inline }
  | { kind: 'run'; run: Run }
  | Escape
  | BarsToken

/** What may be formatting or a link; all other text is skipped at once. */
const special = new RegExp(`[\\\\*_~\`|]|${linkStart}`, 'giu')
const anyBars = /\|\|/g

/** ¯\_(ツ)_/¯ keeps its arms, and __init__ is a name. */
const figure = /\\{0,3}_\([^()\n]{1,12}\)_\/|(?<!_)__(?!_)[\p{L}\p{N}_]*[\p{L}\p{N}]__(?!_)/uy

type Scan = {
  reading: Reading
  stretch: Stretch
  tokens: Token[]
  /** How many of each sign are open at this place. */
  open: Map<string, number>
  /** An address that is too long to be a link was found before this place. */
  linksFrom: number
  ticks: () => Map<number, number[]>
}

function scan(reading: Reading, stretch: Stretch): Token[] {
  const { text } = stretch
  const names = namesIn(reading, stretch)
  let found: Map<number, number[]> | undefined
  const ticks = () => (found ??= ticksOf(text))
  const state: Scan = { reading, stretch, tokens: [], open: new Map(), linksFrom: 0, ticks }
  let [at, plain] = [0, 0]
  for (;;) {
    // What is hidden stays hidden, however much there is.
    const looked = reading.left > 0 && reading.signsLeft > 0 ? special : anyBars
    looked.lastIndex = at
    const index = looked.exec(text)?.index
    if (index === undefined) break
    while ((names[0]?.end ?? Number.POSITIVE_INFINITY) <= index) names.shift()
    const name = names[0]
    if (name !== undefined && name.start < index) {
      at = name.end
      continue
    }
    figure.lastIndex = index
    const drawn = figure.exec(text)?.[0].length
    const token = drawn === undefined ? tokenAt(state, index) : null
    if (token === null) {
      at = index + (drawn ?? skipped(text, index))
      continue
    }
    addText(state.tokens, plain, index)
    reading.signsLeft -= 1
    if (token.token !== null) state.tokens.push(token.token)
    at = plain = token.end
  }
  addText(state.tokens, plain, text.length)
  return state.tokens
}

function addText(tokens: Token[], start: number, end: number): void {
  if (start < end) tokens.push({ kind: 'text', start, end })
}

function namesIn({ names }: Reading, stretch: Stretch): { start: number; end: number }[] {
  return names.flatMap(({ start, length }) => {
    const at = placeIn(stretch, start)
    return at === -1 ? [] : [{ start: at, end: at + length }]
  })
}

/** What is no formatting is skipped whole: a run of signs, or two signs of a backslash. */
function skipped(text: string, at: number): number {
  const sign = text[at] ?? ''
  if (sign === '\\') return text[at + 1] === '\\' ? 2 : 1
  return '*_~`|'.includes(sign) ? runLength(text, at) : 1
}

function runLength(text: string, at: number): number {
  let length = 1
  while (text[at + length] === text[at]) length += 1
  return length
}

/** The token that begins here and the place after it; null for text. */
function tokenAt(state: Scan, at: number): { token: Token | null; end: number } | null {
  const { reading, stretch, open } = state
  const { text } = stretch
  const sign = text[at] ?? ''
  if (sign === '\\') return escapeAt(text, at)
  if (sign === '`') return codeAt(state, at)
  if (!'*_~|'.includes(sign)) {
    const opened = [...open].flatMap(([each, count]) => (count > 0 ? [each] : []))
    if (isAfterBars(state)) opened.push('|')
    const link = at < state.linksFrom ? null : readLink(text, at, opened.join(''))
    if (link?.url === null) state.linksFrom = link.end
    if (link?.url == null) return null
    reading.left -= 1
    const { url, shown } = link
    return { token: { kind: 'made', node: { kind: 'link', url, shown } }, end: link.end }
  }
  const length = runLength(text, at)
  if ('~|'.includes(sign) && length !== 2) return null
  const end = at + length
  if (sign === '|' && isSpent(state, at)) return { token: null, end }
  const bars = sign === '|' ? barsAt(text, at) : null
  const flanks = bars ?? flanksOf(text, at, end)
  if (!flanks.canOpen && !flanks.canClose) return null
  const count = open.get(sign) ?? 0
  if (flanks.canClose && count > 0) open.set(sign, count - 1)
  else if (flanks.canOpen) open.set(sign, count + 1)
  if (bars !== null) return { token: { kind: 'bars', start: at, isPaired: false, ...bars }, end }
  return { token: { kind: 'run', run: { sign, start: at, end, length, ...flanks } }, end }
}

function isSpent({ reading: { spent }, stretch }: Scan, at: number): boolean {
  if (spent.size === 0) return false
  return rangesOf(stretch, at, at + 1).some(({ start }) => spent.has(start))
}

/** Whether a spoiler may have begun in an earlier stretch. */
function isAfterBars({ reading: { content }, stretch: { pieces } }: Scan): boolean {
  const first = content.indexOf('||')
  return first !== -1 && first < (pieces[0]?.start ?? 0)
}

const blockMark = new RegExp(`^(?:[${bullets}>][ \\t]|>\\p{L}|\`\`\`|~~~)`, 'u')

/** A backslash before a sign that could be formatting. */
function escapeAt(text: string, at: number): { token: Token; end: number } | null {
  const sign = text[at + 1] ?? ''
  const before = lineBefore(text, at)
  const isBegun = /\n {0,3}$/.test(before) && blockMark.test(text.slice(at + 1, at + 4))
  const isNumber = /\n {0,3}\d{1,9}$/.test(before) && /^[.)][ \t]/.test(text.slice(at + 1, at + 3))
  const isName = escapedName.test(text.slice(Math.max(0, at - 2), at + 3))
  const isMeant = isBegun || isNumber || isName
  const isSign = '*_~`|'.includes(sign) && sign !== ''
  const isDouble = sign === '\\' && /[*_~`|]/.test(text[at + 2] ?? '')
  if (!isMeant && !isSign && !isDouble) return null
  return { token: { kind: 'escape', start: at, sign, isMeant }, end: at + 2 }
}

/** The beginning of the line: a mark of a block has at most twelve signs before it. */
function lineBefore(text: string, at: number): string {
  return at < 13 ? `\n${text.slice(0, at)}` : text.slice(at - 13, at)
}

const escapedName = new RegExp(`${atPattern.replace('[@＠]', '\\\\[@＠]')}\\S`, 'v')

function codeAt({ reading, stretch: { text }, ticks }: Scan, at: number) {
  const length = runLength(text, at)
  const from = at + length
  const places = ticks().get(length) ?? []
  while ((places[0] ?? Number.POSITIVE_INFINITY) < from) places.shift()
  const close = places[0]
  const inner = text.slice(from, close)
  if (close === undefined || inner.trim() === '') return null
  // A fence that is none, as its label cannot be shown or it is closed in another way.
  if (length > 2 && inner.includes('\n') && /\n {0,12}$/.test(lineBefore(text, at))) return null
  reading.left -= 1
  const isPadded = /^[ \n]/.test(inner) && /[ \n]$/.test(inner)
  const node: Inline = { kind: 'code', text: isPadded ? inner.slice(1, -1) : inner }
  return { token: { kind: 'made' as const, node }, end: close + length }
}

/** The places of all runs of backticks, by length. */
function ticksOf(text: string): Map<number, number[]> {
  const runs = [...text.matchAll(/`+/g)]
  const byLength = Map.groupBy(runs, ([run]) => run.length)
  return new Map([...byLength].map(([length, those]) => [length, those.map(({ index }) => index)]))
}

/**
 * A backslash is an escape only where the sign after it would have been formatting without it: in
 * C:\_old and \*.txt it stands for itself.
 */
function resolveEscapes(before: Reading, { text }: Stretch, escapes: Escape[]): void {
  const wanted = escapes.filter(({ sign, isMeant }) => sign !== '\\' && !isMeant)
  if (wanted.length === 0) return
  let [bare, at] = ['', 0]
  const places = wanted.map(({ start }) => {
    bare += text.slice(at, start)
    at = start + 1
    return bare.length
  })
  bare += text.slice(at)
  const stretch: Stretch = { text: bare, pieces: [{ start: 0, end: bare.length }] }
  const reading = { ...before, content: bare, names: [], loose: [], spent: new Set<number>() }
  const tree = build(reading, stretch, scan(reading, stretch))
  const isText = new Uint8Array(bare.length)
  for (const { start, end } of textsIn(tree)) isText.fill(1, start, end)
  for (const [n, escape] of wanted.entries()) escape.isMeant ||= isText[places[n] ?? 0] === 0
}

/** All texts within some parts, in order. */
export function textsIn(parts: Inline[]): (Inline & { kind: 'text' })[] {
  return parts.flatMap((part) => {
    if ('children' in part) return textsIn(part.children)
    return part.kind === 'text' ? [part] : []
  })
}

function build(reading: Reading, stretch: Stretch, tokens: Token[]): Inline[] {
  const spoilers = spoilersIn(reading, stretch, tokens)
  const parts: Part<Piece>[] = []
  for (let n = 0; n < tokens.length; n += 1) {
    const close = spoilers.get(n)
    if (close === undefined) {
      parts.push(partOf(stretch, tokens, n))
      continue
    }
    const inner = tokens.slice(n + 1, close).map((_, m) => partOf(stretch, tokens, n + 1 + m))
    const bars = [tokens[n], tokens[close]].map((token) => (token?.kind === 'bars' ? token : null))
    const [start = 0, end = 0] = [bars[0]?.start ?? 0, (bars[1]?.start ?? stretch.text.length) + 2]
    const ranges = rangesOf(stretch, start, end)
    const node: Inline = {
      kind: 'spoiler',
      start: ranges[0]?.start ?? 0,
      end: ranges.at(-1)?.end ?? 0,
      children: emphasise(reading, stretch, inner),
    }
    parts.push({ kind: 'other', isWord: true, value: { node }, depth: 1 })
    n = close
  }
  return emphasise(reading, stretch, parts)
}

/** The bars that hide what is between them, which bind more than emphasis: opening → closing. */
function spoilersIn(reading: Reading, stretch: Stretch, tokens: Token[]): Map<number, number> {
  const all = tokens.flatMap((token, place) => (token.kind === 'bars' ? [{ ...token, place }] : []))
  const { opened, pairs } = pairBars(all)
  const places = new Map<number, number>()
  const add = (opening: number, closing: number): void => {
    places.set(opening, closing)
    for (const token of [tokens[opening], tokens[closing]])
      if (token?.kind === 'bars') token.isPaired = true
    reading.left -= 1
  }
  const made = Math.max(0, reading.left)
  for (const [opening, closing] of pairs.slice(0, made)) add(opening.place, closing.place)
  // Beyond what may be made, one spoiler hides all that others would.
  const [first, last] = [pairs[made]?.[0], pairs.at(-1)?.[1]]
  if (first !== undefined && last !== undefined) add(first.place, last.place)
  const isAtEnd = stretch.pieces.at(-1)?.end === reading.content.length
  if (opened !== null && !opened.isGlued && reading.isCut && isAtEnd)
    add(opened.place, tokens.length)
  const paired = new Set(pairs.flat())
  for (const bars of all) {
    const [range] = rangesOf(stretch, bars.start, bars.start + 1)
    if (range === undefined || paired.has(bars) || places.has(bars.place)) continue
    const { within } = reading
    const canOpen = bars.canOpen && !bars.isGlued
    reading.loose.push({ ...bars, canOpen, place: range.start, within })
  }
  return places
}

/** What stands between the signs: made already, or a text. */
type Piece =
  | { node: Inline }
  | { start: number; end: number }
  | { escape: Escape; beside: (Token | undefined)[] }

function partOf({ text }: Stretch, tokens: Token[], n: number): Part<Piece> {
  const token = tokens[n]
  if (token === undefined) throw new Error('there is no such token')
  const other = (value: Piece, isWord: boolean): Part<Piece> => {
    return { kind: 'other', isWord, value, depth: 0 }
  }
  switch (token.kind) {
    case 'run':
      return token
    case 'made':
      return other({ node: token.node }, true)
    case 'escape':
      return other({ escape: token, beside: [tokens[n + 1], tokens[n - 1]] }, true)
    case 'bars':
      return other({ start: token.start, end: token.start + 2 }, false)
    case 'text':
      return other(token, wordy.test(text.slice(token.start, token.end)))
  }
}

/** Between *_* and (*・_・*) nothing is formatted. */
const wordy = /[\p{L}\p{N}\p{Extended_Pictographic}\p{RI}\u20e3]/u

const styles: Record<string, [single: Style, double: Style]> = {
  '*': ['italic', 'bold'],
  _: ['italic', 'bold'],
  '~': ['strike', 'strike'],
}

function emphasise(reading: Reading, stretch: Stretch, parts: Part<Piece>[]): Inline[] {
  const paired = pairRuns(parts, {
    isFull: () => reading.left <= 0,
    make(sign, isDouble, inner) {
      reading.left -= 1
      const kind = styles[sign]?.[isDouble ? 1 : 0] ?? 'italic'
      return { node: { kind, children: nodesOf(stretch, inner) } }
    },
  })
  return nodesOf(stretch, paired)
}

/** Joins neighbouring text, so that a sign without meaning never splits a mention. */
function nodesOf(stretch: Stretch, parts: Part<Piece>[]): Inline[] {
  const nodes: Inline[] = []
  const add = (from: number, to: number, isEscaped: boolean): void => {
    for (const { start, end } of rangesOf(stretch, from, to)) {
      const last = nodes.at(-1)
      const isNext = last?.kind === 'text' && last.end === start
      if (isNext && !last.isEscaped && !isEscaped) last.end = end
      else nodes.push({ kind: 'text', start, end, isEscaped })
    }
  }
  for (const part of parts) {
    if (part.kind === 'run') {
      add(part.run.start, part.run.end, false)
    } else if ('node' in part.value) {
      nodes.push(part.value.node)
    } else if ('escape' in part.value) {
      const { escape, beside } = part.value
      // A backslash is an escape where a sign follows, a sign also where one precedes.
      const signs = escape.sign === '\\' ? beside.slice(0, 1) : beside
      const isMeant = escape.isMeant || signs.some(isFormatting)
      add(escape.start + (isMeant ? 1 : 0), escape.start + 2, isMeant)
    } else {
      add(part.value.start, part.value.end, false)
    }
  }
  return nodes
}

function isFormatting(token: Token | undefined): boolean {
  if (token?.kind === 'run') return token.run.end - token.run.start < token.run.length
  if (token?.kind === 'bars') return token.isPaired
  return token?.kind === 'made' && token.node.kind === 'code'
}
