import { serverLimits } from '../../server/limits'
import { textLimits } from '../../shared/limits'
import { once } from '../../shared/once'
import type { NameRules } from '../../store/store'
import confusables from './confusables.txt' with { type: 'text' }

/** A name is taken when the `folded` or the `skeleton` of another name equals its own. */
export type Name = { shown: string; folded: string; skeleton: string }

type NameProblem =
  | 'name_empty'
  | 'name_long'
  | 'name_signs'
  | 'name_characters'
  | 'name_mixed_scripts'
  | 'name_reserved'

/**
 * Reads a typed nickname, or gives the rule it breaks. Spacing and case follow RFC 8266, scripts
 * and look-alikes UTS 39; storing a skeleton beside the name is the method of Ergo.
 */
export function parseNickname(typed: string): Name | NameProblem {
  const name = parseName(typed, withoutAddition)
  if (typeof name === 'string') return name
  return isReserved(name) ? 'name_reserved' : name
}

/**
 * Names near a taken one: "Mei 2", "Mei 3" … All pass `parseNickname`; the caller checks which are
 * free. The steps grow, so that few tries get past many taken ones.
 */
export function* suggestNicknames(name: Name): Generator<Name> {
  const stem = name.shown.replace(/ \d+$/, '')
  for (let number = 2; number < 100_000; number += Math.ceil(number / 10)) {
    const ending = ` ${number}`
    // 0 and 1 look like O and l.
    if (/[01]/.test(ending)) continue
    const candidate = parseNickname(shorten(stem, ending.length).trim() + ending)
    if (typeof candidate === 'string' || candidate.skeleton === name.skeleton) continue
    yield candidate
  }
}

/**
 * The folded form of any text, whether or not it may be a name; null when it is too long, or has
 * what the database may refuse: a NUL or half a pair.
 */
export function foldName(written: string): string | null {
  if (written.length > serverLimits.nicknameUnitsMax || tower.test(written)) return null
  if (!written.isWellFormed() || written.includes('\0')) return null
  const shown = written.replace(/\p{Zs}+/gu, ' ').normalize('NFC')
  return foldText(shown)
}

/**
 * Reads a typed room name. Reserved words are allowed: a room has a number in its address and says
 * nothing itself, so that a room named "admin" impersonates nobody. Brackets tell rooms apart.
 */
export function parseRoomName(typed: string): Name | NameProblem {
  return parseName(typed, (shown) => shown)
}

/**
 * How stored names are compared. What changes the results of `foldText` or `skeletonOf` changes the
 * number, too: a test compares both. A newer Unicode may also change them.
 */
export const nameRules: NameRules = {
  version: `1, Unicode ${process.versions.unicode}`,
  ofPerson: (name) => ({ folded: foldText(name), skeleton: skeletonOf(withoutAddition(name)) }),
  ofRoom: (name) => ({ folded: foldText(name), skeleton: skeletonOf(name) }),
}

function parseName(typed: string, toCompared: (shown: string) => string): Name | NameProblem {
  const trimmed = typed.trim()
  if (trimmed === '') return 'name_empty'
  // Before anything that normalises or segments: those are quadratic on a run of marks.
  if (trimmed.length > serverLimits.nicknameUnitsMax) return 'name_long'
  if (!letter.test(trimmed)) return 'name_signs'
  if (invisible.test(trimmed) || overlay.test(trimmed)) return 'name_characters'
  const shown = trimmed.replace(/\p{Zs}+/gu, ' ').normalize('NFC')
  if (stray.test(shown) || tower.test(shown.normalize('NFD'))) return 'name_characters'
  if (graphemes(shown).length > textLimits.nicknameGraphemesMax) return 'name_long'
  const folded = foldText(shown)
  // One ﷺ unfolds to eighteen characters.
  if (Math.max(shown.length, folded.length) > serverLimits.nicknameUnitsMax) return 'name_long'
  if (!known().test(folded)) return 'name_characters'
  if (!writings().some((writing) => writing.test(folded))) return 'name_mixed_scripts'
  const skeleton = skeletonOf(toCompared(shown))
  return skeleton === '' ? 'name_characters' : { shown, folded, skeleton }
}

/**
 * Controls, directions, joiners and blanks, by which nobody can tell two names apart. Some Persian
 * and Indic words lose their joiner, as it would be just as invisible between any two letters.
 */
const invisible = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}]/u

/** Frames, strokes and lines over letters; ł, ø and đ are letters of their own. */
const overlay = /[\p{Me}\u0305\u0332\u0333\u0335-\u0338\u033f\u20d0-\u20f0]/u

/** A mark without a letter, which would be drawn over a space or a neighbour. */
const stray = /(?<![\p{L}\p{M}\p{N}])\p{M}/u

/** More than four nonspacing marks, or one twice over itself (UTS 39, 5.4). */
const tower = /\p{Mn}{5}|(\p{Mn})\1/u

