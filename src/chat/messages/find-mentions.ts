import { serverLimits } from '../../server/limits'
import { readBlocks } from '../../shared/markup/blocks'
import { inlinesIn } from '../../shared/markup/excerpt'
import { textsIn } from '../../shared/markup/inline'
import { atPattern, everybodyNames } from '../../shared/mentions'
import type { Mention, NamedUser, NewMessage } from '../../store/store'
import type { Chat } from '../chat'
import { foldName, graphemeSegmenter } from '../people/name'

export const mentionsMax = 50

/** Without one of these no text mentions anybody; cheaper than the whole pattern. */
export const anyAt = /[@＠]/

/** Finds the people whom this author mentions in this room. */
export async function findMentions(
  chat: Chat,
  { room, author, content }: Pick<NewMessage, 'room' | 'author' | 'content'>,
): Promise<Mention[]> {
  if (!anyAt.test(content)) return []
  const candidates = findCandidates(content)
  const folded = [...new Set(candidates.map((each) => each.folded))]
  const people = await chat.store.users.namedIn(room, author, folded)
  return chooseMentions(candidates, people, author)
}

/** What may be a name, with its @. */
export type Candidate = { start: number; length: number; folded: string }

/**
 * Everything after an @ that could be a name: from one letter to the longest name, ending where a
 * word ends, or anywhere in scripts that write no spaces. Linear in the length of the text.
 */
export function findCandidates(content: string): Candidate[] {
  const candidates: Candidate[] = []
  const isText = textPlaces(content)
  const signs = content.matchAll(atSign).filter(({ index }) => isText(index))
  for (const { index: start } of signs.take(mentionsMax)) {
    const written = content.slice(start + 1, start + 1 + serverLimits.nicknameUnitsMax)
    for (const { index, segment } of graphemeSegmenter().segment(written)) {
      const end = index + segment.length
      if (segment === '\n') break
      if (!isEnd(written.slice(index, end), content.slice(start + 1 + end))) continue
      const folded = foldName(written.slice(0, end))
      if (folded !== null) candidates.push({ start, length: end + 1, folded })
    }
  }
  return candidates
}

/** Nobody is called in code, in an address or after a backslash. */
function textPlaces(content: string): (place: number) => boolean {
  const texts = textsIn(inlinesIn(readBlocks(content))).filter(({ isEscaped }) => !isEscaped)
  return (place) => texts.some(({ start, end }) => place >= start && place < end)
}

const atSign = new RegExp(`${atPattern}(?=\\S)`, 'gv')

/** Whether a name may end between these two: between letters only where no spaces are written. */
function isEnd(last: string, rest: string): boolean {
  return (
    !/^[\p{L}\p{N}\p{M}_]/u.test(rest) || unspaced.test(last) || unspaced.test(rest.slice(0, 2))
  )
}

const unspaced = /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]/u

/** Chooses the longest name at each place. */
function chooseMentions(candidates: Candidate[], people: NamedUser[], author: number): Mention[] {
  const byName = new Map(people.map(({ id, folded }) => [folded, id]))
  const mayMentionAll = people.some((one) => one.id === author && one.mayMentionAll)
  const chosen = new Map<number, Mention>()
  for (const { start, length, folded } of candidates) {
    const user = mayMentionAll && everybodyNames.includes(folded) ? 0 : byName.get(folded)
    if (user !== undefined) chosen.set(start, { user, start, length })
  }
  return [...chosen.values()]
}
