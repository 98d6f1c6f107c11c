import { limits } from '../../shared/limits'
import { atPattern, everybodyNames } from '../../shared/mentions'
import { createPaths } from '../../shared/paths'
import { fill, plural } from '../../shared/text'
import type { Addressee, Composed, Composer, Draft, Drafts, Tray } from '../app'
import { announce, element } from '../ui/dom'
import { isCharacter, isComposing, isSending } from '../ui/keys'
import type { Page } from '../ui/page'
import { currentRoom, roomTitle } from '../ui/rows'
import { createPrivateMode, createReplyMode, showRecipient } from './modes'

type ComposerHooks = {
  onSend: (message: Composed) => void
  /** The text changed; `room` is where it would go. */
  onChange: (room: number, text: string) => void
  /** The arrow up in an empty field; true when something came of it. */
  onUp: () => boolean
}

type State = ReturnType<typeof createState>

/**
 * The field for writing. Enter sends unless an input method is composing or the keyboard is on the
 * screen; the text is kept as a draft at every pause and never cut.
 */
export function createComposer(page: Page, drafts: Drafts, hooks: ComposerHooks): Composer {
  const state = createState(page, drafts, hooks)
  const { field, privacy, reply } = state
  watchField(state)
  restore(state)
  return {
    setConnected(isConnected) {
      state.isConnected = isConnected
      relabel(state)
    },
    setRoom: () => setRoom(state),
    setAddressee: (to) => setAddressee(state, to),
    addressee: privacy.target,
    setReply(to) {
      reply.set(to)
      onModeChange(state)
    },
    reply: reply.target,
    setChoosing: (isChoosing) => void (state.isChoosing = isChoosing),
    setTray: (tray) => void (state.tray = tray),
    insert: (text) => insert(field, text),
    isEmpty: () => field.value.trim() === '',
    focus: () => field.focus(),
  }
}

function createState(page: Page, drafts: Drafts, hooks: ComposerHooks) {
  const onChange = (): void => onModeChange(state)
  const form = element('composer', HTMLFormElement)
  const field = element('content', HTMLTextAreaElement)
  const state = {
    page,
    drafts,
    hooks,
    form,
    field,
    showMeter: createMeter(page, field),
    privacy: createPrivateMode(page, onChange),
    reply: createReplyMode(page, onChange),
    tray: null as Tray | null,
    room: Number(form.dataset.room),
    isConnected: true,
    isChoosing: false,
  }
  return state
}

function watchField(state: State): void {
  const { drafts, field, form, hooks, privacy, showMeter } = state
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit(state)
  })
  field.addEventListener('keydown', (event) => press(state, event))
  field.addEventListener('input', () => {
    showMeter()
    drafts.saveSoon(state.room, draftOf(state))
    hooks.onChange(privacy.target()?.room ?? state.room, field.value)
  })
  for (const type of ['visibilitychange', 'pagehide']) {
    addEventListener(type, () => saveDraft(state), { capture: true })
  }
  document.addEventListener('keydown', (event) => catchTyping(event, field))
}

function press({ field, form, hooks, privacy, reply }: State, event: KeyboardEvent): void {
  if (isComposing(event) || event.defaultPrevented) return
  const isAtStart = field.selectionStart === 0 && field.selectionEnd === 0
  if (event.key === 'Backspace' && isAtStart) {
    if (reply.target() === null) privacy.drop()
    else reply.drop()
  }
  const isUp = event.key === 'ArrowUp' && field.value === '' && !event.altKey
  if (isUp && hooks.onUp()) event.preventDefault()
  if (event.key !== 'Enter' || event.shiftKey || !isSending(event)) return
  event.preventDefault()
  form.requestSubmit()
}

/** Typing anywhere on the page is meant for the field. */
function catchTyping(event: KeyboardEvent, field: HTMLTextAreaElement): void {
  // Space scrolls; ? and / open the keys and the search.
  if (!isCharacter(event) || ' ?/'.includes(event.key) || event.defaultPrevented) return
  const active = document.activeElement
  // In the list these do something with the message (actions/keyboard.ts).
  if ('er+'.includes(event.key) && active?.matches('#log[data-walking] .msg') === true) return
  const isElsewhere = active?.matches('input, textarea, select, button, [contenteditable]') === true
  const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
  if (isElsewhere || isBusy || getSelection()?.isCollapsed === false) return
  field.focus()
}

