/** A range of the content. */
export type Range = { start: number; end: number }

/**
 * Text that is read as one, such as the lines of a quoted paragraph without their marks, and where
 * its pieces stand in the content, in order.
 */
export type Stretch = { text: string; pieces: Range[] }

/** Joins ranges of the content. */
export function joinRanges(content: string, ranges: Range[]): Stretch {
  const pieces: Range[] = []
  for (const { start, end } of ranges) {
    const last = pieces.at(-1)
    if (last?.end === start) last.end = end
    else if (start < end) pieces.push({ start, end })
  }
  return { text: pieces.map(({ start, end }) => content.slice(start, end)).join(''), pieces }
}

/** The ranges of the content between two places of the joined text. */
export function rangesOf({ pieces }: Stretch, from: number, to: number): Range[] {
  const ranges: Range[] = []
  let at = 0
  for (const { start, end } of pieces) {
    const [first, last] = [Math.max(from, at), Math.min(to, at + end - start)]
    if (first < last) ranges.push({ start: start + first - at, end: start + last - at })
    at += end - start
    if (at >= to) break
  }
  return ranges
}

/** The place in the joined text of a place in the content; -1 when it is not in it. */
export function placeIn({ pieces }: Stretch, place: number): number {
  let at = 0
  for (const { start, end } of pieces) {
    if (place >= start && place < end) return at + place - start
    at += end - start
  }
  return -1
}
