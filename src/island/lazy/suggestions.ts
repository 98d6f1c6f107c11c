import type { App, SuggestionList } from '../app'
import { beginEmoji } from '../emoji/begin-emoji'
import { suggestPeople } from '../composer/mention'
import { watchSuggestions } from '../composer/suggestions'

/** Makes the list over the field: people over an @, emoji over a colon. */
export function create({ composer, emoji, page }: App): SuggestionList {
  const list = watchSuggestions([
    suggestPeople(page, composer),
    beginEmoji(emoji, () => list.refresh()),
  ])
  return list
}
