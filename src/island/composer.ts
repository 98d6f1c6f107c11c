import { limits } from '../limits'
import { count, element, type Page } from './page'
import type { Storage } from './storage'

export type Composer = {
  /** Says on the button whether a message leaves now or later. */
  setConnected: (isConnected: boolean) => void
  focus: () => void
}

/**
 * The field for writing. Enter sends unless an input method is composing or the keyboard is on the
 * screen; the text is kept as a draft at every pause and never cut.
 */
export function createComposer(
  page: Page,
  storage: Storage,
  onSend: (room: number, text: string) => void,
): Composer {
  const form = element('composer', HTMLFormElement)
  const field = element('content', HTMLTextAreaElement)
  const room = Number(form.dataset.room)
  const refresh = createMeter(page, field)
  const saveDraft = keepDraft(`draft.${page.user?.id}.${room}`, storage, field)

  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = field.value.replace(/\s+$/, '')
    if (text === '' || text.length > limits.messageUnitsMax) return
    field.value = ''
    refresh()
    saveDraft()
    onSend(room, text)
  })
  field.addEventListener('keydown', (event) => {
    // 229: Safari ends the composition before the keydown (WebKit bug 165004).
    const isComposing = event.isComposing || event.keyCode === 229
    if (event.key !== 'Enter' || event.shiftKey || isComposing || isTouch()) return
    event.preventDefault()
    form.requestSubmit()
  })
  field.addEventListener('input', refresh)
  document.addEventListener('keydown', (event) => catchTyping(event, field))
  refresh()
  return {
    setConnected(isConnected) {
      const label = element('send', HTMLElement).querySelector('span')
      label?.replaceChildren(isConnected ? page.words.send : page.words.willSend)
      element('send', HTMLElement).title = isConnected ? '' : page.words.willSend
    },
    focus: () => field.focus(),
  }
}

/** A phone or tablet; a laptop with a touch screen is none. */
function isTouch(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches
}

/** Shows the counter near the limit, and grows the box where the browser does not by itself. */
function createMeter(page: Page, field: HTMLTextAreaElement): () => void {
  const counter = element('counter', HTMLElement)
  const send = element('send', HTMLButtonElement)
  const growsItself = CSS.supports('field-sizing', 'content')
  return () => {
    const left = limits.messageUnitsMax - field.value.length
    counter.hidden = left > limits.messageUnitsMax * 0.2
    const { charactersLeft, tooLong } = page.words
    if (!counter.hidden) {
      counter.textContent =
        left < 0 ? count(page, -left, tooLong) : count(page, left, charactersLeft)
    }
    counter.classList.toggle('counter--over', left < 0)
    send.disabled = left < 0
    if (growsItself) return
    field.style.height = 'auto'
    field.style.height = `${field.scrollHeight}px`
  }
}

/** Restores the draft and saves it at pauses; gives the function that saves it at once. */
function keepDraft(key: string, storage: Storage, field: HTMLTextAreaElement): () => void {
  let timer: Timer | undefined
  const save = (): void => {
    clearTimeout(timer)
    if (field.value === '') storage.remove(key)
    else storage.write(key, field.value)
  }
  const draft = storage.read(key)
  if (typeof draft === 'string' && field.value === '') field.value = draft
  field.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(save, limits.draftSaveMs)
  })
  document.addEventListener('visibilitychange', save)
  addEventListener('pagehide', save)
  return save
}

/** Typing anywhere on the page is meant for the field. */
function catchTyping(event: KeyboardEvent, field: HTMLTextAreaElement): void {
  const isCharacter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey
  if (!isCharacter || event.key === ' ' || event.defaultPrevented) return
  const active = document.activeElement
  const isElsewhere = active?.matches('input, textarea, select, button, [contenteditable]') === true
  const isBusy = document.querySelector('dialog[open], [popover]:popover-open') !== null
  if (isElsewhere || isBusy || getSelection()?.isCollapsed === false) return
  field.focus()
}
