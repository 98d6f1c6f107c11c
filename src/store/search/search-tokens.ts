import { fold } from '../../shared/fold'
import { hasLink } from '../../shared/markup/excerpt'
import type { Attachment } from '../rows'
import type { Has } from './query'

/** The parts of a message that are indexed. */
export type Indexed = {
  room: number
  author: number
  content: string
  createdAt: number
  attachments: Pick<Attachment, 'name' | 'type'>[]
}

/**
 * The tokens of a message: each character, each pair and, except in scripts whose characters are
 * words, each triple of neighbours; then its room, author, days and kinds. Triples alone would not
 * find shorter words, and Chinese words have one or two characters.
 */
export function tokensOf(message: Indexed): string {
  const { room, author, content, createdAt, attachments } = message
  const day = dayOf(createdAt)
  const tokens = [roomToken(room), senderToken(author), ...kindsOf(message).map(hasToken)]
  for (const level of levels) tokens.push(dayToken(level, day >> level))
  const names = attachments.map(({ name }) => gramsOf(fold(name)))
  return gramsOf(fold(content)) + names.join('') + tokens.join(' ')
}

/** What a message contains besides text. */
export function kindsOf({ content, attachments }: Pick<Indexed, 'content' | 'attachments'>): Has[] {
  const kinds: Has[] = hasLink(content) ? ['link'] : []
  const pictures = attachments.filter(({ type }) => type.startsWith('image/'))
  if (pictures.length > 0) kinds.push('image')
  if (attachments.length > pictures.length) kinds.push('file')
  return kinds
}

/** The tokens to search for a folded word without spaces; superfluous ones are left out. */
export function tokensForWord(folded: string): string[] {
  const signs = [...safe(folded)]
  if (signs.length < 2) return signs
  const pairs = signs.slice(1).map((sign, n) => ({ at: n, token: `${signs[n]}${sign}` }))
  const triples = signs.slice(2).flatMap((sign, n) => {
    const [first = '', second = ''] = [signs[n], signs[n + 1]]
    const isAlphabetic = ![first, second, sign].some(isWordSign)
    return isAlphabetic ? [{ at: n, token: first + second + sign }] : []
  })
  const covered = new Set(triples.flatMap(({ at }) => [at, at + 1]))
  const tokens = [...triples, ...pairs.filter(({ at }) => !covered.has(at))]
  const unique = [...new Set(tokens.map(({ token }) => token))]
  const step = Math.max(1, unique.length / tokensPerWordMax)
  return unique.filter((_, n) => Math.floor(n / step) !== Math.floor((n - 1) / step))
}

/** More are not needed, as candidates are compared with the text anyway. */
const tokensPerWordMax = 12

// Longer than three characters, so that they differ from every token of a text.
export const roomToken = (room: number): string => `room${room}`
export const senderToken = (author: number): string => `from${author}`
export const hasToken = (has: Has): string => `with${has}`

/** Days, and blocks of 16 and of 256 of them, so that any span of time is a few tokens. */
const levels = [8, 4, 0] as const
const dayMs = 86_400_000
const lastDay = 2 ** 15

/** The tokens of which every message from `since` until before `until` has one. */
export function tokensForTime(since: number | null, until: number | null): string[] {
  const tokens: string[] = []
  let day = since === null ? 0 : Math.max(0, dayOf(since))
  const end = until === null ? lastDay : Math.min(lastDay, dayOf(until - 1) + 1)
  while (day < end) {
    const from = day
    const level = levels.find((each) => from % 2 ** each === 0 && from + 2 ** each <= end) ?? 0
    tokens.push(dayToken(level, from >> level))
    day += 2 ** level
  }
  return tokens
}

function dayOf(at: number): number {
  return Math.floor(at / dayMs)
}

function dayToken(level: number, block: number): string {
  return `days${level}x${block}`
}

/** Duplicates are left in: the index ignores them faster than a set finds them. */
function gramsOf(folded: string): string {
  let grams = ''
  for (const run of safe(folded).split(/\s+/u)) {
    let [before, last] = ['', '']
    for (const sign of run) {
      const isWord = isWordSign(sign)
      grams += `${sign} `
      if (last !== '') grams += `${last}${sign} `
      if (before !== '' && !isWord) grams += `${before}${last}${sign} `
      // No triple contains a character that is a word by itself.
      ;[before, last] = isWord ? ['', sign] : [isWordSign(last) ? '' : last, sign]
    }
  }
  return grams
}

/** Han, Kana and Hangul: pairs of these are rare enough. */
function isWordSign(sign: string): boolean {
  const code = sign.codePointAt(0) ?? 0
  if (code < 0x2e80) return false
  return code <= 0x9fff || (code >= 0xac00 && code <= 0xd7ff) || code >= 0x20000
}

/** The tokeniser drops ASCII punctuation, so it is moved beyond ASCII. */
function safe(folded: string): string {
  return folded.replace(/[!-/:-`{-\x7f]/g, (sign) =>
    String.fromCharCode(0xe000 + sign.charCodeAt(0)),
  )
}
