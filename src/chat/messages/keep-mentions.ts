import type { Mention, Message } from '../../store/store'
import type { Chat } from '../chat'
import { foldName } from '../people/name'
import { anyAt, type Candidate, findCandidates, findMentions } from './find-mentions'

type Before = Pick<Message, 'content' | 'mentions'>

/**
 * Finds the mentions of an edited text; to be called with the message as it is when it is changed.
 * A mention that is in it already keeps its person, whoever has the name now.
 */
export async function findMentionsOfEdit(
  chat: Chat,
  wanted: { room: number; author: number; content: string },
): Promise<(before: Before) => Mention[]> {
  if (!anyAt.test(wanted.content)) return () => []
  const fresh = await findMentions(chat, wanted)
  return (before) => keepMentions(before, wanted.content, fresh)
}

/** The mentions of a text after an edit; `fresh` are those that its names would make now. */
export function keepMentions(before: Before, content: string, fresh: Mention[]): Mention[] {
  const places = Map.groupBy(findCandidates(content), ({ folded }) => folded)
  const names = Map.groupBy(before.mentions, ({ start, length }) =>
    foldName(before.content.slice(start + 1, start + length)),
  )
  const mentions = new Map(fresh.map((mention) => [mention.start, mention]))
  for (const [name, known] of names) {
    const here = name === null ? [] : (places.get(name) ?? [])
    const kept = pair(before.content, known, content, here)
    for (const place of here) {
      const now = mentions.get(place.start)
      const old = kept.get(place) ?? (now === undefined ? known[0] : undefined)
      if (old === undefined || isLongerNow(before, old, content, now)) continue
      mentions.set(place.start, { user: old.user, start: place.start, length: place.length })
    }
  }
  return [...mentions.values()].toSorted((a, b) => a.start - b.start)
}

/** Whether the author has made another, longer name of it, which was not there before. */
function isLongerNow(before: Before, old: Mention, content: string, now?: Mention): boolean {
  if (now === undefined || now.length <= old.length) return false
  const written = content.slice(now.start + 1, now.start + now.length)
  return !before.content.startsWith(written, old.start + 1)
}

/** Unchanged text on both sides of a name is compared so far. */
const contextUnits = 40

/**
 * Pairs the mentions of one name with its places in the new text, in order: as many as possible,
 * and of several ways the one with the most unchanged text around them.
 */
function pair(
  before: string,
  known: Mention[],
  content: string,
  places: Candidate[],
): Map<Candidate, Mention> {
  type Best = { score: number; pairs: [Candidate, Mention][] }
  let row: Best[] = Array.from({ length: places.length + 1 }, () => ({ score: 0, pairs: [] }))
  for (const mention of known) {
    const next: Best[] = [{ score: 0, pairs: [] }]
    for (const [n, place] of places.entries()) {
      const [without, shorter, diagonal] = [row[n + 1], next[n], row[n]]
      if (without === undefined || shorter === undefined || diagonal === undefined) break
      const score = diagonal.score + 1e6 + countAround(before, mention, content, place)
      const best = without.score > shorter.score ? without : shorter
      next.push(
        best.score >= score ? best : { score, pairs: [...diagonal.pairs, [place, mention]] },
      )
    }
    row = next
  }
  return new Map(row.at(-1)?.pairs)
}

/** How many characters are the same before and after a name. */
function countAround(before: string, old: Mention, content: string, now: Candidate): number {
  let [left, right] = [0, 0]
  const [oldEnd, end] = [old.start + old.length, now.start + now.length]
  while (left < contextUnits && isSame(before, old.start - left - 1, content, now.start - left - 1))
    left += 1
  while (right < contextUnits && isSame(before, oldEnd + right, content, end + right)) right += 1
  return left + right
}

function isSame(before: string, at: number, content: string, place: number): boolean {
  return before[at] !== undefined && before[at] === content[place]
}
