import { pagePaths } from '../../shared/paths'
import type { App, RowAction } from '../app'
import { ifLoaded } from '../lazy'
import { element } from '../ui/dom'
import { givesSign, isComposing } from '../ui/keys'
import { openAuthor, openEmojiForComposer, openSearch, withTools } from './open'
import { markRead } from './rooms'

/** The keys of views/settings/help-sheet.tsx. */
export function watchKeys(app: App): void {
  const { composer, newLine, page, switcher, timeline } = app
  const paths = pagePaths(page.base)
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || isComposing(event)) return
    const act = actionOf(event)
    if (act === null || document.querySelector('dialog[open]') !== null) return
    event.preventDefault()
    act()
  })
  const log = element('log', HTMLElement)
  log.addEventListener('focusout', () => delete log.dataset.walking)
  const scroll = (pages: number): void => log.scrollBy({ top: pages * log.clientHeight * 0.8 })
  const actionOf = (event: KeyboardEvent): (() => void) | null => {
    const { altKey, ctrlKey, key, metaKey, shiftKey } = event
    const isCommand = ctrlKey || metaKey
    if (isWriting() && givesSign(event)) return null
    if (altKey && key === 'ArrowUp') return () => switcher.step(-1, shiftKey)
    if (altKey && key === 'ArrowDown') return () => switcher.step(1, shiftKey)
    if (altKey && event.code === 'KeyN') return () => press('open-rooms')
    if (isCommand ? key === 'k' : key === '/') return () => openSearch(app, paths.search())
    if (isCommand ? key === '/' : key === '?') return () => press('open-help')
    if (isCommand && key === ',') return () => press('open-settings')
    if (isCommand && /[;；]/.test(key))
      return () => openEmojiForComposer(app, element('emoji-button', HTMLElement))
    if (isCommand && key === '.')
      return () => ifLoaded(app.reading, ({ togglePeople }) => togglePeople())
    if (isCommand && key === 'F6')
      return () => ifLoaded(app.reading, ({ nextRegion }) => nextRegion(shiftKey ? -1 : 1))
    if (isCommand && key === 'Home' && isEmpty()) return () => log.scrollTo({ top: 0 })
    if (isCommand && key === 'End' && isEmpty()) return timeline.toEnd
    if (key === 'PageUp' && shiftKey) return newLine.seek
    if (key === 'PageUp' && isWriting()) return () => scroll(-1)
    if (key === 'PageDown' && isWriting()) return () => scroll(1)
    // An open menu is closed by the browser itself, unless the key was taken from it.
    if (key === 'Escape')
      return document.querySelector('[popover]:popover-open') === null ? escape : null
    const step = steps[key]
    const isInList = document.activeElement?.matches(`#log, ${walked}`) === true
    if (isInList && step !== undefined) return () => ifLoaded(app.reading, ({ walk }) => walk(step))
    const act = isCommand || altKey ? undefined : rowActs[key]
    const isLetter = act !== undefined || (key === 'p' && !isCommand && !altKey)
    const row = isLetter ? document.querySelector<HTMLElement>(walkedTo) : null
    if (key === 'p' && row !== null) return () => openAuthor(page, row)
    if (act === undefined || row === null) return null
    return () => withTools(app, (tools) => tools.act(act, row))
  }
  const escape = (): void => {
    if (composer.reply() !== null) return composer.setReply(null)
    if (composer.addressee() !== null) return composer.setAddressee(null)
    if (leaveList()) return
    markRead(app)
  }
}

/** Some keys are the shortcut of a link, wherever it is. */
function press(id: string): void {
  element(id, HTMLElement).click()
}

function field(): HTMLTextAreaElement {
  return element('content', HTMLTextAreaElement)
}

function isWriting(): boolean {
  return document.activeElement?.matches('input, textarea, select') === true
}

function isEmpty(): boolean {
  return document.activeElement !== field() || field().value === ''
}

/** In the list the arrows walk from message to message. */
const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity }

/** Letters do something only while a message has the focus. */
const rowActs: Record<string, RowAction> = { e: 'edit', r: 'reply', '+': 'react', Enter: 'more' }
const walkedTo = '#log[data-walking] .msg:not(.msg--pending):focus'
const walked = '#log :is(.msg, .system, summary)'

/** From what is in a message to the message, from there to the field; false elsewhere. */
function leaveList(): boolean {
  const active = document.activeElement
  if (active?.closest('#log') == null) return false
  const row = active.closest<HTMLElement>('.msg')
  if (row === null || row === active) field().focus()
  else row.focus({ preventScroll: true })
  return true
}
