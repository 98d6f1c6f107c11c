import type { Language } from '../src/shared/languages'
import { en, type Words } from './words/en'
import { zh } from './words/zh'

export { en, zh }
export type { Words }

/** Takes a language; gives all its words. */
export function wordsFor(language: Language): Words {
  return dictionaries[language]
}

const dictionaries: Record<Language, Words> = { en, zh }
