import { linkStart, readLink } from './link'

/** A part of a line; places are code units of the whole content. */
export type Inline =
  | { kind: 'text'; start: number; end: number }
  | { kind: 'code'; start: number; end: number }
  | { kind: 'link'; start: number; end: number; url: string; shown: string }
  | { kind: Style; children: Inline[] }

type Style = 'bold' | 'italic' | 'strike'

type OpenMarker = { marker: string; start: number; children: Inline[] }

/** What may begin formatting or a link; all other text is skipped at once. */
const special = new RegExp(`[*_~\`]|${linkStart}`, 'giu')

// Two underscores are no marker: __init__.py is a file.
const styleOf: Record<string, Style> = {
  '**': 'bold',
  '*': 'italic',
  _: 'italic',
  '~~': 'strike',
}

/**
 * Reads bold, italic, struck text, code and links between two places. Linear in the length: each
 * marker is open at most once, and a search that found nothing is not repeated.
 */
export function readInline(whole: string, start: number, end: number): Inline[] {
  // Else every line of a long list would be searched to the end of the message.
  const content = whole.slice(0, end)
  const state: State = {
    content,
    end,
    open: [{ marker: '', start, children: [] }],
    lost: new Set(),
  }
  let at = start
  for (let parts = 0; parts < partsMax; parts += 1) {
    special.lastIndex = at
    const found = special.exec(content)
    if (found === null) break
    addText(state, at, found.index)
    at = readSpecial(state, found.index)
  }
  addText(state, at, end)
  while (state.open.length > 1) unwrap(state)
  return state.open[0]?.children ?? []
}

/** After this many parts the rest of a line is plain text. */
const partsMax = 500

type State = {
  content: string
  end: number
  /** Open markers, outermost first. */
  open: OpenMarker[]
  /** Code markers that are not closed any more. */
  lost: Set<string>
}

/** Reads what begins here; gives the place after it. */
function readSpecial(state: State, at: number): number {
  const { content, end } = state
  const sign = content[at] ?? ''
  if (sign === '`') return readCode(state, at)
  if (!'*_~'.includes(sign)) {
    const link = readLink(content, at, end)
    if (link === null) return literal(state, at, at + 1)
    top(state).children.push({ kind: 'link', start: at, ...link })
    return link.end
  }
  let length = 1
  while (at + length < end && content[at + length] === sign) length += 1
  // Of three stars, the innermost open marker is closed first, and bold is opened first.
  const innermost = top(state).marker === '*' ? '*' : '**'
  const marker = length === 3 && sign === '*' ? innermost : sign.repeat(length)
  if (styleOf[marker] === undefined) return literal(state, at, at + length)
  return readMarker(state, at, marker)
}

function readMarker(state: State, at: number, marker: string): number {
  const { content, open } = state
  const after = at + marker.length
  const [previous, next] = [content[at - 1] ?? ' ', content[after] ?? ' ']
  // 2 * 3 and snake_case are not formatted.
  const isInWord = marker.startsWith('_') && wordSign.test(previous) && wordSign.test(next)
  const depth = open.findLastIndex((each) => each.marker === marker)
  if (depth > 0 && !blank.test(previous) && !isInWord) {
    while (open.length > depth + 1) unwrap(state)
    const opened = open.pop()
    const kind = styleOf[marker]
    if (opened !== undefined && kind !== undefined && opened.children.length > 0) {
      top(state).children.push({ kind, children: opened.children })
      return after
    }
    if (opened !== undefined) literal(state, opened.start, after)
    return after
  }
  const isOpening = depth <= 0 && !blank.test(next) && !isInWord && !wordEnd(marker, previous)
  if (!isOpening) return literal(state, at, after)
  open.push({ marker, start: at, children: [] })
  return after
}

const blank = /\s/u
const wordSign = /[\p{L}\p{N}]/u

/** An underscore right after a word is part of it. */
function wordEnd(marker: string, previous: string): boolean {
  return marker.startsWith('_') && wordSign.test(previous)
}

function readCode(state: State, at: number): number {
  const { content, end, lost } = state
  let from = at + 1
  while (from < end && content[from] === '`') from += 1
  const mark = content.slice(at, from)
  // Three and more belong to a fence.
  if (mark.length > 2) return literal(state, at, from)
  const close = lost.has(mark) ? -1 : content.indexOf(mark, from)
  if (close === -1 || close >= end || close === from) {
    if (close === -1 || close >= end) lost.add(mark)
    return literal(state, at, from)
  }
  top(state).children.push({ kind: 'code', start: from, end: close })
  return close + mark.length
}

/** A marker that was never closed is text. */
function unwrap(state: State): void {
  const opened = state.open.pop()
  if (opened === undefined) return
  literal(state, opened.start, opened.start + opened.marker.length)
  top(state).children.push(...opened.children)
}

function literal(state: State, start: number, end: number): number {
  addText(state, start, end)
  return end
}

/** Joins neighbouring text, so that a marker without meaning never splits a mention. */
function addText(state: State, start: number, end: number): void {
  if (start >= end) return
  const { children } = top(state)
  const last = children.at(-1)
  if (last?.kind === 'text' && last.end === start) last.end = end
  else children.push({ kind: 'text', start, end })
}

function top({ open }: State): OpenMarker {
  const opened = open.at(-1)
  if (opened === undefined) throw new Error('the outermost marker is never closed')
  return opened
}
