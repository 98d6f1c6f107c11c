import type { Range } from './stretch'

/**
 * A line without the marks of what it is in, where it stands in the content, and in which column
 * it begins: a tab of which a mark has taken a part is still there.
 */
export type Line = Range & { text: string; column: number }

export function linesOf(content: string): Line[] {
  let start = 0
  return content.split('\n').map((text) => {
    const line = { start, end: start + text.length, text, column: 0 }
    start = line.end + 1
    return line
  })
}

/** The line without its first signs. */
export function stripLine({ start, end, text, column }: Line, count: number): Line {
  const skipped = Math.min(count, text.length)
  let next = column
  for (let n = 0; n < skipped; n += 1) next += widthOf(text[n] ?? '', next)
  return { start: start + skipped, end, text: text.slice(skipped), column: next }
}

/** A tab goes on to the next multiple of four. */
function widthOf(sign: string, column: number): number {
  return sign === '\t' ? 4 - (column % 4) : 1
}

export function isBlank({ text }: Line): boolean {
  return text.trim() === ''
}

/** How many columns a line is indented. */
export function indentOf({ text, column }: Line): number {
  return columnsOf(text, column)
}

/** The columns of the spaces and tabs that a text begins with. */
function columnsOf(text: string, from: number): number {
  let column = from
  for (const sign of text) {
    if (sign !== '\t' && sign !== ' ') break
    column += widthOf(sign, column)
  }
  return column - from
}

/** The line without its indentation, up to so many columns. */
export function outdent(line: Line, columns: number): Line {
  let [count, done] = [0, 0]
  for (const sign of line.text) {
    if (done >= columns || (sign !== '\t' && sign !== ' ')) break
    const width = widthOf(sign, line.column + done)
    if (done + width > columns) return { ...stripLine(line, count), column: line.column + columns }
    done += width
    count += 1
  }
  return stripLine(line, count)
}

/** The text with spaces instead of the tabs that it begins with. */
export function untabbed(line: Line): string {
  const { text } = line
  return /^ *\t/.test(text) ? ' '.repeat(indentOf(line)) + text.replace(/^[ \t]+/, '') : text
}

/** The line without a tab of which a part is taken. */
export function withoutRest(line: Line): Line {
  return line.text.startsWith('\t') && line.column % 4 > 0 ? stripLine(line, 1) : line
}

type Mark = {
  /** The sign of a bullet, or what follows a number: lists of another sign are other lists. */
  sign: string
  /** Null for bullets. */
  number: number | null
  indent: number
  /** The column at which the text of the item begins, and how many signs are before it. */
  width: number
  skipped: number
  isEmpty: boolean
}

/** What word processors put before an item, too: they go on with a tab. */
export const bullets = '-*•·'
const bullet = new RegExp(`^(?<indent> {0,3})(?<sign>[${bullets}])(?<space>[ \\t]+|$)`)
const number = /^(?<indent> {0,3})(?<number>0|[1-9]\d{0,8})(?<sign>[.)])(?<space>[ \t]+|$)/
/** A line across, which is shown as it was typed. */
const rule = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/

/** The mark of a list at the beginning of a line. */
export function markOf(line: Line): Mark | null {
  const text = untabbed(line)
  const groups = (bullet.exec(text) ?? number.exec(text))?.groups
  if (groups === undefined || rule.test(text)) return null
  const { indent = '', sign = '', space = '' } = groups
  const before = indent.length + sign.length + (groups.number?.length ?? 0)
  const columns = columnsOf(space, line.column + before)
  // More than four spaces belong to the text.
  const isIndented = columns > 4
  return {
    sign,
    number: groups.number === undefined ? null : Number(groups.number),
    indent: indent.length,
    width: before + (isIndented ? 1 : Math.max(1, columns)),
    skipped: before + (isIndented ? 1 : space.length) - text.length + line.text.length,
    isEmpty: text.slice(before).trim() === '',
  }
}

/** Not >_< or >5; a bare > only beside lines of a quote. */
const quote = new RegExp(
  `^ {0,3}>(?=[ \\t]+\\S|>*(?:\\p{L}|[${bullets}][ \\t]+\\S)|>[> ]*(?:\\p{L}|[ \\t]\\S))`,
  'u',
)
const quoteMark = /^[ \t]*>/

export function isQuote(line: Line): boolean {
  return quote.test(untabbed(line))
}

export function isBareQuote(line: Line): boolean {
  return /^ {0,3}>[> ]*$/.test(untabbed(line))
}

/** A tab after the mark is the space of the mark and the rest of its columns. */
export function unquote(line: Line): Line {
  return outdent(stripLine(line, quoteMark.exec(line.text)?.[0].length ?? 0), 1)
}

const tickFence = /^(?<indent> {0,3})(?<marks>`{3,})\s*(?<info>[^`]*)$/
const tildeFence = /^(?<indent> {0,3})(?<marks>~{3,})\s*(?<info>.*)$/
/** The name of a language, and what more may be said about the code. */
const label = /^(?<language>[\w+#.:/-]{0,40})(?:\s+[^<>"]{1,80})?$/u

type Fence = { indent: number; marks: string; language: string; label: string }

export function fenceOf(line: Line): Fence | null {
  const text = untabbed(line)
  if (!/^ {0,3}(?:```|~~~)/.test(text)) return null
  const groups = (tickFence.exec(text) ?? tildeFence.exec(text))?.groups
  if (groups === undefined) return null
  const { indent = '', marks = '', info = '' } = groups
  const shown = info.trim().replace(/\\([!-/:-@[-`{-~])/g, '$1')
  const { language } = label.exec(shown)?.groups ?? {}
  if (language === undefined) return null
  return { indent: indent.length, marks, language, label: shown }
}

/**
 * For each line, where a fence that it opens is closed: by the same sign, at least as often.
 * Undefined when it is never closed, or nothing is in it.
 */
export function closingsOf(lines: Line[]): (number | undefined)[] {
  const next: Record<string, number[]> = { '`': [], '~': [] }
  const closings: (number | undefined)[] = []
  for (const [n, line] of [...lines.entries()].reverse()) {
    const opening = fenceOf(line)?.marks ?? ''
    const found = next[opening[0] ?? '']?.[opening.length]
    closings[n] = found === n + 1 ? undefined : found
    const closing = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(untabbed(line))?.[1] ?? ''
    next[closing[0] ?? '']?.fill(n, 0, closing.length + 1)
    const places = next[closing[0] ?? '']
    for (let k = places?.length ?? 0; places !== undefined && k <= closing.length; k += 1) {
      places[k] = n
    }
  }
  return closings
}
