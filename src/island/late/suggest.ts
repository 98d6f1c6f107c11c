import { beginEmoji } from '../begin-emoji'
import type { Composer } from '../composer'
import { suggestPeople } from '../mention'
import type { Page } from '../page'
import { type SuggestionList, watchSuggestions } from '../suggestions'
import type { EmojiPanel } from './emoji'

/** Makes the list over the field: people over an @, emoji over a colon. */
export function createSuggestions(
  page: Page,
  composer: Composer,
  emoji: () => Promise<EmojiPanel>,
): SuggestionList {
  const list = watchSuggestions([
    suggestPeople(page, composer),
    beginEmoji(emoji, () => list.refresh()),
  ])
  return list
}
