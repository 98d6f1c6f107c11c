import type { Addressee } from '../app'
import { fill, plural } from '../../shared/text'
import { element } from '../ui/dom'
import { limits } from '../../shared/limits'
import { atPattern, everybodyNames } from '../../shared/mentions'
import type { Page } from '../ui/page'

/** What the room on the screen is called. */
export function roomTitle(): string {
  return element('timeline', HTMLElement).dataset.title ?? ''
}

/** Everything that tells to whom a message will go: label, placeholder, button, edge. */
export function label(page: Page, to: Addressee | null, isConnected: boolean): void {
  const { dataset } = element('timeline', HTMLElement)
  const { words } = page
  const name = to?.name ?? (dataset.kind === 'direct' ? dataset.name : undefined)
  const isPrivate = name !== undefined
  const names = { room: roomTitle(), name: name ?? '' }
  const field = element('content', HTMLTextAreaElement)
  field.placeholder = fill(isPrivate ? words.privatePlaceholder : words.placeholder, names)
  const said = fill(isPrivate ? words.privatePlaceholder : words.fieldLabel, names)
  element('content-label', HTMLElement).textContent = said
  element('composer', HTMLElement).classList.toggle('compose--private', isPrivate)
  const send = element('send', HTMLElement)
  const action = isPrivate ? fill(words.sendPrivately, names) : words.send
  send.querySelector('span')?.replaceChildren(isConnected ? action : words.willSend)
  send.title = isConnected ? (isPrivate ? action : '') : words.willSend
}

/** Matches at least what the server reads as a mention of everybody. */
const mentionsAll = new RegExp(`${atPattern}(?:${everybodyNames.join('|')})`, 'iv')

/** The owner of a room may call everybody, and is told how many that is. */
export function confirmAll(page: Page, text: string, to: Addressee | null): boolean {
  const isOwner = element('timeline', HTMLElement).dataset.role === 'owner'
  if (!isOwner || to !== null || !mentionsAll.test(text)) return true
  const others = Number(element('people-list', HTMLElement).dataset.members) - 1
  return others < 1 || confirm(plural(page.language, others, page.words.notifyAll))
}

/** Shows the counter near the limit, and grows the box where the browser does not by itself. */
export function createMeter(page: Page, field: HTMLTextAreaElement): () => void {
  const counter = element('counter', HTMLElement)
  const send = element('send', HTMLButtonElement)
  const growsItself = CSS.supports('field-sizing', 'content')
  return () => {
    const left = limits.messageUnitsMax - field.value.length
    counter.hidden = left > limits.messageUnitsMax * 0.2
    const { charactersLeft, tooLong } = page.words
    if (!counter.hidden) {
      counter.textContent =
        left < 0
          ? plural(page.language, -left, tooLong)
          : plural(page.language, left, charactersLeft)
    }
    counter.classList.toggle('counter--over', left < 0)
    send.disabled = left < 0
    if (growsItself) return
    field.style.height = 'auto'
    field.style.height = `${field.scrollHeight}px`
  }
}
