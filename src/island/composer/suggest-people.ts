import { limits } from '../../shared/limits'
import { atPattern } from '../../shared/mentions'
import { createPaths } from '../../shared/paths'
import type { Composer, SuggestionSource } from '../app'
import { element, make } from '../ui/dom'
import type { Page } from '../ui/page'
import { misses, rankName } from '../ui/rank-name'
import { rowsOf } from '../ui/rows'
import { showToast } from '../ui/toast'

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
    const people = findPeople(page, query)
    if (people.length === 0 && /\s/.test(query)) return null
    const rows = people.map(({ row, id, name }) => ({
      parts: [row.querySelector('.av')?.cloneNode(true) ?? new Text(), make('bdi', {}, name)],
      state: row.dataset.state ?? 'offline',
      accept() {
        // First in the message the name goes: it stands on the chip now.
        composer.insert(isFirst ? '' : `@${name} `)
        if (isFirst) void writePrivately(page, composer, id, name)
      },
    }))
    const heading = isFirst ? messageWhom : mentionWhom
    const shown = rows.length === 0 ? nobodyFound : heading
    return { start, query, heading: shown, isPrivate: isFirst, rows }
  }
}

const beforeCaret = new RegExp(`${atPattern}(?<query>[^\\n@＠]{0,24})$`, 'v')

/** The @ before the caret and what follows it; null where it offers nothing. */
function readToken(field: HTMLTextAreaElement, isPrivate: boolean) {
  const { selectionStart, value } = field
  const { kind } = element('timeline', HTMLElement).dataset
  if (isPrivate || kind === 'direct') return null
  const query = beforeCaret.exec(value.slice(0, selectionStart))?.groups?.query
  if (query === undefined || query.startsWith(' ')) return null
  const start = selectionStart - query.length - 1
  // With more text behind the caret the message was not empty when the @ was written.
  return { start, query, isFirst: start === 0 && value.length === selectionStart }
}

/** The people of this room whose names fit, best first; among equals whoever spoke last. */
function findPeople(page: Page, query: string) {
  const wanted = query.toLocaleLowerCase()
  const { compare } = new Intl.Collator(page.language)
  const spokeAt = new Map(rowsOf().map((row, index) => [Number(row.dataset.user), index]))
  return [...document.querySelectorAll<HTMLElement>('#people-list .person')]
    .map((row) => ({ row, id: Number(row.dataset.person), name: row.dataset.name ?? '' }))
    .filter(({ id }) => id !== page.user?.id)
    .map((person) => ({
      ...person,
      rank: rankName(person.name.toLocaleLowerCase(), wanted),
      spoke: spokeAt.get(person.id) ?? -1,
    }))
    .filter(({ rank }) => rank < misses)
    .sort((a, b) => a.rank - b.rank || b.spoke - a.spoke || compare(a.name, b.name))
    .slice(0, limits.suggestionsMax)
}

/** Finds or makes the direct room, then turns the field to this person. */
async function writePrivately(
  page: Page,
  composer: Composer,
  user: number,
  name: string,
): Promise<void> {
  composer.setChoosing(true)
  const room = await openDirect(page, user)
  composer.setChoosing(false)
  if (room === null) return showToast(page.words.notConnected)
  composer.setAddressee({ user, name, room, isPinned: false })
  composer.focus()
}

/** The direct room with somebody: known from the list, else asked for; null without an answer. */
async function openDirect(page: Page, user: number): Promise<number | null> {
  const known = document.querySelector<HTMLElement>(`#direct-list [data-person="${user}"]`)
  if (known !== null) return Number(known.dataset.room)
  const headers = { Accept: 'application/json' }
  const path = createPaths(page.base).direct(user)
  const answer = await fetch(path, { method: 'POST', headers }).catch(() => null)
  if (answer?.ok !== true) return null
  const { room }: { room?: unknown } = await answer.json().catch(() => ({}))
  return typeof room === 'number' ? room : null
}
