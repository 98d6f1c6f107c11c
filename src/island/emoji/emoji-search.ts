import { type Emoji, type EmojiList, fetchEmoji } from './emoji-list'
import { createFindEmoji } from './find-emoji'
import { onceLoaded } from '../lazy'
import type { Page } from '../ui/page'

export type EmojiSearch = {
  /** What fits, best first; `onMore` is called when the other language came and more may fit. */
  find: (query: string, onMore?: () => void) => Emoji[]
}

/**
 * Searches in the reader's language, and in English as soon as somebody writes Latin letters: the
 * shortcodes are English everywhere, the rest of the English names is fetched then.
 */
export function createEmojiSearch(page: Page, list: EmojiList): EmojiSearch {
  let find = createFindEmoji([list])
  const addEnglish = onceLoaded(async () => {
    const english = await fetchEmoji(page.lazy['emoji-en.tsv'] ?? '')
    find = createFindEmoji([list, english])
  })
  let hasEnglish = page.language === 'en'
  return {
    find(query, onMore) {
      if (!hasEnglish && /[a-z]{2}/i.test(query)) {
        const isThere = (): void => {
          if (!hasEnglish) hasEnglish = true
          onMore?.()
        }
        // Without a connection the search goes on with what there is.
        void addEnglish().then(isThere, () => {})
      }
      return find(query)
    },
  }
}