function submit(state: State): void {
  const { field, hooks, isChoosing, page, privacy, reply, room, tray } = state
  const text = field.value.replace(/\s+$/, '')
  const isEmpty = text === '' && tray?.isEmpty() !== false
  if (isEmpty || text.length > limits.messageUnitsMax || isChoosing) return
  // Another room is just being put on the screen: what says where this goes has yet to follow.
  if (currentRoom() !== room) return
  const to = privacy.target()
  if (!confirmAll(page, text, to)) return
  const quoted = reply.target()
  reply.set(null)
  field.value = ''
  // A private message is one message, unless it was pinned.
  if (to?.isPinned === false) privacy.set(null)
  relabel(state)
  // Everything that follows the field sees it emptied, as if by hand.
  field.dispatchEvent(new Event('input'))
  saveDraft(state)
  hooks.onSend({ room: to?.room ?? room, text, files: tray?.take() ?? [], to, reply: quoted })
}

/** Matches at least what the server reads as a mention of everybody. */
const mentionsAll = new RegExp(`${atPattern}(?:${everybodyNames.join('|')})`, 'iv')

/** The owner of a room may call everybody, and is told how many that is. */
function confirmAll(page: Page, text: string, to: Addressee | null): boolean {
  const isOwner = element('timeline', HTMLElement).dataset.role === 'owner'
  if (!isOwner || to !== null || !mentionsAll.test(text)) return true
  const others = Number(element('people-list', HTMLElement).dataset.members) - 1
  return others < 1 || confirm(plural(page.language, others, page.words.notifyAll))
}

function setAddressee(state: State, to: Addressee | null): void {
  const { nowPrivate, nowPublic } = state.page.words
  state.privacy.set(to)
  forgetForeignReply(state)
  relabel(state)
  saveDraft(state)
  const names = { room: roomTitle(), name: to?.name ?? '' }
  announce(fill(to === null ? nowPublic : nowPrivate, names))
}

/** A button changed what the message has besides its text. */
function onModeChange(state: State): void {
  forgetForeignReply(state)
  relabel(state)
  saveDraft(state)
  state.field.focus()
}

/** A private message is quoted only in its own room, and the room's only there. */
function forgetForeignReply({ privacy, reply, room }: State): void {
  const target = privacy.target()?.room ?? room
  if (reply.target() !== null && reply.target()?.room !== target) reply.set(null)
}

function relabel({ isConnected, page, privacy }: State): void {
  showRecipient(page, privacy.target(), isConnected)
}

function draftOf({ field, privacy, reply }: State): Draft {
  return { text: field.value, to: privacy.target(), reply: reply.target() }
}

function saveDraft(state: State): void {
  state.drafts.saveNow(state.room, draftOf(state))
}

function setRoom(state: State): void {
  const { drafts, field, form, page, tray } = state
  saveDraft(state)
  state.room = currentRoom()
  form.dataset.room = String(state.room)
  form.action = createPaths(page.base).messages(state.room)
  field.value = ''
  tray?.setRoom(state.room)
  restore(state)
  drafts.mark()
}

function restore(state: State): void {
  const { drafts, field, privacy, reply, room, showMeter } = state
  const draft = drafts.read(room)
  if (field.value === '') field.value = draft.text
  privacy.set(draft.to)
  reply.set(draft.reply)
  relabel(state)
  showMeter()
}

/** Shows the counter near the limit, and grows the box where the browser does not by itself. */
function createMeter({ language, words }: Page, field: HTMLTextAreaElement): () => void {
  const counter = element('counter', HTMLElement)
  const send = element('send', HTMLButtonElement)
  const growsItself = CSS.supports('field-sizing', 'content')
  return () => {
    const left = limits.messageUnitsMax - field.value.length
    const isOver = left < 0
    counter.hidden = left > limits.messageUnitsMax * 0.2
    counter.textContent = plural(
      language,
      Math.abs(left),
      isOver ? words.tooLong : words.charactersLeft,
    )
    counter.classList.toggle('counter--over', isOver)
    send.disabled = isOver
    if (growsItself) return
    field.style.height = 'auto'
    field.style.height = `${field.scrollHeight}px`
  }
}

/** Writes where the caret is, over what is selected, in the one way that undo knows about. */
function insert(field: HTMLTextAreaElement, text: string): void {
  field.focus()
  const isDone = document.execCommand(text === '' ? 'delete' : 'insertText', false, text)
  if (isDone) return
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new Event('input'))
}
