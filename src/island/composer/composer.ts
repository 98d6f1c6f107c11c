import { limits } from '../../shared/limits'
import { atPattern, everybodyNames } from '../../shared/mentions'
import { pagePaths } from '../../shared/paths'
import { fill, plural } from '../../shared/text'
import type { Composed, Composer, Quoted, Tray } from '../app'
import { announce, element, nodesOf, onClick } from '../ui/dom'
import { isCharacter, isComposing, isSending } from '../ui/keys'
import type { Page } from '../ui/page'
import { currentRoom, list, roomTitle } from '../ui/rows'
import { showToast } from '../ui/toast'
import type { Addressee, Drafts } from './drafts'

type Hooks = {
  onSend: (message: Composed) => void
  /** The text changed; `room` is its destination. */
  onChange: (room: number, text: string) => void
  /** The arrow up in an empty field; true when something came of it. */
  onUp: () => boolean
}

type State = {
  page: Page
  drafts: Drafts
  hooks: Hooks
  form: HTMLFormElement
  field: HTMLTextAreaElement
  room: number
  to: Addressee | null
  reply: Quoted | null
  tray: Tray | null
  isConnected: boolean
  isChoosing: boolean
  /** How a text with an @ first may begin: somebody was chosen, or everybody is meant. */
  settled: string | null
  isAsking: boolean
}

/**
 * The field for writing. Enter sends unless an input method is composing or the keyboard is on the
 * screen; the text is kept as a draft at every pause and never cut.
 */
export function createComposer(page: Page, drafts: Drafts, hooks: Hooks): Composer {
  const form = element('composer', HTMLFormElement)
  const field = element('content', HTMLTextAreaElement)
  const room = Number(form.dataset.room)
  const parts = { page, drafts, hooks, form, field, room }
  const flags = { isConnected: true, isChoosing: false, isAsking: false }
  const none = { to: null, reply: null, tray: null, settled: null }
  const state: State = { ...parts, ...flags, ...none }
  watchField(state)
  watchModes(state)
  restore(state)
  return {
    setConnected(isConnected) {
      state.isConnected = isConnected
      showRecipient(state)
    },
    refresh: () => showRecipient(state),
    setRoom: () => setRoom(state),
    setAddressee: (to) => setAddressee(state, to),
    addressee: () => state.to,
    setReply(reply) {
      setModes(state, { reply })
      field.focus()
    },
    reply: () => state.reply,
    setChoosing: (isChoosing) => void (state.isChoosing = isChoosing),
    setTray: (tray) => void (state.tray = tray),
    insert: (text) => insert(field, text),
    mention(name) {
      insert(field, `@${name} `)
      if (field.value.startsWith(`@${name}`)) state.settled = `@${name}`
    },
    restoreAt(name) {
      const caret = field.selectionStart + name.length + 2
      field.setRangeText(`@${name} `, 0, 0)
      field.setSelectionRange(caret, caret)
      field.dispatchEvent(new Event('input'))
    },
    isUnaddressed: () => isUnaddressed(state),
    isAsking: () => state.isAsking,
    addressEverybody: () => addressEverybody(state),
    isEmpty: () => field.value.trim() === '',
    focus: () => field.focus(),
  }
}

function watchField(state: State): void {
  const { field, form, hooks, page } = state
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit(state)
  })
  field.addEventListener('keydown', (event) => press(state, event))
  field.addEventListener('input', ({ isTrusted }) => {
    if (isTrusted) state.isAsking = false
    if (state.settled !== null && !field.value.startsWith(state.settled)) state.settled = null
    showLength(page, field)
    saveDraft(state, draftSaveMs)
    hooks.onChange(state.to?.room ?? state.room, field.value)
  })
  for (const type of ['visibilitychange', 'pagehide']) {
    addEventListener(type, () => saveDraft(state), { capture: true })
  }
  document.addEventListener('keydown', (event) => catchTyping(event, field))
}

function watchModes(state: State): void {
  onClick(state.form, '.chip button', (button) => {
    const { to } = state
    if (button.closest('#reply') !== null) setModes(state, { reply: null })
    else if (button.matches('.chip__drop')) setModes(state, { to: null })
    else if (to !== null) setModes(state, { to: { ...to, isPinned: !to.isPinned } })
    state.field.focus()
  })
}