/** A name needs a letter or digit; signs, emoji and modifiers alone are none. */
const letter = /[\p{Lu}\p{Ll}\p{Lt}\p{Lo}\p{Nd}\p{Nl}]/u

export const graphemeSegmenter = once(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

function graphemes(text: string): string[] {
  return Array.from(graphemeSegmenter().segment(text), ({ segment }) => segment)
}

/** Scripts in use (UAX 31, tables 5 and 7). Some of the historic ones look like Latin. */
const scripts = (
  'Cyrillic Greek Arabic Hebrew Devanagari Thai Armenian Georgian Bengali Tamil Telugu Kannada ' +
  'Malayalam Gujarati Gurmukhi Oriya Sinhala Khmer Lao Myanmar Tibetan Ethiopic Thaana Mongolian ' +
  'Adlam Balinese Bamum Batak Canadian_Aboriginal Chakma Cham Cherokee Hanifi_Rohingya Javanese ' +
  'Kayah_Li Lepcha Limbu Lisu Mandaic Meetei_Mayek Miao New_Tai_Lue Newa Nko ' +
  'Nyiakeng_Puachue_Hmong Ol_Chiki Osage Saurashtra Sundanese Syloti_Nagri Syriac Tai_Le ' +
  'Tai_Tham Tai_Viet Tifinagh Vai Wancho Yi'
).split(' ')

/** Scripts that may be mixed in one name: East Asian writing has several, and uses Latin. */
const families = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Hangul'],
  ['Latin', 'Han', 'Bopomofo'],
  ...scripts.map((script) => [script]),
]

const writings = once(() => families.map(writtenIn))

const known = once(() => writtenIn(families.flat()))

function writtenIn(names: string[]): RegExp {
  const letters = ['Common', 'Inherited', ...names].map((name) => `\\p{scx=${name}}`)
  return new RegExp(`^[${letters.join('')}]*$`, 'u')
}

/** A flag that a skeleton leaves out is read as its letters here: 🇱🇮 is LI where none is drawn. */
function foldText(shown: string): string {
  return foldCase(shown.replace(tile, letterOfTile).normalize('NFKC')).normalize('NFKC')
}

/** Full case folding by way of capitals: ß is ss; ı, İ and i are equal, as are σ and ς. */
function foldCase(text: string): string {
  const lower = text.toLowerCase().toUpperCase().toLowerCase()
  return lower.replaceAll('i\u0307', 'i').replaceAll('ς', 'σ')
}

/**
 * The skeleton of UTS 39, applied twice: to the name as written, where Greek Ν looks like N, and to
 * its lower case. A reader hardly sees, or takes for decoration, what is left out of it: marks that
 * are not letters of their own, punctuation and signs.
 */
function skeletonOf(shown: string): string {
  const lower = look(foldCase(trace(shown)))
  const final = Array.from(foldCase(lower), (sign) => alike.get(sign) ?? sign).join('')
  return final.replace(faint, '')
}

/** How a name looks in its own case; compatibility forms are looked up before they decompose. */
function trace(shown: string): string {
  const letters = shown.replace(flags, '').replace(tile, letterOfTile)
  const words = letters.split(/\s+/u).map((word) => withoutSigns(word))
  return look(look(words.join('')).normalize('NFKD')).replace(faint, '')
}

const bracket = /^(?:(?<open>[[\p{Ps}<＜]--[‚„]])|[\p{Pe}>＞])$/v

/** Cuts brackets at the end, which say something about a name: "Alice (you)". */
function withoutAddition(shown: string): string {
  let [depth, start, end] = [0, 0, shown.length]
  let hasName = false
  for (const sign of shown) {
    const found = bracket.exec(sign)
    if (found?.groups?.open !== undefined) {
      if (depth === 0 && hasName && end > start) end = start
      depth += 1
    } else if (found !== null) depth = Math.max(0, depth - 1)
    else if (/[\p{L}\p{N}]/u.test(sign)) {
      hasName = true
      // The name goes on: Al(i)ce.
      if (depth === 0) end = shown.length
    }
    start += sign.length
  }
  return depth === 0 ? shown.slice(0, end) : shown
}

/** With the modifiers that are drawn like quotes, accents and arrows. */
const signs = /[\p{P}\p{S}\u02b9-\u02df\u02e5-\u02ff\ua717-\ua721\ua788]/u

/** Leaves out punctuation and signs that are no letters: a frame holds one, and × looks like x. */
function withoutSigns(word: string): string {
  const isDecoration = !/[\p{L}\p{N}]/u.test(word)
  return Array.from(word, (sign) => {
    if (!signs.test(sign)) return sign
    const framed = sign
      .normalize('NFKD')
      .replace(sign, '')
      .replace(/[^\p{L}\p{N}]/gu, '')
    if (framed !== '') return /^.$/u.test(framed) ? sign : ''
    return !isDecoration && /^[a-z]\p{M}*$/iu.test(look(sign)) ? sign : ''
  }).join('')
}

