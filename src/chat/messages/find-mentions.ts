import { serverLimits } from '../../server/limits'
import { once } from '../../shared/once'
import type { Mention, NamedUser } from '../../store/store'
import { foldName } from '../people/name'

/** A message that names more people than this notifies none of them. */
export const mentionsMax = 50

/** A name that may stand after an @: where, how long with its @, and as it is looked up. */
export type Candidate = { start: number; length: number; folded: string }

/**
 * Everything after an @ (or ＠) that could be a name: from one letter to the longest name, ending
 * where a word ends, or anywhere in scripts that write no spaces. Linear in the length of the text
 * for a bounded number of @.
 */
export function findCandidates(content: string): Candidate[] {
  const candidates: Candidate[] = []
  let ats = 0
  for (const { index: start } of content.matchAll(atSign)) {
    ats += 1
    if (ats > mentionsMax) break
    const written = content.slice(start + 1, start + 1 + serverLimits.nicknameUnitsMax)
    for (const { index, segment } of graphemes().segment(written)) {
      const end = index + segment.length
      if (segment === '\n') break
      if (!isEnd(written.slice(index, end), content.slice(start + 1 + end))) continue
      const folded = foldName(written.slice(0, end))
      if (folded !== null) candidates.push({ start, length: end + 1, folded })
    }
  }
  return candidates
}

/** Of the candidates those that are people's names, the longest at each place. */
export function chooseMentions(
  candidates: Candidate[],
  people: NamedUser[],
  author: number,
): Mention[] {
  const byName = new Map(people.map(({ id, folded }) => [folded, id]))
  const isOwner = people.some(({ id, isOwner }) => id === author && isOwner)
  const chosen = new Map<number, Mention>()
  for (const { start, length, folded } of candidates) {
    const user = isOwner && everybody.has(folded) ? 0 : byName.get(folded)
    if (user !== undefined) chosen.set(start, { user, start, length })
  }
  return [...chosen.values()]
}

/** Names nobody can hold, under which the owner of a room calls all of it. */
const everybody = new Set(['all', 'everyone', '所有人', '全体成员'])

/** Not in the middle of an e-mail address; right after 你好 it is a name. */
const atSign =
  /(?<![[\p{L}\p{N}_]--[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]])[@＠](?=\S)/gv

const graphemes = once(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

/** Whether a name may end between these two: between letters only where nobody writes spaces. */
function isEnd(last: string, rest: string): boolean {
  return (
    !/^[\p{L}\p{N}\p{M}_]/u.test(rest) || unspaced.test(last) || unspaced.test(rest.slice(0, 2))
  )
}

const unspaced = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/u
