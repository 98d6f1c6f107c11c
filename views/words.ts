import { en } from './words/en'
import { zh } from './words/zh'

export { en, zh }

export type Language = 'en' | 'zh'

/** The shape of the dictionary: a word missing in a language does not compile. */
export type Words = typeof en

/** Takes a language; gives all its words. */
export function wordsFor(language: Language): Words {
  return language === 'zh' ? zh : en
}

/** Takes a dictionary; gives the part the browser's script needs, plain enough for JSON. */
export function liveWords(words: Words): Words['live'] {
  return words.live
}
