import { limits } from '../../shared/limits'
import { atPattern, everybodyNames } from '../../shared/mentions'
import { createPaths } from '../../shared/paths'
import { fill, plural } from '../../shared/text'
import type { Addressee, Composed, Composer, Drafts, Quoted, SuggestionList, Tray } from '../app'
import { announce, element } from '../ui/dom'
import { isCharacter, isComposing, isSending } from '../ui/keys'
import type { Page } from '../ui/page'
import { currentRoom, list, roomTitle } from '../ui/rows'

type Hooks = {
  onSend: (message: Composed) => void
  /** The text changed; `room` is its destination. */
  onChange: (room: number, text: string) => void
  /** The arrow up in an empty field; true when something came of it. */
  onUp: () => boolean
}

type State = ReturnType<typeof createState>

/**
 * The field for writing. Enter sends unless an input method is composing or the keyboard is on the
 * screen; the text is kept as a draft at every pause and never cut.
 */
export function createComposer(page: Page, drafts: Drafts, hooks: Hooks): Composer {
  const state = createState(page, drafts, hooks)
  const { field, privacy, reply } = state
  watchField(state)
  restore(state)
  return {
    setConnected(isConnected) {
      state.isConnected = isConnected
      showRecipient(state)
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

function createState(page: Page, drafts: Drafts, hooks: Hooks) {
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
    reply: createMode<Quoted>('reply', onChange, (line, { name, text }) => {
      line.querySelector('b')?.replaceChildren(fill(page.words.replyTo, { name }))
      line.querySelector('span')?.replaceChildren(text)
    }),
    tray: null as Tray | null,
    room: Number(form.dataset.room),
    isConnected: true,
    isChoosing: false,
  }
  return state
}

function watchField(state: State): void {
  const { field, form, hooks, privacy, showMeter } = state
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit(state)
  })
  field.addEventListener('keydown', (event) => press(state, event))
  field.addEventListener('input', () => {
    showMeter()
    saveDraft(state, draftSaveMs)
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
  showRecipient(state)
  // Everything that follows the field sees it emptied, as if by hand.
  field.dispatchEvent(new Event('input'))
  saveDraft(state)
  hooks.onSend({ room: to?.room ?? room, text, files: tray?.take() ?? [], to, reply: quoted })
}

/** Matches at least what the server reads as a mention of everybody. */
const mentionsAll = new RegExp(`${atPattern}(?:${everybodyNames.join('|')})`, 'iv')

/** The owner of a room may call everybody, and is told how many that is. */
function confirmAll(page: Page, text: string, to: Addressee | null): boolean {
  if (list().dataset.role !== 'owner' || to !== null || !mentionsAll.test(text)) return true
  const others = Number(element('people-list', HTMLElement).dataset.members) - 1
  return others < 1 || confirm(plural(page.language, others, page.words.notifyAll))
}

function setAddressee(state: State, to: Addressee | null): void {
  const { nowPrivate, nowPublic } = state.page.words
  state.privacy.set(to)
  showMode(state)
  const names = { room: roomTitle(), name: to?.name ?? '' }
  announce(fill(to === null ? nowPublic : nowPrivate, names))
}

/** A button changed what the message has besides its text. */
function onModeChange(state: State): void {
  showMode(state)
  state.field.focus()
}

/** A private message is quoted only in its own room, and the room's only there. */
function showMode(state: State): void {
  const { privacy, reply, room } = state
  const quoted = reply.target()
  if (quoted !== null && quoted.room !== (privacy.target()?.room ?? room)) reply.set(null)
  showRecipient(state)
  saveDraft(state)
}

/** Everything that tells to whom a message will go: label, placeholder, button, edge. */
function showRecipient({ field, form, isConnected, page: { words }, privacy }: State): void {
  const { dataset } = list()
  const name = privacy.target()?.name ?? (dataset.kind === 'direct' ? dataset.name : undefined)
  const isPrivate = name !== undefined
  const say = (open: string, secret: string): string =>
    fill(isPrivate ? secret : open, { room: roomTitle(), name: name ?? '' })
  field.placeholder = say(words.placeholder, words.privatePlaceholder)
  const label = say(words.fieldLabel, words.privatePlaceholder)
  element('content-label', HTMLElement).textContent = label
  form.classList.toggle('compose--private', isPrivate)
  const send = element('send', HTMLElement)
  const action = isConnected ? say(words.send, words.sendPrivately) : words.willSend
  send.querySelector('span')?.replaceChildren(action)
  send.title = isConnected && !isPrivate ? '' : action
}

const draftSaveMs = 300

function saveDraft({ drafts, field, privacy, reply, room }: State, delayMs?: number): void {
  drafts.save(room, { text: field.value, to: privacy.target(), reply: reply.target() }, delayMs)
}

function setRoom(state: State): void {
  const { field, form, page, tray } = state
  saveDraft(state)
  state.room = currentRoom()
  form.dataset.room = String(state.room)
  form.action = createPaths(page.base).messages(state.room)
  field.value = ''
  tray?.setRoom(state.room)
  restore(state)
}

function restore(state: State): void {
  const { drafts, field, privacy, reply, room, showMeter } = state
  const draft = drafts.read(room)
  if (field.value === '') field.value = draft.text
  privacy.set(draft.to)
  reply.set(draft.reply)
  showRecipient(state)
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
    const forms = isOver ? words.tooLong : words.charactersLeft
    counter.hidden = left > limits.messageUnitsMax * 0.2
    counter.textContent = plural(language, Math.abs(left), forms)
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
  if (document.execCommand(text === '' ? 'delete' : 'insertText', false, text)) return
  field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end')
  field.dispatchEvent(new Event('input'))
}

/** The chip over the field: to whom, until when, and the way out. */
function createPrivateMode({ words }: Page, onChange: () => void) {
  const pin = document.querySelector('#chip .chip__pin')
  const mode = createMode<Addressee>('chip', onChange, (chip, { user, name, isPinned }) => {
    const isHere = document.getElementById(`person-${user}`)?.dataset.state !== 'offline'
    const sentences = isHere ? [words.privateTo] : [words.privateTo, words.offlineNote]
    const text = sentences.map((sentence) => fill(sentence, { name })).join(' · ')
    chip.querySelector('span')?.replaceChildren(text)
    pin?.setAttribute('aria-pressed', String(isPinned))
  })
  pin?.addEventListener('click', () => {
    const to = mode.target()
    if (to !== null) mode.set({ ...to, isPinned: !to.isPinned })
    onChange()
  })
  return mode
}

/**
 * What the next message has besides its text, shown in a line that has a button to leave it.
 * `onChange` is called when a button of the line changed something.
 */
function createMode<Target>(
  id: string,
  onChange: () => void,
  show: (line: HTMLElement, target: Target) => void,
) {
  const line = element(id, HTMLElement)
  let target: Target | null = null
  const set = (next: Target | null): void => {
    target = next
    line.hidden = next === null
    if (next !== null) show(line, next)
  }
  /** Leaves the mode and keeps the text; nothing when it was not on. */
  const drop = (): void => {
    if (target === null) return
    set(null)
    onChange()
  }
  line.querySelector('.chip__drop')?.addEventListener('click', drop)
  return { set, drop, target: () => target }
}

/** Fetches the list over the field when the first text is typed, and tells it of every input. */
export function watchSuggestions(suggestions: () => Promise<SuggestionList>): void {
  const look = (event: Event): void =>
    void suggestions().then(
      (list) => list.look(event),
      () => {},
    )
  // The last input of a composition comes before its end.
  for (const type of ['input', 'compositionend'])
    element('content', HTMLTextAreaElement).addEventListener(type, look)
}
