import type { Addressee, Composer, SuggestionSource } from '../app'
import { element, make } from '../ui/dom'
import { limits } from '../../shared/limits'
import { atPattern } from '../../shared/mentions'
import { type Candidate, findPeople } from './find-people'
import { openDirect } from '../rooms/open-direct'
import type { Page } from '../ui/page'
import { showToast } from '../ui/toast'

/** An @ that is being written: where it stands and what follows it so far. */
type Token = { start: number; query: string; isFirst: boolean }

/**
 * Offers people over an @. First in an empty message it offers private messages, anywhere else
 * mentions; only an explicit choice makes anything private.
 */
export function suggestPeople(page: Page, composer: Composer): SuggestionSource {
  const { mentionWhom, messageWhom, nobodyFound } = page.words
  return (field) => {
    const token = readToken(field, composer.addressee() !== null)
    if (token === null) return null
    const { start, query, isFirst } = token
    const people = findPeople(page, query, limits.suggestionsMax)
    const heading = isFirst ? messageWhom : mentionWhom
    if (people.length === 0 && /\s/.test(query)) return null
    const rows = people.map((person) => ({
      parts: [person.avatar, make('bdi', {}, person.name)],
      state: person.state,
      accept() {
        // First in the message the name goes: it stands on the chip now.
        composer.insert(isFirst ? '' : `@${person.name} `)
        if (isFirst) void writePrivately(page, composer, person)
      },
    }))
    return {
      start,
      query,
      heading: rows.length === 0 ? nobodyFound : heading,
      isPrivate: isFirst,
      rows,
    }
  }
}

/** Finds or makes the direct room, then turns the field to this person. */
async function writePrivately(
  page: Page,
  composer: Composer,
  { id, name }: Pick<Candidate, 'id' | 'name'>,
): Promise<void> {
  composer.setChoosing(true)
  const room = await openDirect(page, id)
  composer.setChoosing(false)
  if (room === null) return showToast(page.words.notConnected)
  const to: Addressee = { user: id, name, room, isPinned: false }
  composer.setAddressee(to)
  composer.focus()
}

const beforeCaret = new RegExp(`${atPattern}(?<query>[^\\n@＠]{0,24})$`, 'v')

function readToken(field: HTMLTextAreaElement, isPrivate: boolean): Token | null {
  const { selectionStart, value } = field
  const { kind } = element('timeline', HTMLElement).dataset
  if (isPrivate || kind === 'direct') return null
  const match = beforeCaret.exec(value.slice(0, selectionStart))
  const query = match?.groups?.query
  if (query === undefined || query.startsWith(' ')) return null
  const start = selectionStart - query.length - 1
  // With more text behind the caret the message was not empty when the @ was written.
  const isFirst = start === 0 && value.length === selectionStart
  return { start, query, isFirst }
}
