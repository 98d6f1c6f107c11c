import { type Composer, isComposing } from './composer'
import type { Addressee } from './drafts'
import { type Candidate, findPeople } from './find-people'
import { openDirect } from './open-direct'
import { element, type Page } from './page'
import { showToast } from './toast'

/** An @ that is being written: where it stands and what follows it so far. */
type Token = { start: number; query: string; isFirst: boolean }

type List = { token: Token; people: Candidate[]; chosen: number }

const rowsMax = 8

type Popup = {
  page: Page
  composer: Composer
  field: HTMLTextAreaElement
  box: HTMLElement
  list: List | null
  /** Where an @ stands that was answered or waved away. */
  done: number | null
}

/**
 * The list that opens over an @. First in an empty message it offers private messages, anywhere
 * else mentions; only an explicit choice makes anything private.
 */
export function watchMentions(page: Page, composer: Composer): { close: () => boolean } {
  const field = element('content', HTMLTextAreaElement)
  const box = element('options', HTMLElement)
  const popup: Popup = { page, composer, field, box, list: null, done: null }
  field.addEventListener('input', () => look(popup))
  field.addEventListener('blur', () => close(popup))
  // Before the field's own Enter, which would send.
  field.addEventListener('keydown', (event) => press(popup, event), { capture: true })
  box.addEventListener('pointerdown', (event) => {
    event.preventDefault()
    const option = event.target instanceof Element ? event.target.closest('[role=option]') : null
    if (option !== null) accept(popup, Number(option.id.slice('option-'.length)))
  })
  return { close: () => close(popup) }
}

function look(popup: Popup): void {
  const { page, composer, field } = popup
  const token = readToken(field, composer.addressee() !== null)
  // An @ that was just written is a new one, even where another stood.
  if (token?.start !== popup.done || token?.query === '') popup.done = null
  const people = token === null ? [] : findPeople(page, token.query, rowsMax)
  const isHopeless =
    token === null || token.start === popup.done || (people.length === 0 && /\s/.test(token.query))
  set(popup, isHopeless ? null : { token, people, chosen: 0 })
}

function set(popup: Popup, list: List | null): void {
  const { box, field, page } = popup
  popup.list = list
  box.hidden = list === null
  if (list === null) return field.removeAttribute('aria-activedescendant')
  render(page, box, list)
  field.setAttribute('aria-activedescendant', `option-${list.chosen}`)
}

/** True when there was something to close. */
function close(popup: Popup): boolean {
  const { list } = popup
  popup.done = list?.token.start ?? popup.done
  set(popup, null)
  return list !== null
}

function press(popup: Popup, event: KeyboardEvent): void {
  const { list } = popup
  const act = keys[event.key]
  if (list === null || act === undefined || isComposing(event)) return
  if (list.people.length === 0 && event.key !== 'Escape') return
  event.preventDefault()
  event.stopImmediatePropagation()
  act(popup, list)
}

const keys: Record<string, (popup: Popup, list: List) => void> = {
  ArrowDown: (popup, list) => move(popup, list, 1),
  ArrowUp: (popup, list) => move(popup, list, -1),
  Enter: (popup, list) => accept(popup, list.chosen),
  Tab: (popup, list) => accept(popup, list.chosen),
  Escape: (popup) => void close(popup),
}

function move(popup: Popup, list: List, step: 1 | -1): void {
  const { length } = list.people
  if (length > 0) set(popup, { ...list, chosen: (list.chosen + step + length) % length })
}

function accept(popup: Popup, index: number): void {
  const { composer, field, list, page } = popup
  const person = list?.people[index]
  if (list === null || person === undefined) return
  const { start, isFirst, query } = list.token
  close(popup)
  field.setSelectionRange(start, start + 1 + query.length)
  if (!isFirst) return composer.insert(`@${person.name} `)
  // The name goes: it stands on the chip now.
  composer.insert('')
  void writePrivately(page, composer, person)
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

/**
 * After a start, a space, a sign or a Chinese word, so not in an e-mail address; ＠ is what Chinese
 * keys give.
 */
const beforeCaret =
  /(?<![[\p{L}\p{N}_]--[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}]])[@＠](?<query>[^\n@＠]{0,24})$/v

function readToken(field: HTMLTextAreaElement, isPrivate: boolean): Token | null {
  const { selectionStart, selectionEnd, value } = field
  const { kind } = element('timeline', HTMLElement).dataset
  if (selectionStart !== selectionEnd || isPrivate || kind === 'direct') return null
  const match = beforeCaret.exec(value.slice(0, selectionStart))
  const query = match?.groups?.query
  if (query === undefined || query.startsWith(' ')) return null
  const start = selectionStart - query.length - 1
  // With more text behind the caret the message was not empty when the @ was written.
  const isFirst = start === 0 && value.length === selectionStart
  return { start, query, isFirst }
}

function render(page: Page, box: HTMLElement, list: List): void {
  const isPrivate = list.token.isFirst
  const { mentionWhom, messageWhom, nobodyFound } = page.words
  const heading = document.createElement('p')
  heading.textContent = isPrivate ? messageWhom : mentionWhom
  box.classList.toggle('options--private', isPrivate)
  box.setAttribute('aria-label', heading.textContent)
  const options = list.people.map(({ avatar, name, state }, index) => {
    const option = document.createElement('div')
    option.id = `option-${index}`
    option.setAttribute('role', 'option')
    option.setAttribute('aria-selected', String(index === list.chosen))
    option.dataset.state = state
    const text = document.createElement('bdi')
    text.textContent = name
    option.append(avatar, text)
    return option
  })
  if (options.length === 0) heading.textContent = nobodyFound
  box.replaceChildren(heading, ...options)
}
