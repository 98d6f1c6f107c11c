import type { Language, liveWords } from '../../../views/words'

type LiveWords = ReturnType<typeof liveWords>

/** What the server wrote on the page for the script. */
export type Page = {
  base: string
  language: Language
  words: LiveWords
  /** Names this house among all that this browser knows; keys of its storage begin with it. */
  house: string
  /** Null on the sign-in page. */
  user: Person | null
  epoch: string
  /** Which build of the scripts and styles this page was made with. */
  build: string
  icons: { icon: string; iconUnread: string }
  /** Addresses of the lazy parts, by name. */
  lazy: Record<string, string>
}

export type Person = { id: number; nickname: string }

/** Reads the attributes of <body>. */
export function readPage(): Page {
  const { dataset } = document.body
  const id = Number(dataset.user)
  return {
    base: dataset.base ?? '/',
    language: dataset.language === 'zh' ? 'zh' : 'en',
    words: JSON.parse(dataset.words ?? '{}'),
    house: dataset.instance ?? '',
    user: id > 0 ? { id, nickname: dataset.nickname ?? '' } : null,
    epoch: dataset.epoch ?? '',
    build: dataset.build ?? '',
    icons: { icon: dataset.icon ?? '', iconUnread: dataset.iconUnread ?? '' },
    lazy: JSON.parse(dataset.lazy ?? '{}'),
  }
}

/** An element that the server always renders. Throws when a view and the script disagree. */
export function element<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id)
  if (found instanceof kind) return found
  throw new Error(`#${id} is missing`)
}

/** A copy of what stands in a template that the server always renders. Throws like `element`. */
export function copyOf(template: string): HTMLElement {
  const { firstElementChild } = element(template, HTMLTemplateElement).content
  const copy = firstElementChild?.cloneNode(true)
  if (copy instanceof HTMLElement) return copy
  throw new Error(`#${template} is empty`)
}

/** Fills `{names}` in a sentence, each value literally. */
export function fill(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole))
}

/** The form of a counted thing in this language, with `{n}` filled in. */
export function count(page: Page, n: number, forms: { one: string; other: string }): string {
  const isOne = new Intl.PluralRules(page.language).select(n) === 'one'
  return fill(isOne ? forms.one : forms.other, { n: n.toLocaleString(page.language) })
}

/** Says something to a screen reader: politely, or at once for trouble. */
export function announce(text: string, urgency: 'status' | 'alert' = 'status'): void {
  element(urgency, HTMLElement).textContent = text
}