function press(state: State, event: KeyboardEvent): void {
  const { field, form, hooks, reply } = state
  if (isComposing(event) || event.defaultPrevented) return
  const isAtStart = field.selectionStart === 0 && field.selectionEnd === 0
  if (event.key === 'Backspace' && isAtStart)
    setModes(state, reply === null ? { to: null } : { reply: null })
  if (event.key === 'Escape' && isUnaddressed(state)) {
    event.preventDefault()
    addressEverybody(state)
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
  if ('erp+'.includes(event.key) && active?.matches('#log[data-walking] .msg') === true) return
  const isElsewhere = active?.matches('input, textarea, select, button, [contenteditable]') === true
  const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
  if (isElsewhere || isBusy || getSelection()?.isCollapsed === false) return
  field.focus()
}

function submit(state: State): void {
  const { field, hooks, isChoosing, page, reply, room, to, tray } = state
  const text = field.value.replace(/\s+$/, '')
  if (field.disabled || state.form.dataset.held) return
  const isEmpty = text === '' && tray?.isEmpty() !== false
  if (isEmpty || text.length > limits.messageUnitsMax || isChoosing) return
  if (isUnaddressed(state)) return askWhom(state)
  if (!confirmAll(page, text, to)) return
  field.value = ''
  // A private message is one message, unless it was pinned.
  setModes(state, { reply: null, to: to?.isPinned === true ? to : null })
  // Everything that follows the field sees it emptied, as if by hand.
  field.dispatchEvent(new Event('input'))
  saveDraft(state)
  hooks.onSend({ room: to?.room ?? room, text, files: tray?.take() ?? [], to, reply })
}

/**
 * Whether the text begins with an @ and nobody was chosen: it may be meant for one person, and
 * must not go to all by mistake.
 */
function isUnaddressed({ field: { value }, settled, to }: State): boolean {
  const { kind, private: policy } = list().dataset
  if (to !== null || kind === 'direct' || policy === 'off' || !/^[@＠]/.test(value)) return false
  return !callsEverybody.test(value) && (settled === null || !value.startsWith(settled))
}

const callsEverybody = new RegExp(
  `^[@＠](?:${everybodyNames.join('|')})(?![[\\p{L}\\p{N}\\p{M}_]--\\p{sc=Han}])`,
  'iv',
)

/** Instead of sending: offers the people for the first word again, and says what to do. */
function askWhom(state: State): void {
  const { field, page } = state
  const end = /^.[^\s@＠]{0,24}/v.exec(field.value)?.[0].length ?? 1
  field.focus()
  field.setSelectionRange(end, end)
  state.isAsking = true
  field.dispatchEvent(new Event('input'))
  showToast(page.words.chooseWhom)
}

function addressEverybody(state: State): void {
  const { field, page } = state
  state.settled = field.value.slice(0, Math.max(1, field.selectionStart))
  announce(fill(page.words.nowPublic, { room: roomTitle() }))
  field.dispatchEvent(new Event('input'))
}

/** Matches at least what the server reads as a mention of everybody. */
const mentionsAll = new RegExp(`${atPattern}(?:${everybodyNames.join('|')})`, 'iv')

/** The host of a room may call everybody, and is told how many that is. */
function confirmAll(page: Page, text: string, to: Addressee | null): boolean {
  if (list().dataset.role !== 'host' || to !== null || !mentionsAll.test(text)) return true
  const others = Number(element('people-list', HTMLElement).dataset.members) - 1
  return others < 1 || confirm(plural(page.language, others, page.words.notifyAll))
}

function setAddressee(state: State, to: Addressee | null): void {
  const { nowPrivate, nowPublic } = state.page.words
  setModes(state, { to })
  const names = { room: roomTitle(), name: to?.name ?? '' }
  announce(fill(to === null ? nowPublic : nowPrivate, names))
}

function setModes(state: State, change: Partial<Pick<State, 'to' | 'reply'>>): void {
  Object.assign(state, change)
  // A private message is quoted only in its own room, and the room's only there.
  if (state.reply?.room !== (state.to?.room ?? state.room)) state.reply = null
  showModes(state)
  saveDraft(state)
}

function showModes(state: State): void {
  const { page, reply, to } = state
  const { offlineNote, privateTo, replyTo } = page.words
  const chip = element('chip', HTMLElement)
  chip.hidden = to === null
  if (to !== null) {
    const isHere = isOnline(to.user)
    const sentence = isHere ? privateTo : `${privateTo} · ${offlineNote}`
    chip.querySelector('span')?.replaceChildren(...nodesOf(fill(sentence, { name: to.name })))
    chip.querySelector('.chip__pin')?.setAttribute('aria-pressed', String(to.isPinned))
  }
  const line = element('reply', HTMLElement)
  line.hidden = reply === null
  if (reply !== null) {
    line.querySelector('b')?.replaceChildren(...nodesOf(fill(replyTo, { name: reply.name })))
    line.querySelector('span')?.replaceChildren(reply.text)
  }
  showRecipient(state)
}

/** Who is not in a list of all who are online is away. */
function isOnline(user: number): boolean {
  const state = document.getElementById(`person-${user}`)?.dataset.state
  if (state !== undefined) return state !== 'offline'
  return document.getElementById('offline-heading') === null
}

function showRecipient({ field, form, isConnected, page: { words }, to }: State): void {
  const { dataset } = list()
  const name = to?.name ?? (dataset.kind === 'direct' ? dataset.name : undefined)
  const isPrivate = name !== undefined
  const say = (open: string, secret: string): string =>
    fill(isPrivate ? secret : open, { room: roomTitle(), name: name ?? '' })
  const isOver = to === null && dataset.mark === 'left'
  field.disabled = isOver
  form.classList.toggle('compose--over', isOver)
  field.placeholder = say(
    words.placeholder,
    isOver ? words.conversationOver : words.privatePlaceholder,
  )
  const label = say(words.fieldLabel, words.privatePlaceholder)
  element('content-label', HTMLElement).replaceChildren(...nodesOf(label))
  form.classList.toggle('compose--private', isPrivate)
  const send = element('send', HTMLElement)
  const action = isConnected ? say(words.send, words.sendPrivately) : words.willSend
  send.querySelector('span')?.replaceChildren(...nodesOf(action))
  send.title = action
}

const draftSaveMs = 300

function saveDraft({ drafts, field, reply, room, to }: State, delayMs?: number): void {
  drafts.save(room, { text: field.value, to, reply }, delayMs)
}

function setRoom(state: State): void {
  const { field, form, page, tray } = state
  saveDraft(state)
  state.room = currentRoom()
  Object.assign(state, { settled: null, isAsking: false })
  form.dataset.room = String(state.room)
  form.action = pagePaths(page.base).messages(state.room)
  field.value = ''
  tray?.setRoom(state.room)
  restore(state)
}

function restore(state: State): void {
  const { field, page } = state
  const { text, to, reply } = state.drafts.read(state.room)
  if (field.value === '') field.value = text
  Object.assign(state, { to, reply })
  showModes(state)
  showLength(page, field)
}

/** Shows the counter near the limit, and grows the box where the browser does not by itself. */
function showLength({ language, words }: Page, field: HTMLTextAreaElement): void {
  const counter = element('counter', HTMLElement)
  const left = limits.messageUnitsMax - field.value.length
  const isOver = left < 0
  const forms = isOver ? words.tooLong : words.charactersLeft
  counter.hidden = left > limits.messageUnitsMax * 0.2
  counter.textContent = plural(language, Math.abs(left), forms)
  counter.classList.toggle('counter--over', isOver)
  element('send', HTMLButtonElement).disabled = isOver
  if (CSS.supports('field-sizing', 'content')) return
  field.style.height = 'auto'
  field.style.height = `${field.scrollHeight}px`
}

/** Writes where the caret is, over what is selected, in the one way that undo knows about. */
function insert(field: HTMLTextAreaElement, text: string): void {
  field.focus()
  if (document.execCommand(text === '' ? 'delete' : 'insertText', false, text)) return
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new Event('input'))
}
