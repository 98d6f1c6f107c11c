/**
 * The languages of the page, each with its own name, the tag (BCP 47) of its texts, and the tag
 * that formats its dates. A language is added here, to `views/words.ts`, and as a translation in
 * `views/words/`; test/lint says what is missing.
 */
export const languages = {
  en: { name: 'English', tag: 'en', dates: 'en-GB' },
  zh: { name: '简体中文', tag: 'zh-Hans', dates: 'zh' },
} as const

/** With it a script says in which language its page is. */
export const pageLanguageHeader = 'Page-Language'

export type Language = keyof typeof languages

/** Names a language that the page has, in the order in which they are offered. */
export const languageNames: Language[] = Object.keys(languages).filter(isLanguage)

export function isLanguage(value: unknown): value is Language {
  return typeof value === 'string' && Object.hasOwn(languages, value)
}
