import type { Addressee, Composed, Composer, Draft, Drafts, Tray } from '../app'
import { fill } from '../../shared/text'
import { announce, element } from '../ui/dom'
import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import { confirmAll, createMeter, label, roomTitle } from './composer-label'
import { isCharacter, isComposing, isSending } from '../ui/keys'
import type { Page } from '../ui/page'
import { createPrivateMode, type PrivateMode } from './private-mode'
import { createReplyMode, type ReplyMode } from './reply-mode'

export type ComposerHooks = {
  /** `room` is where it goes; `writtenIn` where it was written, when that is another one. */
  onSend: (message: Composed) => void
  /** The text changed; `room` is where it would go. */
  onChange: (room: number, text: string) => void
  /** The arrow up in an empty field; true when something came of it. */
  onUp: () => boolean
}

type Desk = {
  tray: Tray | null
  page: Page
  drafts: Drafts
  hooks: ComposerHooks
  form: HTMLFormElement
  field: HTMLTextAreaElement
  privacy: PrivateMode
  reply: ReplyMode
  meter: () => void
  room: number
  isConnected: boolean
  isChoosing: boolean
}

/**
 * The field for writing. Enter sends unless an input method is composing or the keyboard is on the
 * screen; the text is kept as a draft at every pause and never cut.
 */
export function createComposer(page: Page, drafts: Drafts, hooks: ComposerHooks): Composer {
  const form = element('composer', HTMLFormElement)
  const field = element('content', HTMLTextAreaElement)
  const privacy = createPrivateMode(page, () => {
    forgetForeignReply(desk)
    relabel(desk)
    saveDraft(desk)
    field.focus()
  })
  const reply = createReplyMode(page, () => {
    saveDraft(desk)
    field.focus()
  })
  const desk: Desk = {
    tray: null,
    page,
    drafts,
    hooks,
    form,
    field,
    privacy,
    reply,
    meter: createMeter(page, field),
    room: Number(form.dataset.room),
    isConnected: true,
    isChoosing: false,
  }
  watchField(desk)
  restore(desk)
  return {
    setConnected(isConnected) {
      desk.isConnected = isConnected
      relabel(desk)
    },
    setRoom: () => setRoom(desk),
    setAddressee: (to) => setAddressee(desk, to),
    addressee: privacy.addressee,
    setReply(to) {
      reply.set(to)
      saveDraft(desk)
      field.focus()
    },
    reply: reply.target,
    setChoosing: (isChoosing) => void (desk.isChoosing = isChoosing),
    setTray: (tray) => void (desk.tray = tray),
    insert: (text) => insert(field, text),
    isEmpty: () => field.value.trim() === '',
    focus: () => field.focus(),
  }
}

function watchField(desk: Desk): void {
  const { drafts, field, form, hooks, meter, privacy } = desk
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit(desk)
  })
  field.addEventListener('keydown', (event) => {
    if (isComposing(event) || event.defaultPrevented) return
    const isAtStart = field.selectionStart === 0 && field.selectionEnd === 0
    if (event.key === 'Backspace' && isAtStart) leaveMode(desk)
    const isUp = event.key === 'ArrowUp' && field.value === '' && !event.altKey
    if (isUp && hooks.onUp()) event.preventDefault()
    if (event.key !== 'Enter' || event.shiftKey || !isSending(event)) return
    event.preventDefault()
    form.requestSubmit()
  })
  field.addEventListener('input', () => {
    meter()
    drafts.saveSoon(desk.room, draftOf(desk))
    hooks.onChange(privacy.addressee()?.room ?? desk.room, field.value)
  })
  for (const type of ['visibilitychange', 'pagehide']) {
    addEventListener(type, () => saveDraft(desk), { capture: true })
  }
  document.addEventListener('keydown', (event) => catchTyping(event, field))
}

function submit(desk: Desk): void {
  const { field, hooks, page, privacy, room } = desk
  const text = field.value.replace(/\s+$/, '')
  const isEmpty = text === '' && desk.tray?.isEmpty() !== false
  if (isEmpty || text.length > limits.messageUnitsMax || desk.isChoosing) return
  // Another room is just being put on the screen: what says where this goes has yet to follow.
  if (Number(element('timeline', HTMLElement).dataset.room) !== room) return
  const to = privacy.addressee()
  if (!confirmAll(page, text, to)) return
  const reply = desk.reply.target()
  desk.reply.set(null)
  field.value = ''
  // A private message is one message, unless it was pinned.
  if (to?.isPinned === false) privacy.set(null)
  relabel(desk)
  // Whoever watches the field sees it emptied, as if by hand.
  field.dispatchEvent(new Event('input'))
  saveDraft(desk)
  hooks.onSend({ room: to?.room ?? room, text, files: desk.tray?.take() ?? [], to, reply })
}

/** An answer goes where the question was asked, or is none: what was private is not quoted here. */
function forgetForeignReply({ privacy, reply, room }: Desk): void {
  const target = privacy.addressee()?.room ?? room
  if (reply.target() !== null && reply.target()?.room !== target) reply.set(null)
}

function relabel({ page, privacy, isConnected }: Desk): void {
  label(page, privacy.addressee(), isConnected)
}

function leaveMode({ privacy, reply }: Desk): void {
  if (reply.target() === null) privacy.drop()
  else reply.drop()
}

function draftOf({ field, privacy, reply }: Desk): Draft {
  return { text: field.value, to: privacy.addressee(), reply: reply.target() }
}

function saveDraft(desk: Desk): void {
  desk.drafts.saveNow(desk.room, draftOf(desk))
}

function restore(desk: Desk): void {
  const { drafts, field, meter, privacy, room } = desk
  const { text, to, reply } = drafts.read(room)
  if (field.value === '') field.value = text
  privacy.set(to)
  desk.reply.set(reply)
  relabel(desk)
  meter()
}

function setRoom(desk: Desk): void {
  const { drafts, field, form, page } = desk
  saveDraft(desk)
  desk.room = Number(element('timeline', HTMLElement).dataset.room)
  form.dataset.room = String(desk.room)
  form.action = createPaths(page.base).messages(desk.room)
  field.value = ''
  desk.tray?.setRoom(desk.room)
  restore(desk)
  drafts.mark()
}

function setAddressee(desk: Desk, to: Addressee | null): void {
  const { nowPrivate, nowPublic } = desk.page.words
  desk.privacy.set(to)
  forgetForeignReply(desk)
  relabel(desk)
  saveDraft(desk)
  const names = { room: roomTitle(), name: to?.name ?? '' }
  announce(fill(to === null ? nowPublic : nowPrivate, names))
}

/** Writes where the caret is, over what is selected, in the one way that undo knows about. */
function insert(field: HTMLTextAreaElement, text: string): void {
  field.focus()
  const isDone = document.execCommand(text === '' ? 'delete' : 'insertText', false, text)
  if (isDone) return
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new Event('input'))
}

/** Typing anywhere on the page is meant for the field. */
function catchTyping(event: KeyboardEvent, field: HTMLTextAreaElement): void {
  // Space scrolls; ? and / open the keys and the search.
  if (!isCharacter(event) || ' ?/'.includes(event.key) || event.defaultPrevented) return
  const active = document.activeElement
  // In the list these do something with the message (keyboard.ts).
  if ('er+'.includes(event.key) && active?.matches('#log[data-walking] .msg') === true) return
  const isElsewhere = active?.matches('input, textarea, select, button, [contenteditable]') === true
  const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
  if (isElsewhere || isBusy || getSelection()?.isCollapsed === false) return
  field.focus()
}
