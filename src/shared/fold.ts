/**
 * Text as search compares it: without case, width and accents. The position of each code unit is
 * kept, so that a hit can be marked in the original text.
 */

/** Folds any text. Texts that are alike for a searcher fold alike. */
export function fold(text: string): string {
  return text.replace(written, foldSegment).toLowerCase()
}

/** The same with the position in the text for each code unit of the result and for its end. */
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

/** A letter with its marks, including the two marks of narrow Kana. */
const segments = /[^\p{M}\uff9e\uff9f][\p{M}\uff9e\uff9f]*|[\p{M}\uff9e\uff9f]+/gu

/** The same for text that lower case alone does not fold: no ASCII, no common Han characters. */
const written = /[\x00-\x7f\u4e00-\u9fff]\p{M}+|[^\x00-\x7f\u4e00-\u9fff][\p{M}\uff9e\uff9f]*/gu

/** Accents and points; not the vowel signs of a script, nor the Japanese ゛and ゜. */
const accents = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\ufe0f]/gu

/** Normalising is quadratic in the number of marks; real letters have fewer. */
const segmentUnitsMax = 16

const known = new Map<string, string>()
const knownMax = 20_000

function foldSegment(segment: string): string {
  const before = known.get(segment)
  if (before !== undefined) return before
  const base = segment.slice(0, segmentUnitsMax).normalize('NFKD').replace(accents, '')
  // Upper case makes ß ss, and σ and ς one.
  const folded = base.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ')
  const whole = folded.normalize('NFC')
  if (known.size >= knownMax) known.clear()
  known.set(segment, whole)
  return whole
}
