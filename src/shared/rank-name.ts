import { fold } from './fold'
import { once } from './once'

/** The things with the smallest ranks first, equal ones in the given order; infinite ones not. */
export function bestOf<Thing>(all: Iterable<Thing>, rank: (thing: Thing) => number): Thing[] {
  return Array.from(all, (thing) => ({ thing, rank: rank(thing) }))
    .filter((ranked) => Number.isFinite(ranked.rank))
    .sort((a, b) => a.rank - b.rank)
    .map(({ thing }) => thing)
}

/** How well a name fits what was typed, the smaller the better; `rankInSql` is the same. */
export function rankName(name: string, typed: string): number {
  const [forms, wanted] = [nameForms(name), wantedName(typed)]
  if (forms.startsWith(wanted)) return 0
  if (forms.includes(` ${wanted}`)) return 1
  const place = forms.indexOf(wanted)
  if (place < 0) return Number.POSITIVE_INFINITY
  return place < forms.indexOf('\n') ? 2 : 3
}

/** The rank in SQL, of a column with the forms of a name; only where `instr` finds the text. */
export function rankInSql(forms: string, wanted: string): string {
  return `CASE WHEN instr(${forms}, ${wanted}) = 1 THEN 0
    WHEN instr(${forms}, ' ' || ${wanted}) > 0 THEN 1
    WHEN instr(${forms}, ${wanted}) < instr(${forms}, char(10)) THEN 2 ELSE 3 END`
}

/** What was typed, as the forms of names are written. */
export function wantedName(typed: string): string {
  return fold(typed).replace(/\s+/g, ' ').trimStart()
}

/** In a line each: the name, its words, and the first letters of a Chinese reading. */
export function nameForms(name: string): string {
  const folded = fold(name)
  const words = folded.split(separators).map((word) => ` ${word}`)
  const initials = han.test(folded) ? initialsOf(folded.replace(allSeparators, '')) : ''
  return [folded, words.join(''), initials].join('\n')
}

const separators = /[\s\p{P}]+/u
const allSeparators = /[\s\p{P}]+/gu
const han = /\p{sc=Han}/u

/** The first character of each initial in the order of readings; i, u and v begin none. */
const firsts = [...'阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀']
const letters = [...'abcdefghjklmnopqrstwxyz']
// Made when the first such name is seen: it takes 7 ms.
const byReading = once(() => new Intl.Collator('zh-u-co-pinyin'))

/** 梅花 → mh: a place in the order of readings tells the first letter, without a dictionary. */
function initialsOf(name: string): string {
  const { compare } = byReading()
  return Array.from(name, (sign) => {
    if (!han.test(sign)) return sign
    const index = firsts.findLastIndex((first) => compare(sign, first) >= 0)
    return letters[index] ?? sign
  }).join('')
}
