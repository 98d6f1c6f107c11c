import { atPattern } from '../mentions'
import { type Flanks, flanksOf, pairRuns, type Part, type Run } from './delimiters'
import { linkStart, readLink } from './link'
import { placeIn, rangesOf, type Stretch } from './stretch'

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
}

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
type Bars = { kind: 'bars'; start: number; isPaired: boolean } & Flanks
type Token =
  | { kind: 'text'; start: number; end: number }
  | { kind: 'made'; node: Inline }
  | { kind: 'run'; run: Run }
  | Escape
  | Bars

/** What may be formatting or a link; all other text is skipped at once. */
const special = new RegExp(`[\\\\*_~\`|]|${linkStart}`, 'giu')

/** ¯\_(ツ)_/¯ keeps its arms, and __init__ is a name. */
const figure = /\\{0,3}_\([^()\n]{1,12}\)_\/|(?<!_)__(?!_)[\p{L}\p{N}_]*[\p{L}\p{N}]__(?!_)/uy

type Scan = {
  reading: Reading
  stretch: Stretch
  tokens: Token[]
  /** How many of each sign are open at this place. */
  open: Map<string, number>
  ticks: () => Map<number, number[]>
}

function scan(reading: Reading, stretch: Stretch): Token[] {
  const { text } = stretch
  const names = namesIn(reading, stretch)
  let found: Map<number, number[]> | undefined
  const ticks = () => (found ??= ticksOf(text))
  const state: Scan = { reading, stretch, tokens: [], open: new Map(), ticks }
  let [at, plain] = [0, 0]
  while (reading.left > 0 && reading.signsLeft > 0) {
    special.lastIndex = at
    const index = special.exec(text)?.index
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
    const link = readLink(text, at, opened.join(''))
    if (link === null) return null
    reading.left -= 1
    const { url, shown } = link
    return { token: { kind: 'made', node: { kind: 'link', url, shown } }, end: link.end }
  }
  const length = runLength(text, at)
  if ('~|'.includes(sign) && length !== 2) return null
  const end = at + length
  const flanks = flanksOf(text, at, end)
  if (!flanks.canOpen && !flanks.canClose) return null
  const count = open.get(sign) ?? 0
  if (flanks.canClose && count > 0) open.set(sign, count - 1)
  else if (flanks.canOpen) open.set(sign, count + 1)
  if (sign === '|') return { token: { kind: 'bars', start: at, isPaired: false, ...flanks }, end }
  return { token: { kind: 'run', run: { sign, start: at, end, length, ...flanks } }, end }
}

const blockMark = /^(?:[-*•>] |>\p{L}|```|~~~)/u

/** A backslash before a sign that could be formatting. */
function escapeAt(text: string, at: number): { token: Token; end: number } | null {
  const sign = text[at + 1] ?? ''
  const before = lineBefore(text, at)
  const isBegun = /\n {0,3}$/.test(before) && blockMark.test(text.slice(at + 1, at + 4))
  const isNumber = /\n {0,3}\d{1,9}$/.test(before) && /^[.)] /.test(text.slice(at + 1, at + 3))
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
function resolveEscapes(reading: Reading, { text }: Stretch, escapes: Escape[]): void {
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
  const tree = build(reading, stretch, scan({ ...reading, content: bare, names: [] }, stretch))
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
  const spoilers = pairBars(reading, tokens)
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
function pairBars(reading: Reading, tokens: Token[]): Map<number, number> {
  const pairs = new Map<number, number>()
  let opened: { place: number; bars: Bars } | null = null
  for (const [n, token] of tokens.entries()) {
    if (token.kind !== 'bars') continue
    if (opened !== null && token.canClose && reading.left > 0) {
      pairs.set(opened.place, n)
      opened.bars.isPaired = true
      reading.left -= 1
      opened = null
    } else if (opened === null && token.canOpen) opened = { place: n, bars: token }
  }
  if (opened !== null && reading.isCut) pairs.set(opened.place, tokens.length)
  return pairs
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
const wordy = /[\p{L}\p{N}\p{Extended_Pictographic}]/u

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
