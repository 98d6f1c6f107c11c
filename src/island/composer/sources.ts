import { limits } from '../../shared/limits'
import { atPattern } from '../../shared/mentions'
import { latePaths } from '../../shared/paths'
import { bestOf, rankName } from '../../shared/rank-name'
import { fill } from '../../shared/text'
import type { App, EmojiChoice, EmojiPanel } from '../app'
import { createPeopleSearch, type PeopleAnswer } from '../net/people-search'
import { element, make, nodesOf } from '../ui/dom'
import type { Page } from '../ui/page'
import { currentRoom, list, roomTitle, rowsOf } from '../ui/rows'
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
  /** The last row is the way out, for Escape too: Enter does not choose it by itself. */
  hasWayOut: boolean
}

type Source = (field: HTMLTextAreaElement, event: Event) => Suggestions | null

/**
 * Offers people over an @: first in an empty message to write privately to, else to mention. What
 * the page knows is offered at once, and completed by the server (`onAnswer`).
 */
export function suggestPeople(app: App, onAnswer: () => void): Source {
  const { composer, page } = app
  const search = createPeopleSearch(page.base, onAnswer)
  return (field) => {
    const token = readToken(app, field)
    if (token === null) {
      search.stop()
      return null
    }
    const { start, query, isPrivate } = token
    const answer = search.look(query, currentRoom())
    // To whom the reader may write, only the server knows.
    const isLimited = isPrivate && list().dataset.private === 'hosts'
    const rows = findPeople(page, query, answer, isLimited).map(({ row, id, name }) => ({
      parts: [row.querySelector('.av')?.cloneNode(true) ?? new Text(), make('bdi', {}, name)],
      state: row.dataset.state ?? 'offline',
      accept() {
        // First in the message the name goes: it stands on the chip now.
        if (isPrivate) composer.insert('')
        else composer.mention(name)
        if (isPrivate) void writePrivately(app, id, name)
      },
    }))
    if (rows.length === 0 && !isPrivate && /\s/.test(query)) return null
    const found = { start, query, isPrivate, heading: headingOf(page, token, rows, answer) }
    if (!isPrivate) return { ...found, rows, hasWayOut: false }
    return { ...found, rows: [...rows, toEverybody(app)], hasWayOut: true }
  }
}

type Token = Pick<Suggestions, 'start' | 'query' | 'isPrivate'>

/** The @ before the caret, and what was typed after it. */
function readToken({ composer }: App, field: HTMLTextAreaElement): Token | null {
  const { selectionStart, value } = field
  const { kind, person } = list().dataset
  // Of two people nobody has to be named.
  if (composer.addressee() !== null || person !== undefined) return null
  const query = afterAt.exec(value.slice(0, selectionStart))?.groups?.query
  if (query === undefined || query.startsWith(' ')) return null
  const start = selectionStart - query.length - 1
  // With more text behind the caret the message was not empty when the @ was written.
  const isOff = kind === 'direct' || list().dataset.private === 'off'
  const isFirst = !isOff && start === 0 && (value.length === selectionStart || composer.isAsking())
  if (isFirst && !composer.isUnaddressed()) return null
  return { start, query, isPrivate: isFirst }
}

const afterAt = new RegExp(`${atPattern}(?<query>[^\\n@＠]{0,24})$`, 'v')

function headingOf(
  { words }: Page,
  { isPrivate }: Token,
  { length }: unknown[],
  { state }: PeopleAnswer,
): string {
  if (length > 0) return isPrivate ? words.messageWhom : words.mentionWhom
  if (state === 'waiting') return words.lookingFor
  return state === 'found' ? words.nobodyFound : words.nobodyKnown
}

/** The last of the list: what was typed stays as it is, and Enter sends it. */
function toEverybody({ composer, page }: App): Suggestions['rows'][number] {
  const label = fill(page.words.toEveryone, { room: roomTitle() })
  return {
    parts: [make('span', {}, ...nodesOf(label)), make('kbd', {}, 'Esc')],
    accept: composer.addressEverybody,
  }
}

/**
 * The people of this room whose names fit, best first; among equals those on the page first,
 * by who spoke last, then the server's. With `isLimited` those to whom one may write privately.
 */
function findPeople(
  { language, user }: Page,
  query: string,
  answer: PeopleAnswer,
  isLimited: boolean,
) {
  const { compare } = new Intl.Collator(language)
  const spokeAt = new Map(rowsOf().map((row, index) => [Number(row.dataset.user), index]))
  const spoke = ({ id }: { id: number }): number => spokeAt.get(id) ?? -1
  const known = (isLimited ? [] : [...listedPeople(), ...authorsOnPage()]).sort(
    (a, b) => spoke(b) - spoke(a) || compare(a.name, b.name),
  )
  const ids = new Set(known.map(({ id }) => id))
  const answered = answer.rows.filter(({ dataset }) => !isLimited || dataset.private !== 'no')
  const others = answered.map(toPerson).filter(({ id }) => !ids.has(id))
  const all = [...known, ...others].filter(({ id }) => id !== user?.id)
  return bestOf(all, ({ name }) => rankName(name, query)).slice(0, limits.suggestionsMax)
}

function toPerson(row: HTMLElement) {
  return { row, id: Number(row.dataset.person), name: row.dataset.name ?? '' }
}

function listedPeople() {
  return [...document.querySelectorAll<HTMLElement>('#people-list .person')].map(toPerson)
}

/** In a room with more people than the list shows, those who spoke are known, too. */
function authorsOnPage(): ReturnType<typeof listedPeople> {
  if (document.getElementById('people-next') === null) return []
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
  if (timeline.room() !== here) return
  if (typeof room === 'string') {
    // What was meant for one person must not go to all now.
    composer.restoreAt(name)
    return showToast(room)
  }
  composer.setAddressee({ user, name, room, isPinned: false })
  composer.focus()
}

/** The direct room with somebody: known from the list, else requested; or why there is none. */
async function openDirect(page: Page, user: number): Promise<number | string> {
  const known = document.querySelector<HTMLElement>(`#direct-list [data-person="${user}"]`)
  if (known !== null) return Number(known.dataset.room)
  const headers = { Accept: 'application/json' }
  const path = latePaths(page.base).direct(user)
  const answer = await fetch(path, { method: 'POST', headers }).catch(() => null)
  const read: { room?: unknown; reason?: unknown } = (await answer?.json().catch(() => {})) ?? {}
  if (typeof read.room === 'number') return read.room
  return typeof read.reason === 'string' ? read.reason : page.words.notConnected
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
    if (rows.length === 0) return null
    return { start, query, heading, isPrivate: false, rows, hasWayOut: false }
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
