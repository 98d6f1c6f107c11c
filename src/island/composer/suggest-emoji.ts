import { limits } from '../../shared/limits'
import type { Composer, EmojiChoice, EmojiPanel, SuggestionSource } from '../app'
import { make } from '../ui/dom'

/**
 * Offers emoji over a colon and the beginning of a name, and turns `:joy:` into its emoji when the
 * second colon is typed. `load` fetches the emoji at the first such name, and `onLoaded` is called.
 */
export function suggestEmoji(
  composer: Composer,
  title: string,
  load: () => Promise<EmojiPanel>,
  onLoaded: () => void,
): SuggestionSource {
  let emoji: EmojiPanel | null = null
  const isThere = (panel: EmojiPanel): void => {
    emoji = panel
    onLoaded()
  }
  return (field, event) => {
    // In the middle of a composition nothing is certain, and nothing may be changed.
    if (event instanceof InputEvent && event.isComposing) return null
    const typed = field.value.slice(0, field.selectionStart)
    const { query, end = '' } = beforeCaret.exec(typed)?.groups ?? {}
    if (query === undefined || isLiteral(typed, query)) return null
    if (emoji === null) {
      load().then(isThere, () => {})
      return null
    }
    const start = typed.length - query.length - end.length - 1
    if (end !== '') {
      const whole = isTyped(event) ? emoji.named(query) : null
      if (whole !== null) field.setSelectionRange(start, typed.length)
      if (whole !== null) composer.insert(whole.use())
      return null
    }
    const rows = emoji.find(query).slice(0, limits.suggestionsMax)
    if (rows.length === 0) return null
    return {
      start,
      query,
      heading: title,
      isPrivate: false,
      rows: rows.map((one) => ({ parts: partsOf(one), accept: () => composer.insert(one.use()) })),
    }
  }
}

/**
 * Two letters, or one where one is a word, after a start, a space or a sign: not in 12:30, not in
 * an address, not where a colon ends a word. ： is what Chinese keys give; shortcodes are Latin.
 */
const beforeCaret = new RegExp(
  '(?<![\\p{L}\\p{N}_:：\\/`])[:：](?<query>\\p{sc=Han}[\\p{L}\\p{N}]*|' +
    '[\\p{L}\\p{N}_][\\p{L}\\p{N}_\\-]+|[+\\-]1)(?<end>[:：]?)$',
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

function partsOf({ shown, label, code }: EmojiChoice): Node[] {
  const sign = make('span', { class: 'options__sign' }, shown)
  return [sign, make('bdi', {}, label), make('small', {}, code)]
}
