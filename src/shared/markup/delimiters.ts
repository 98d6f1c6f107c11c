/** How a sign of formatting may pair: only where a word begins or ends. */
type Flanks = { canOpen: boolean; canClose: boolean }

type Side = 'space' | 'punctuation' | 'unspaced' | 'word'

/** Scripts without spaces, Hangul with its particles, and punctuation of these: all are edges. */
const unspaced = new RegExp(
  '[\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}' +
    '\\p{sc=Mymr}\\u3001-\\u303f\\uff01-\\uffef]',
  'u',
)

function sideOf(sign: string): Side {
  if (sign === '' || /\s/u.test(sign)) return 'space'
  if (sign < '\x7f') return /[a-z0-9]/i.test(sign) ? 'word' : 'punctuation'
  if (unspaced.test(sign)) return 'unspaced'
  return /[\p{P}\p{S}]/u.test(sign) ? 'punctuation' : 'word'
}

/**
 * CommonMark's left- and right-flanking runs, and its rule for `_` within words for every sign: as
 * f*ck and 2*3*4 show, a sign between letters means itself. Between letters of scripts without
 * spaces it may be formatting, except `_`.
 */
export function flanksOf(text: string, start: number, end: number): Flanks {
  const [previous, next] = [signBefore(text, start), signAt(text, end)]
  const isUnderscore = text[start] === '_'
  const [before, after] = [previous, next].map((sign) => {
    const side = sideOf(sign)
    return side !== 'unspaced' || !isUnderscore
      ? side
      : /\p{P}/u.test(sign)
        ? 'punctuation'
        : 'word'
  })
  const isLeft = after !== 'space' && (after !== 'punctuation' || before !== 'word')
  const isRight = before !== 'space' && (before !== 'punctuation' || after !== 'word')
  const canOpen = isLeft && (!isRight || before === 'punctuation' || isUnspaced(before, after))
  const canClose = isRight && (!isLeft || after === 'punctuation' || isUnspaced(before, after))
  return { canOpen: canOpen && !isFace(previous, next), canClose }
}

/** How bars can begin or end a spoiler; `isGlued`: they stand within a word. */
export type Bars = Flanks & { isGlued: boolean }

/**
 * The same for the bars of a spoiler. They may have spaces within where they are first and last in
 * a line, as in `|| so ||` but not `a || b || c`; one of the two may be within a word: `||dog||s`.
 */
export function barsAt(text: string, at: number): Bars {
  const { canOpen, canClose } = flanksOf(text, at, at + 2)
  const [before, after] = [text.slice(Math.max(0, at - 20), at), text.slice(at + 2, at + 22)]
  const isGlued = !canOpen && !canClose && /\S$/.test(before) && /^\S/.test(after)
  const isFirst = /(?:^|\n)[ \t]*$/.test(before) && /^(?:\s|$)/.test(after)
  const isLast = /(?:^|\s)$/.test(before) && /^[ \t]*(?:\n|$)/.test(after)
  return {
    canOpen: canOpen || isGlued || isFirst,
    canClose: canClose || isGlued || isLast,
    isGlued,
  }
}

/** Pairs bars in their order; `opened` are the ones that still look for an end. */
export function pairBars<Some extends Bars>(all: Some[]) {
  const pairs: [open: Some, close: Some][] = []
  let opened: Some | null = null
  for (const bars of all) {
    // Within a word they pair only with such that can do nothing else.
    if (opened !== null && bars.canClose && !(opened.isGlued && bars.canOpen)) {
      pairs.push([opened, bars])
      opened = null
    } else if (bars.canOpen && (opened === null || opened.isGlued)) opened = bars
  }
  return { pairs, opened }
}

function isUnspaced(before?: Side, after?: Side): boolean {
  return before === 'unspaced' || after === 'unspaced'
}

