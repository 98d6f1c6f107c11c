import type { Range } from './stretch'

/** A line without the marks of what it is in, and where it stands in the content. */
export type Line = Range & { text: string }

export function linesOf(content: string): Line[] {
  let start = 0
  return content.split('\n').map((text) => {
    const line = { start, end: start + text.length, text }
    start = line.end + 1
    return line
  })
}

/** The line without its first signs. */
export function stripLine({ start, end, text }: Line, count: number): Line {
  const skipped = Math.min(count, text.length)
  return { start: start + skipped, end, text: text.slice(skipped) }
}

export function isBlank({ text }: Line): boolean {
  return text.trim() === ''
}

/** How many columns a line is indented; a tab goes on to the next multiple of four. */
export function indentOf({ text }: Line): number {
  let columns = 0
  for (const sign of text) {
    if (sign === '\t') columns += 4 - (columns % 4)
    else if (sign === ' ') columns += 1
    else break
  }
  return columns
}

/** The line without its indentation, up to so many columns. */
export function outdent(line: Line, columns: number): Line {
  let [count, done] = [0, 0]
  while (done < columns) {
    const sign = line.text[count]
    if (sign === '\t') done += 4 - (done % 4)
    else if (sign === ' ') done += 1
    else break
    count += 1
  }
  return stripLine(line, count)
}

type Mark = {
  /** The sign of a bullet, or what follows a number: lists of another sign are other lists. */
  sign: string
  /** Null for bullets. */
  number: number | null
  indent: number
  /** The column at which the text of the item begins. */
  width: number
  isEmpty: boolean
}

const bullet = /^(?<indent> {0,3})(?<sign>[-*•])(?<space> +|$)/
const number = /^(?<indent> {0,3})(?<number>0|[1-9]\d{0,8})(?<sign>[.)])(?<space> +|$)/
/** A line across, which is shown as it was typed. */
const rule = /^ {0,3}([-*_])(?: *\1){2,} *$/

/** The mark of a list at the beginning of a line. */
export function markOf({ text }: Line): Mark | null {
  const groups = (bullet.exec(text) ?? number.exec(text))?.groups
  if (groups === undefined || rule.test(text)) return null
  const { indent = '', sign = '', space = '' } = groups
  const before = indent.length + sign.length + (groups.number?.length ?? 0)
  // More than four spaces belong to the text.
  const spaces = space.length > 4 ? 1 : Math.max(1, space.length)
  return {
    sign,
    number: groups.number === undefined ? null : Number(groups.number),
    indent: indent.length,
    width: before + spaces,
    isEmpty: text.slice(before).trim() === '',
  }
}

/** Not >_< or >5; a bare > only beside lines of a quote. */
const quote = /^ {0,3}>(?= +\S|>*(?:\p{L}|[-*•] +\S)|>[> ]*(?:\p{L}| \S))/u
const quoteMark = /^ {0,3}> ?/

export function isQuote({ text }: Line): boolean {
  return quote.test(text)
}

export function isBareQuote({ text }: Line): boolean {
  return /^ {0,3}>[> ]*$/.test(text)
}

export function unquote(line: Line): Line {
  return stripLine(line, quoteMark.exec(line.text)?.[0].length ?? 0)
}

const tickFence = /^(?<indent> {0,3})(?<marks>`{3,})\s*(?<info>[^`]*)$/
const tildeFence = /^(?<indent> {0,3})(?<marks>~{3,})\s*(?<info>.*)$/
/** The name of a language, and what more may be said about the code. */
const label = /^(?<language>[\w+#.:/-]{0,40})(?:\s+[^<>"]{1,80})?$/u

type Fence = { indent: number; marks: string; language: string; label: string }

export function fenceOf({ text }: Line): Fence | null {
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
    const closing = /^ {0,3}(`{3,}|~{3,})\s*$/.exec(line.text)?.[1] ?? ''
    next[closing[0] ?? '']?.fill(n, 0, closing.length + 1)
    const places = next[closing[0] ?? '']
    for (let k = places?.length ?? 0; places !== undefined && k <= closing.length; k += 1) {
      places[k] = n
    }
  }
  return closings
}
