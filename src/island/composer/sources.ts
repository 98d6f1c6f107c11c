import { limits } from '../../shared/limits'
import { atPattern } from '../../shared/mentions'
import { createPaths } from '../../shared/paths'
import type { App, EmojiChoice, EmojiPanel } from '../app'
import { element, make } from '../ui/dom'
import type { Page } from '../ui/page'
import { bestOf, rankName } from '../../shared/rank-name'
import { list, rowsOf } from '../ui/rows'
import { showToast } from '../ui/toast'

/** What can complete the text before the caret. */
export type Suggestions = {
  /** Index of the `@` or `:`. */
  start: number
  query: string
  heading: string
  isPrivate: boolean
  /** `accept` runs with the typed token selected. */
  rows: { parts: Node[]; state?: string; accept: () => void }[]
}

type Source = (field: HTMLTextAreaElement, event: Event) => Suggestions | null

/** Offers people over an @: first in an empty message to write privately to, else to mention. */
export function suggestPeople(app: App): Source {
  const { composer, page } = app
  const { mentionWhom, messageWhom, nobodyFound } = page.words
  return ({ selectionStart, value }) => {
    if (composer.addressee() !== null || list().dataset.kind === 'direct') return null
    const query = afterAt.exec(value.slice(0, selectionStart))?.groups?.query
    if (query === undefined || query.startsWith(' ')) return null
    const start = selectionStart - query.length - 1
    // With more text behind the caret the message was not empty when the @ was written.
    const isPrivate = start === 0 && value.length === selectionStart
    const rows = findPeople(page, query).map(({ row, id, name }) => ({
      parts: [row.querySelector('.av')?.cloneNode(true) ?? new Text(), make('bdi', {}, name)],
      state: row.dataset.state ?? 'offline',
      accept() {
        // First in the message the name goes: it stands on the chip now.
        composer.insert(isPrivate ? '' : `@${name} `)
        if (isPrivate) void writePrivately(app, id, name)
      },
    }))
    if (rows.length === 0 && /\s/.test(query)) return null
    const heading = isPrivate ? messageWhom : mentionWhom
    return { start, query, heading: rows.length === 0 ? nobodyFound : heading, isPrivate, rows }
  }
}

const afterAt = new RegExp(`${atPattern}(?<query>[^\\n@＠]{0,24})$`, 'v')

/** The people of this room whose names fit, best first; among equals whoever spoke last. */
function findPeople({ language, user }: Page, query: string) {
  const { compare } = new Intl.Collator(language)
  const spokeAt = new Map(rowsOf().map((row, index) => [Number(row.dataset.user), index]))
  const spoke = ({ id }: { id: number }): number => spokeAt.get(id) ?? -1
  const others = [...listedPeople(), ...authorsOnPage()]
    .filter(({ id, name }) => id !== user?.id && Number.isFinite(rankName(name, query)))
    .sort((a, b) => spoke(b) - spoke(a) || compare(a.name, b.name))
  return bestOf(others, ({ name }) => rankName(name, query)).slice(0, limits.suggestionsMax)
}

function listedPeople() {
  return [...document.querySelectorAll<HTMLElement>('#people-list .person')].map((row) => {
    return { row, id: Number(row.dataset.person), name: row.dataset.name ?? '' }
  })
}

/** In a room with more people than the list shows, those who spoke are known, too. */
function authorsOnPage(): ReturnType<typeof listedPeople> {
  if (document.querySelector('#people-more a') === null) return []
  const authors = rowsOf().flatMap((row) => {
    const name = row.querySelector('.msg__meta bdi:not(.name--left)')?.textContent ?? ''
    const id = Number(row.dataset.user)
    const isListed = document.getElementById(`person-${id}`) !== null
    return name === '' || isListed ? [] : [[id, { row, id, name }] as const]
  })
  return [...new Map(authors).values()]
}

/** Finds or makes the direct room, then turns the field to this person. */
async function writePrivately(app: App, user: number, name: string): Promise<void> {
  const { composer, page, timeline } = app
  const here = timeline.room()
  composer.setChoosing(true)
  const room = await openDirect(page, user)
  composer.setChoosing(false)
  if (room === null) return showToast(page.words.notConnected)
  if (timeline.room() !== here) return
  composer.setAddressee({ user, name, room, isPinned: false })
  composer.focus()
}

/** The direct room with somebody: known from the list, else requested; null without an answer. */
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

/** Offers emoji over a colon, and turns `:joy:` into its emoji; `onLoaded`: they are fetched. */
export function suggestEmoji({ composer, emoji }: App, onLoaded: () => void): Source {
  const { title: heading } = element('emoji-button', HTMLElement)
  let panel: EmojiPanel | null = null
  const load = async (): Promise<void> => {
    panel = await emoji()
    onLoaded()
  }
  const toRow = (one: EmojiChoice): Suggestions['rows'][number] => ({
    parts: partsOf(one),
    accept: () => composer.insert(one.use()),
  })
  return (field, event) => {
    // In the middle of a composition nothing is certain, and nothing may be changed.
    if (event instanceof InputEvent && event.isComposing) return null
    const typed = field.value.slice(0, field.selectionStart)
    const { query, end = '' } = afterColon.exec(typed)?.groups ?? {}
    if (query === undefined || isLiteral(typed, query)) return null
    if (panel === null) {
      load().catch(() => {})
      return null
    }
    const start = typed.length - query.length - end.length - 1
    if (end !== '') {
      const whole = isTyped(event) ? panel.named(query) : null
      if (whole !== null) field.setSelectionRange(start, typed.length)
      if (whole !== null) composer.insert(whole.use())
      return null
    }
    const rows = panel.find(query).slice(0, limits.suggestionsMax).map(toRow)
    return rows.length === 0 ? null : { start, query, heading, isPrivate: false, rows }
  }
}

/**
 * Two letters, or one where one is a word, after a start, a space or a sign: not in 12:30, not in
 * an address, not where a colon ends a word. ： is what Chinese keys give; shortcodes are Latin.
 */
const afterColon = new RegExp(
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
function isTyped(event: Event): boolean {
  return !(event instanceof InputEvent) || /^insert(?!FromPaste)/.test(event.inputType)
}

function partsOf({ shown, label, code }: EmojiChoice): Node[] {
  const sign = make('span', { class: 'options__sign' }, shown)
  return [sign, make('bdi', {}, label), make('small', {}, code)]
}
