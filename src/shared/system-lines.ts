import type { Named, SystemLine, SystemPerson } from './protocol'
import { plural } from './text'

/** A system line and who did it. */
export type Told = { line: SystemLine; author: Named }

/** A piece of a sentence: our own words, a person's name, or what somebody typed. */
export type Part = string | { person: Named } | { typed: string }

/** The sentences of system lines in one language; `{people}` is a list of names. */
type SystemWords = Record<
  | 'joined'
  | 'joinedBy'
  | 'left'
  | 'removed'
  | 'renamed'
  | 'topic'
  | 'noTopic'
  | 'nickname'
  | 'forHosts'
  | 'forEverybody'
  | 'slow'
  | 'notSlow'
  | 'locked'
  | 'unlocked'
  | 'open'
  | 'closed'
  | 'host'
  | 'newHost'
  | 'archived'
  | 'restored'
  | 'invited'
  | 'comma'
  | 'and',
  string
> &
  Record<'others' | 'seconds' | 'minutes', { one: string; other: string }>

/** Names in the sentence of a line that is not opened. */
const namesShown = 3

/** Whether a line is about who comes and goes: those stand together, and can be hidden. */
export function isComing({ kind }: Pick<SystemLine, 'kind'>): boolean {
  return kind === 'joined' || kind === 'left' || kind === 'removed'
}

/** Lines that follow each other as one each of who joined, who left, and whom somebody removed. */
export function summarize(told: Told[]): Told[] {
  const key = ({ author, line }: Told): string =>
    line.kind === 'removed' ? `removed ${author.id}` : line.kind
  return [...Map.groupBy(told, key).values()].flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const named = same.flatMap(({ line }) => line.people)
    const people = [...new Map(named.toReversed().map((one) => [one.id, one])).values()].reverse()
    const all = same.reduce((sum, { line }) => sum + line.count, 0)
    const count = all - (named.length - people.length)
    return { ...first, line: { ...first.line, people, count } }
  })
}

/** Whether a line names more people than its short sentence. */
export function isLong({ line: { count, people } }: Told): boolean {
  return count > namesShown || (people.length > 1 && people.some(({ by }) => by !== null))
}

/** The sentence of a line; `isFull` names everybody who is known, and who invited them. */
export function sentenceOf(
  { author, line }: Told,
  words: SystemWords,
  language: string,
  isFull = false,
): Part[] {
  const { kind, people, from, to } = line
  const who: Part[] = [{ person: author }]
  const names = (): Part[] => listOf(line, words, language, isFull)
  const by = people.length === 1 && line.count === 1 ? (people[0]?.by ?? null) : null
  switch (kind) {
    case 'joined':
      if (by !== null) return fillParts(words.joinedBy, { people: names(), by: [{ person: by }] })
      return fillParts(words.joined, { people: names() })
    case 'left':
      return fillParts(words.left, { people: names() })
    case 'removed':
      return fillParts(words.removed, { who, people: names() })
    case 'topic':
      if (to === '') return fillParts(words.noTopic, { who })
      return fillParts(words.topic, { who, to: [{ typed: to }] })
    case 'writers':
      return fillParts(to === 'hosts' ? words.forHosts : words.forEverybody, { who })
    case 'slow': {
      const span = spanOf(Number(to), words, language)
      return fillParts(to === '0' ? words.notSlow : words.slow, { who, to: [span] })
    }
    case 'locked':
      return fillParts(to === 'true' ? words.locked : words.unlocked, { who })
    case 'kind':
      return fillParts(words[to === 'open' ? 'open' : 'closed'], { who })
    case 'archive':
      return fillParts(words[to === '' ? 'restored' : 'archived'], { who })
    case 'host':
      // Somebody whom nobody made a host: the one before them has left.
      if (people[0]?.id === author.id) return fillParts(words.newHost, { who })
      return fillParts(words.host, { who, people: names() })
    default:
      return fillParts(words[kind], { who, from: [{ typed: from }], to: [{ typed: to }] })
  }
}

/** A time between two messages, in words. */
export function spanOf(
  ms: number,
  words: Pick<SystemWords, 'seconds' | 'minutes'>,
  language: string,
): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 60) return plural(language, seconds, words.seconds)
  return plural(language, Math.ceil(seconds / 60), words.minutes)
}

/** A sentence as text, with names as `nameOf` writes them. */
export function textOfParts(parts: Part[], nameOf: (person: Named) => string): string {
  return parts
    .map((part) => {
      if (typeof part === 'string') return part
      return 'person' in part ? nameOf(part.person) : part.typed
    })
    .join('')
}

/** “Ana, Bob and 38 others”. */
function listOf(
  { count, people }: SystemLine,
  words: SystemWords,
  language: string,
  isFull: boolean,
): Part[] {
  const isWhole = people.length === count && (isFull || count <= namesShown)
  const named = isWhole || isFull ? people : people.slice(0, namesShown - 1)
  const items = named.map((person) => nameParts(person, words, isFull && count > 1))
  const others = count - named.length
  if (others > 0) items.push([plural(language, others, words.others)])
  return items.flatMap((item, n) => {
    if (n === 0) return item
    return [n === items.length - 1 ? words.and : words.comma, ...item]
  })
}

function nameParts({ by, ...person }: SystemPerson, words: SystemWords, isFull: boolean): Part[] {
  const name = { person }
  if (by === null || !isFull) return [name]
  return fillParts(words.invited, { name: [name], by: [{ person: by }] })
}

function fillParts(sentence: string, values: Record<string, Part[]>): Part[] {
  const pieces = sentence.split(/(\{\w+\})/).filter((piece) => piece !== '')
  return pieces.flatMap((piece) => values[piece.slice(1, -1)] ?? [piece]).reduce(join, [])
}

/** Our own words in one piece; Chinese has no blanks but beside names and numbers. */
function join(joined: Part[], part: Part): Part[] {
  const last = joined.at(-1)
  if (typeof last !== 'string' || typeof part !== 'string') return [...joined, part]
  const words = `${last}${part}`.replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
  return [...joined.slice(0, -1), words]
}
