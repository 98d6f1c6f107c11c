/**
 * Text as search compares it: case, width and accents ignored, and the place of every unit kept, so
 * that a hit can be marked in the text as it was written.
 */

/** Takes any text; gives it folded. Two texts that look alike to a searcher fold alike. */
export function fold(text: string): string {
  return text.replace(written, foldSegment).toLowerCase()
}

/** The same with, for every unit of the result and its end, where it stands in the text. */
export function foldInPlace(text: string): { folded: string; places: number[] } {
  const pieces: string[] = []
  const places: number[] = []
  for (const { 0: segment, index } of text.matchAll(segments)) {
    const folded = fold(segment)
    pieces.push(folded)
    for (let n = 0; n < folded.length; n += 1) places.push(index)
  }
  places.push(text.length)
  return { folded: pieces.join(''), places }
}

/** A letter with its marks, among them the two of narrow Kana. */
const segments = /[^\p{M}\uff9e\uff9f][\p{M}\uff9e\uff9f]*|[\p{M}\uff9e\uff9f]+/gu

/** The same, of what lower case alone does not fold: neither ASCII nor a common Han character. */
const written = /[\x00-\x7f\u4e00-\u9fff]\p{M}+|[^\x00-\x7f\u4e00-\u9fff][\p{M}\uff9e\uff9f]*/gu

/** Accents and points; not the signs that are vowels of a script, nor the Japanese ゛and ゜. */
const accents = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\ufe0f]/gu

/** Normalising is quadratic on marks, and nobody writes as many on one letter. */
const segmentUnitsMax = 16

const known = new Map<string, string>()
const knownMax = 20_000

function foldSegment(segment: string): string {
  const before = known.get(segment)
  if (before !== undefined) return before
  const base = segment.slice(0, segmentUnitsMax).normalize('NFKD').replace(accents, '')
  // By way of capitals, ß is ss, and σ and ς are one.
  const folded = base.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  const whole = folded.normalize('NFC')
  if (known.size >= knownMax) known.clear()
  known.set(segment, whole)
  return whole
}
