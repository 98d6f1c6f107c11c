import { once } from '../src/shared/once'
import { en } from './words/en'
import { zh } from './words/zh'

export { en, zh }

export type Language = 'en' | 'zh'

/** The shape of the dictionary: a word missing in a language does not compile. */
export type Words = typeof en

/** The two forms of a counted thing; languages without a plural use one sentence twice. */
export type Forms = { one: string; other: string }

/** Takes a language; gives all its words. */
export function wordsFor(language: Language): Words {
  return language === 'zh' ? zh : en
}

/** Takes a dictionary; gives the part the browser's script needs, plain enough for JSON. */
export function liveWords(words: Words): Words['live'] {
  return words.live
}

/** Takes a sentence with `{names}` and their values; gives it filled in, each value literally. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}

/** Takes a number and its two forms; gives the form this language uses, with `{n}` filled in. */
export function plural(language: Language, n: number, forms: Forms): string {
  const form = pluralRules[language]().select(n) === 'one' ? forms.one : forms.other
  return fill(form, { n })
}

const pluralRules = {
  en: once(() => new Intl.PluralRules('en')),
  zh: once(() => new Intl.PluralRules('zh')),
}
