import { type Inline, readInline } from './inline'

/** A block of a message's text. */
export type Block =
  | { kind: 'paragraph'; lines: Inline[][] }
  | { kind: 'quote'; lines: Inline[][] }
  | { kind: 'list'; isOrdered: boolean; first: number; lines: Inline[][] }
  | { kind: 'code'; language: string; start: number; end: number }

type Source = { start: number; end: number; text: string }

const fence = /^```(?<language>[\w+#.-]{0,20})\s*$/
const quote = /^> ?/
const bullet = /^[-*•] /
const number = /^(?<first>\d{1,3})[.)] /

/**
 * Reads a message's text as blocks: fenced code, quotes, lists and, for everything else, paragraphs
 * that keep their line breaks. Linear in the length.
 */
export function readBlocks(content: string): Block[] {
  const lines = linesOf(content)
  const closings = closingsOf(lines)
  const blocks: Block[] = []
  for (let n = 0; n < lines.length;) {
    const code = readFence(lines, n, closings[n])
    if (code !== null) {
      blocks.push(code.block)
      n = code.next
      continue
    }
    const kind = kindOf(lines, n)
    let next = n + 1
    while (next < lines.length && kindOf(lines, next) === kind) {
      if (readFence(lines, next, closings[next]) !== null) break
      next += 1
    }
    const block = makeBlock(content, lines.slice(n, next), kind)
    if (block !== null) blocks.push(block)
    n = next
  }
  return blocks
}

type Kind = 'paragraph' | 'quote' | 'bullets' | 'numbers'

/** Bounds the elements of a pasted list or quote; later lines are paragraphs. */
const linesMax = 300

function kindOf(lines: Source[], n: number): Kind {
  const text = lines[n]?.text ?? ''
  if (n >= linesMax) return 'paragraph'
  if (quote.test(text) && text.length > 1) return 'quote'
  if (bullet.test(text)) return 'bullets'
  return number.test(text) ? 'numbers' : 'paragraph'
}

/** For each line, where a fence that it opens would be closed. */
function closingsOf(lines: Source[]): (number | undefined)[] {
  let next: number | undefined
  const closings: (number | undefined)[] = []
  for (let n = lines.length - 1; n >= 0; n -= 1) {
    closings[n] = next
    if (lines[n]?.text === '```') next = n
  }
  return closings
}

/** Null for a fence that is never closed or empty. */
function readFence(
  lines: Source[],
  n: number,
  closing: number | undefined,
): { block: Block; next: number } | null {
  const opening = fence.exec(lines[n]?.text ?? '')
  if (opening === null || closing === undefined || closing === n + 1) return null
  const [first, last] = [lines[n + 1], lines[closing - 1]]
  if (first === undefined || last === undefined) return null
  const language = opening.groups?.language ?? ''
  const block: Block = { kind: 'code', language, start: first.start, end: last.end }
  return { block, next: closing + 1 }
}

/** Null for blank lines between blocks. */
function makeBlock(content: string, lines: Source[], kind: Kind): Block | null {
  const [first, last] = [lines[0], lines.at(-1)]
  if (kind === 'paragraph' && first !== undefined && last !== undefined) {
    if (lines.every(({ text }) => text.trim() === '')) return null
    return { kind, lines: [readInline(content, first.start, last.end)] }
  }
  const mark = kind === 'quote' ? quote : kind === 'bullets' ? bullet : number
  const inner = lines.map(({ start, end, text }) =>
    readInline(content, start + (mark.exec(text)?.[0].length ?? 0), end),
  )
  if (kind === 'quote') return { kind, lines: inner }
  const isOrdered = kind === 'numbers'
  const begin = Number(number.exec(first?.text ?? '')?.groups?.first ?? 1)
  return { kind: 'list', isOrdered, first: begin, lines: inner }
}

function linesOf(content: string): Source[] {
  let start = 0
  return content.split('\n').map((text) => {
    const line = { start, end: start + text.length, text }
    start = line.end + 1
    return line
  })
}