/** Flags beside a name; other rows of these signs may spell it. */
const flags = /(?<!\p{RI})\p{RGI_Emoji_Flag_Sequence}+(?!\p{RI})/gv

/** Framed letters that normalisation does not change: flags (🇦), discs (🅐), squares (🅰). */
const tile = /[\u{1f1e6}-\u{1f1ff}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/gu

function letterOfTile(sign: string): string {
  const point = sign.codePointAt(0) ?? 0
  const first = [0x1f1e6, 0x1f170, 0x1f150].find((start) => point >= start) ?? point
  return String.fromCodePoint('a'.charCodeAt(0) + point - first)
}

function look(text: string): string {
  let result = ''
  for (const sign of text.normalize('NFD')) result += looks().get(sign) ?? sign
  return result.normalize('NFD')
}

const looks = once(readLooks)
const mark = /\p{M}/u

function readLooks(): Map<string, string> {
  const read = new Map<string, string>()
  for (const line of confusables.split('\n')) {
    const [target, sources] = line.split('<')
    if (target === undefined || sources === undefined) continue
    const shape = readPoints(target).join('')
    // A mark is left out or means something: ゜ of パ is no ring above.
    for (const source of readPoints(sources)) if (!mark.test(source)) read.set(source, shape)
  }
  return read
}

function readPoints(hex: string): string[] {
  return hex.split(' ').map((point) => String.fromCodePoint(Number(`0x${point}`)))
}

/** Beyond UTS 39: i, I and l are equal, vv is w, and small capitals are letters. */
const alike = new Map(
  Object.entries({
    ...{ i: 'l', w: 'vv', ʍ: 'rn', ᴀ: 'a', ʙ: 'b', ᴅ: 'd', ᴇ: 'e', ꜰ: 'f', ɢ: 'g', ʜ: 'h' },
    ...{ ᴊ: 'j', ĸ: 'k', ʟ: 'l', ɴ: 'n', ᴘ: 'p', ꞯ: 'q', ʀ: 'r', ᴛ: 't', ʏ: 'y', 丨: 'l' },
  }),
)

/**
 * What a skeleton leaves out. In Latin, Greek, Cyrillic, Arabic and Hebrew marks are overlooked,
 * and many people do not type them; elsewhere they are vowels (Devanagari, Thai) or letters (が).
 */
const faint = new RegExp(
  [
    /[\p{P}\p{S}\p{Z}\s\u0640\u302e\u302f]/v,
    /[[\p{M}&&[\p{sc=Zinh}\p{sc=Zyyy}\p{sc=Arab}\p{sc=Hebr}\p{sc=Cyrl}]]--\u3099--\u309a]/v,
    /(?<=\p{sc=Latin}\p{M}*)[\u3099\u309a]/v,
    // The dots below of Devanagari and its relatives, which are often left out.
    /[\u093c\u09bc\u0a3c\u0abc\u0b3c]/v,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gv',
)

/** Names that could pass for the server, its operator or everybody. */
const reserved =
  'admin administrator system server moderator mod everyone here room deleted deleteduser root ' +
  'support host owner chatroom bot anonymous nobody you me 管理员 管理員 系统 系統 所有人 ' +
  '全体成员 全體成員 匿名'

const reservedNames = once(() => new Set(reserved.split(' ').map(skeletonOf)))

/** One or more of them, perhaps with a number: "Chatroom Support", "admin 2". */
const reservedRow = once(() => {
  const long = reserved.split(' ').filter((word) => !/^(me|you|here)$/.test(word))
  return new RegExp(`^(?:${long.map(skeletonOf).join('|')})+[2-9]*$`, 'u')
})

function isReserved({ shown, folded }: Name): boolean {
  // "Dora (admin)" and "Dora | admin" claim it beside a name.
  const parts = shown.split(/[^\p{L}\p{M}\p{N}\s.'’‐-]+/u)
  if ([withoutAddition(shown), ...parts].map(skeletonOf).some((part) => isReservedSkeleton(part)))
    return true
  // Ali and all have the same skeleton, so all is compared as it is written.
  return folded.replace(faint, '') === 'all' || /^[aA]ll$/.test(trace(withoutAddition(shown)))
}

function isReservedSkeleton(skeleton: string): boolean {
  return reservedNames().has(skeleton) || reservedRow().test(skeleton)
}

/** Cuts `text` between graphemes, so that an ending of `endingUnits` fits after it. */
function shorten(text: string, endingUnits: number): string {
  let short = ''
  for (const grapheme of graphemes(text).slice(0, textLimits.nicknameGraphemesMax - endingUnits)) {
    if (short.length + grapheme.length > serverLimits.nicknameUnitsMax - endingUnits) break
    short += grapheme
  }
  return short
}
