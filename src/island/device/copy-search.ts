import type { CopiedMessage } from './copied-message'

/** A message of this device that was looked for. */
export type Hit = Pick<CopiedMessage, 'room' | 'seq' | 'user' | 'name' | 'at' | 'text'>

/** Messages that hold every one of the words, newest first, of whatever room. */
export function findIn(chunks: CopiedMessage[][], words: string, hitsMax: number): Hit[] {
  const wanted = fold(words)
    .split(/\s+/u)
    .filter((word) => word !== '')
  if (wanted.length === 0) return []
  const hits: Hit[] = []
  for (const chunk of chunks) {
    const folded = foldedOf(chunk)
    for (const [n, text] of folded.entries()) {
      const message = chunk[n]
      if (message !== undefined && wanted.every((word) => text.includes(word))) hits.push(message)
    }
  }
  return hits.sort((a, b) => b.at - a.at).slice(0, hitsMax)
}

/** A chunk is a new array whenever it has changed. */
const known = new WeakMap<CopiedMessage[], string[]>()

function foldedOf(chunk: CopiedMessage[]): string[] {
  const before = known.get(chunk)
  if (before !== undefined) return before
  const folded = chunk.map(({ text, files }) =>
    fold(files.length === 0 ? text : `${text}\n${files.map(({ name }) => name).join('\n')}`),
  )
  known.set(chunk, folded)
  return folded
}

/** Case, accents and width make no difference; most texts have none of the last two. */
function fold(text: string): string {
  const lower = text.toLowerCase()
  return /^[\x00-\x7f\u3000-\u303f\u4e00-\u9fff]*$/u.test(lower)
    ? lower
    : lower.normalize('NFKD').replace(/\p{M}/gu, '')
}
