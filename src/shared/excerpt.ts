import { foldInPlace } from './fold'

/** A part of a text, and whether it matches the search. */
export type Piece = { text: string; isHit: boolean }

/** One line of a text around the first hit of the folded words, cut into hits and the rest. */
export function excerptOf(content: string, words: string[]): Piece[] {
  const hits = findHits(content, words)
  const first = hits[0]?.start ?? 0
  const start = first <= beforeUnits ? 0 : wordStart(content, first - beforeUnits)
  const end = Math.min(content.length, start + excerptUnits)
  const pieces: Piece[] = start > 0 ? [{ text: '… ', isHit: false }] : []
  let at = start
  const add = (to: number, isHit: boolean): void => {
    const text = content.slice(at, to).replace(/[^\S\ufeff]+/gu, ' ')
    if (text !== '') pieces.push({ text, isHit })
    at = Math.max(at, to)
  }
  for (const hit of hits.filter((each) => each.start < end)) {
    add(hit.start, false)
    add(Math.min(hit.end, end), true)
  }
  add(end, false)
  if (end < content.length) pieces.push({ text: ' …', isHit: false })
  return pieces
}

const beforeUnits = 60
const excerptUnits = 240

type Span = { start: number; end: number }

/** The spans of all hits in order, without overlaps. */
function findHits(content: string, words: string[]): Span[] {
  const { folded, places } = foldInPlace(content)
  const spans: Span[] = []
  for (const word of words.filter(Boolean)) {
    for (let from = folded.indexOf(word); from !== -1; from = folded.indexOf(word, from + 1)) {
      // A letter may fold to several: a hit has all of its last one.
      const last = places[from + word.length - 1] ?? 0
      const end = places.slice(from + word.length).find((place) => place > last)
      spans.push({ start: places[from] ?? 0, end: end ?? content.length })
      if (spans.length > hitsMax) break
    }
  }
  spans.sort((a, b) => a.start - b.start || b.end - a.end)
  return spans.reduce<Span[]>((merged, span) => {
    const last = merged.at(-1)
    if (last === undefined || span.start >= last.end) merged.push(span)
    else last.end = Math.max(last.end, span.end)
    return merged
  }, [])
}

const hitsMax = 100

/** The beginning of the next word if it is near, else `from`. */
function wordStart(content: string, from: number): number {
  const space = content.slice(from, from + 20).search(/\s\S/u)
  const start = space === -1 ? from : from + space + 1
  return /^[\udc00-\udfff]/.test(content.slice(start)) ? start + 1 : start
}
