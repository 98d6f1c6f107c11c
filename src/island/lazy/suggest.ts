import { beginEmoji } from '../emoji/begin-emoji'
import type { Composer } from '../composer/composer'
import { suggestPeople } from '../composer/mention'
import type { Page } from '../ui/page'
import { type SuggestionList, watchSuggestions } from '../composer/suggestions'
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