/** As in (*^_^*): no word begins here. */
function isFace(previous: string, next: string): boolean {
  return /[(（]/.test(previous) && /[\p{Sk}\p{Sm};'°・･ﾟ]/u.test(next)
}

function signBefore(text: string, at: number): string {
  const last = text[at - 1] ?? ''
  return /[\udc00-\udfff]/.test(last) ? text.slice(at - 2, at) : last
}

function signAt(text: string, at: number): string {
  const first = text[at] ?? ''
  return /[\ud800-\udbff]/.test(first) ? text.slice(at, at + 2) : first
}

/** A run of one sign; as it pairs, an opener loses its last signs and a closer its first. */
export type Run = Flanks & { sign: string; start: number; end: number; length: number }

/** Something between the signs; `Made` is what pairs are made into. */
export type Part<Made> =
  { kind: 'run'; run: Run } | { kind: 'other'; isWord: boolean; value: Made; depth: number }

/** Emphasis within emphasis is read up to this depth. */
const depthMax = 10

type Make<Made> = {
  isFull: () => boolean
  make: (sign: string, isDouble: boolean, parts: Part<Made>[]) => Made
}

/**
 * Pairs the signs as CommonMark does (its appendix "A parsing strategy"). Linear in the number of
 * parts: what was not found once is not looked for again.
 */
export function pairRuns<Made>(parts: Part<Made>[], make: Make<Made>): Part<Made>[] {
  const out: Part<Made>[] = []
  /** Places in `out`. */
  const openers: number[] = []
  /** Below this many openers there is none for such a closer. */
  const bottoms = new Map<string, number>()
  const cut = (count: number): void => {
    openers.length = count
    for (const [key, bottom] of bottoms) if (bottom > count) bottoms.set(key, count)
  }
  for (const part of parts) {
    if (part.kind === 'other') {
      out.push(part)
      continue
    }
    const { run } = part
    while (run.canClose && run.start < run.end) {
      const key = `${run.sign}${run.canOpen}${run.length % 3}`
      const found = findOpener(out, openers, run, bottoms.get(key) ?? 0)
      const made = found === -1 ? null : wrap(out, openers[found] ?? 0, run, make)
      if (made === null) {
        bottoms.set(key, openers.length)
        break
      }
      cut(made.isOpenerLeft ? found + 1 : found)
    }
    if (run.start === run.end) continue
    if (run.canOpen) openers.push(out.length)
    out.push(part)
  }
  return out
}

function findOpener<Made>(out: Part<Made>[], openers: number[], closer: Run, bottom: number) {
  return openers.findLastIndex((place, n) => {
    const part = out[place]
    return n >= bottom && part?.kind === 'run' && matches(part.run, closer)
  })
}

function matches(opener: Run, closer: Run): boolean {
  if (opener.sign !== closer.sign) return false
  const isBoth = closer.canOpen || opener.canClose
  const sum = opener.length + closer.length
  return !isBoth || sum % 3 !== 0 || (opener.length % 3 === 0 && closer.length % 3 === 0)
}

/** Makes one part of all that follows an opener; null when that is no formatting. */
function wrap<Made>(
  out: Part<Made>[],
  place: number,
  closer: Run,
  { isFull, make }: Make<Made>,
): { isOpenerLeft: boolean } | null {
  const opening = out[place]
  if (opening?.kind !== 'run' || isFull()) return null
  const { run: opener } = opening
  const inner = out.slice(place + 1)
  const depth = inner.reduce((most, part) => Math.max(most, depthOf(part) + 1), 1)
  const isWord = inner.some((part) => part.kind === 'other' && part.isWord)
  if (!isWord || depth > depthMax) return null
  const isDouble = opener.end - opener.start > 1 && closer.end - closer.start > 1
  opener.end -= isDouble ? 2 : 1
  closer.start += isDouble ? 2 : 1
  const isOpenerLeft = opener.start < opener.end
  out.length = isOpenerLeft ? place + 1 : place
  out.push({ kind: 'other', isWord, value: make(closer.sign, isDouble, inner), depth })
  return { isOpenerLeft }
}

function depthOf<Made>(part: Part<Made>): number {
  return part.kind === 'other' ? part.depth : 0
}
