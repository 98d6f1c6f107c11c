import type { App, SuggestionList } from '../app'
import { suggestPeople } from '../composer/suggest-people'
import { suggestEmoji } from '../composer/suggest-emoji'
import { watchSuggestions } from '../composer/suggestions'
import { element } from '../ui/dom'

/** Makes the list over the field: people over an @, emoji over a colon. */
export function create({ composer, emoji, page }: App): SuggestionList {
  const { title } = element('emoji-button', HTMLElement)
  const list = watchSuggestions([
    suggestPeople(page, composer),
    suggestEmoji(composer, title, emoji, () => list.refresh()),
  ])
  return list
}
