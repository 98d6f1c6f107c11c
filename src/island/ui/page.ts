import { isLanguage, type Language } from '../../shared/languages'
import type { Words } from '../../../views/words'

type LiveWords = Words['live']

/** What the server wrote on the page for the script. */
export type Page = {
  base: string
  language: Language
  words: LiveWords
  /** Names this house among all that this browser knows; keys of its storage begin with it. */
  house: string
  /** Null on the sign-in page. */
  user: Reader | null
  epoch: string
  /** Which build of the scripts and styles this page was made with. */
  build: string
  icons: { icon: string; iconUnread: string }
  /** Addresses of the lazy parts, by name. */
  lazy: Record<string, string>
}

export type Reader = { id: number; nickname: string }

/** Reads the attributes of <body>. */
export function readPage(): Page {
  const { dataset } = document.body
  const id = Number(dataset.user)
  return {
    base: dataset.base ?? '/',
    language: isLanguage(dataset.language) ? dataset.language : 'en',
    words: JSON.parse(dataset.words ?? '{}'),
    house: dataset.instance ?? '',
    user: id > 0 ? { id, nickname: dataset.nickname ?? '' } : null,
    epoch: dataset.epoch ?? '',
    build: dataset.build ?? '',
    icons: { icon: dataset.icon ?? '', iconUnread: dataset.iconUnread ?? '' },
    lazy: JSON.parse(dataset.lazy ?? '{}'),
  }
}
