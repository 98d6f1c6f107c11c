import { fill } from '../../shared/text'
import type { Addressee, Quoted } from '../app'
import { element } from '../ui/dom'
import type { Page } from '../ui/page'
import { roomTitle } from '../ui/rows'

/** What the next message has besides its text: a recipient, or a message that it answers. */
type Mode<Target> = {
  set: (target: Target | null) => void
  target: () => Target | null
  /** Leaves the mode and keeps the text; nothing when it was not on. */
  drop: () => void
}

/** The chip over the field: to whom, until when, and the way out. */
export function createPrivateMode(page: Page, onChange: () => void): Mode<Addressee> {
  const chip = element('chip', HTMLElement)
  const pin = chip.querySelector('.chip__pin')
  const mode = createMode<Addressee>(chip, onChange, (to) => {
    pin?.setAttribute('aria-pressed', String(to.isPinned))
    chip.querySelector('span')?.replaceChildren(sentence(page, to))
  })
  pin?.addEventListener('click', () => {
    const to = mode.target()
    if (to === null) return
    mode.set({ ...to, isPinned: !to.isPinned })
    onChange()
  })
  return mode
}

/** The line over the field: what is answered, and the way out. */
export function createReplyMode(page: Page, onChange: () => void): Mode<Quoted> {
  const line = element('reply', HTMLElement)
  return createMode<Quoted>(line, onChange, ({ name, text }) => {
    line.querySelector('b')?.replaceChildren(fill(page.words.replyTo, { name }))
    line.querySelector('span')?.replaceChildren(text)
  })
}

/** `onChange` is called when a button of the line changed something. */
function createMode<Target>(
  line: HTMLElement,
  onChange: () => void,
  show: (target: Target) => void,
): Mode<Target> {
  let target: Target | null = null
  const set = (next: Target | null): void => {
    target = next
    line.hidden = next === null
    if (next !== null) show(next)
  }
  const drop = (): void => {
    if (target === null) return
    set(null)
    onChange()
  }
  line.querySelector('.chip__drop')?.addEventListener('click', drop)
  return { set, drop, target: () => target }
}

/** Says before anything is sent that somebody is offline. */
function sentence({ words }: Page, { user, name }: Addressee): string {
  const isHere = document.getElementById(`person-${user}`)?.dataset.state !== 'offline'
  const to = fill(words.privateTo, { name })
  return isHere ? to : `${to} · ${fill(words.offlineNote, { name })}`
}

/** Everything that tells to whom a message will go: label, placeholder, button, edge. */
export function showRecipient(page: Page, to: Addressee | null, isConnected: boolean): void {
  const { dataset } = element('timeline', HTMLElement)
  const { words } = page
  const name = to?.name ?? (dataset.kind === 'direct' ? dataset.name : undefined)
  const isPrivate = name !== undefined
  const names = { room: roomTitle(), name: name ?? '' }
  const placeholder = isPrivate ? words.privatePlaceholder : words.placeholder
  element('content', HTMLTextAreaElement).placeholder = fill(placeholder, names)
  const label = isPrivate ? words.privatePlaceholder : words.fieldLabel
  element('content-label', HTMLElement).textContent = fill(label, names)
  element('composer', HTMLElement).classList.toggle('compose--private', isPrivate)
  const send = element('send', HTMLElement)
  const action = isPrivate ? fill(words.sendPrivately, names) : words.send
  send.querySelector('span')?.replaceChildren(isConnected ? action : words.willSend)
  send.title = isConnected ? (isPrivate ? action : '') : words.willSend
}
