import type { EmojiPanel, SuggestionSource } from '../app'

/** Any beginning of a name; complete-emoji.ts looks closer. */
const begins = /(?<![\p{L}\p{N}])[:：][\p{L}\p{N}_+-]+[:：]?$/u

/** Fetches the names of emoji when one begins to be typed; `onThere` is called when they came. */
export function beginEmoji(
  emoji: () => Promise<EmojiPanel>,
  onThere: () => void,
): SuggestionSource {
  let complete: SuggestionSource | null = null
  return (field, event) => {
    if (complete !== null) return complete(field, event)
    if (begins.test(field.value.slice(0, field.selectionStart))) {
      const isThere = (panel: EmojiPanel): void => {
        complete = panel.complete
        onThere()
      }
      void emoji().then(isThere, () => {})
    }
    return null
  }
}
