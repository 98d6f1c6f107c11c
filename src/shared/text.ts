import { once } from './once'

/** The two forms of a counted thing; a language without a plural uses one sentence twice. */
type Forms = { one: string; other: string }

/** Holes for what people are called, and call their rooms. */
const named = /^(name|other|room)$/

/**
 * Fills `{holes}` in a sentence, each value literally; one without a value stays. Names stand
 * between signs that keep their direction from the words around them; where a sentence is in an
 * element, `splitNames` finds them, so that none can be read as a word of it.
 */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => {
    const value = plainText(String(values[name] ?? hole))
    return named.test(name) ? `\u2068${value}\u2069` : value
  })
}

/** A filled sentence in pieces: its words, and in every second place a name. */
export function splitNames(sentence: string): string[] {
  return sentence.split(/[\u2068\u2069]/)
}

/** A text without the signs that isolate. */
export function plainText(text: string): string {
  return text.replace(/[\u2066-\u2069]/g, '')
}

/** The form of a counted thing in a language (BCP 47), with `{n}` filled in. */
export function plural(language: string, n: number, forms: Forms): string {
  const rules = pluralRules.get(language) ?? new Intl.PluralRules(language)
  pluralRules.set(language, rules)
  return fill(rules.select(n) === 'one' ? forms.one : forms.other, {
    n: n.toLocaleString(language),
  })
}

const pluralRules = new Map<string, Intl.PluralRules>()

/** Stands for the text of a spoiler wherever only a line of a message is shown. */
export const hiddenText = '█████'

/** A number of bytes for people, as `74 MB`: the same in every language. */
export function sizeOf(bytes: number): string {
  const power = Math.min(3, Math.floor(Math.log2(Math.max(1, bytes)) / 10))
  const value = bytes / 1024 ** power
  const text = value < 10 && power > 0 ? value.toFixed(1).replace('.0', '') : Math.round(value)
  return `${text} ${['B', 'KB', 'MB', 'GB'][power]}`
}

/** The class of a person's colour, the same for every reader. */
export function hueOf(userId: number): string {
  return `hue-${userId % 12}`
}

/** The first letter of a name as a reader sees it, in upper case: it may be several code units. */
export function initialOf(name: string): string {
  // Nothing can be added to a plain letter that another plain sign follows.
  if (/^[!-~]{2}/.test(name)) return name.charAt(0).toUpperCase()
  const [first] = graphemes().segment(name)
  return first?.segment.toUpperCase() ?? ''
}

const graphemes = once(() => new Intl.Segmenter(undefined, { granularity: 'grapheme' }))
