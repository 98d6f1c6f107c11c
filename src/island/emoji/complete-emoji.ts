import type { Composer, SuggestionSource } from '../app'
import { make } from '../ui/dom'
import { limits } from '../../shared/limits'

/** An emoji with the reader's skin tone; `use` gives it and remembers that it was used. */
export type NamedEmoji = { shown: string; label: string; code: string; use: () => string }

export type EmojiNames = {
  title: string
  /** What fits the beginning of a name, best first. */
  beginning: (query: string, max: number) => NamedEmoji[]
  /** The emoji of a whole shortcode; null when there is none. */
  named: (code: string) => NamedEmoji | null
}

/**
 * Offers emoji over a colon and the beginning of a name, and turns `:joy:` into its emoji when the
 * second colon is typed.
 */
export function completeEmoji(composer: Composer, names: EmojiNames): SuggestionSource {
  const insert = (one: NamedEmoji): void => composer.insert(one.use())
  return (field, event) => {
    // In the middle of a composition nothing is certain, and nothing may be changed.
    if (event instanceof InputEvent && event.isComposing) return null
    const typed = field.value.slice(0, field.selectionStart)
    const { query, end } = beforeCaret.exec(typed)?.groups ?? {}
    if (query === undefined || isLiteral(typed, query)) return null
    const start = typed.length - query.length - 1 - (end?.length ?? 0)
    if (end !== '') {
      const whole = isTyped(event) ? names.named(query) : null
      if (whole === null) return null
      field.setSelectionRange(start, typed.length)
      insert(whole)
      return null
    }
    const found = names.beginning(query, limits.suggestionsMax)
    if (found.length === 0) return null
    const rows = found.map((one) => ({ parts: partsOf(one), accept: () => insert(one) }))
    return { start, query, heading: names.title, isPrivate: false, rows }
  }
}

/**
 * Two letters, or one where one is a word, after a start, a space or a sign: not in 12:30, not in
 * an address, not where a colon ends a word. ： is what Chinese keys give.
 */
const beforeCaret = new RegExp(
  '(?<![\\p{L}\\p{N}_:：\\/`])[:：]' +
    '(?<query>\\p{sc=Han}[\\p{L}\\p{N}]*|[\\p{L}\\p{N}_][\\p{L}\\p{N}_\\-]+|[+\\-]1)(?<end>[:：]?)$',
  'v',
)

/** Within an address or between the fences of code a colon is a colon. */
function isLiteral(typed: string, query: string): boolean {
  const word = typed.split(/\s/).at(-1) ?? ''
  const isAddress = /:\/\/|^www\./i.test(word.slice(0, word.length - query.length))
  return isAddress || typed.split('```').length % 2 === 0
}

/** Taking something back must not convert it again. */
function isTyped(event: Event | null): boolean {
  return !(event instanceof InputEvent) || /^insert(?!FromPaste)/.test(event.inputType)
}

function partsOf({ shown, label, code }: NamedEmoji): Node[] {
  const sign = make('span', { class: 'options__sign' }, shown)
  return [sign, make('bdi', {}, label), make('small', {}, `:${code}:`)]
}
