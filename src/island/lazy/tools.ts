import { latePaths } from '../../shared/paths'
import { openEmoji } from '../actions/open'
import type { App, MessageTools } from '../app'
import { typedText, watchCopy } from '../messages/copy-rows'
import { deleteMessage, editMessage, react } from '../messages/message-changes'
import { createMenu, createToolbar, rowOf } from '../messages/message-menu'
import { openPanel } from '../net/htmx'
import { closest, copyText, element, onClick } from '../ui/dom'
import { watchLongPress } from '../ui/keys'
import { quotedOf } from '../timeline/quotes'
import { otherOf } from '../timeline/rows'
import { placeOf, rowsOf } from '../ui/rows'
import { showToast } from '../ui/toast'

/** What a person can do with messages: by a toolbar, a menu, a sheet, and by keys. */
export function create(app: App): MessageTools {
  const { words, base } = app.page
  const setEmoji = (row: HTMLElement, emoji: string): void => void react(app, row, emoji)
  const copy = (text: string, done = words.copied): void => {
    showToast(copyText(text) ? done : words.notCopied)
  }
  const acts: Record<string, (row: HTMLElement) => void> = {
    react: (row) => menu.open(row, 'react'),
    more: (row) => menu.open(row, 'all'),
    reply: (row) => reply(app, row),
    edit: (row) => void app.holdKeys(editMessage(app, row)),
    copy: (row) => copy(typedText(row)),
    link(row) {
      const { room, seq } = placeOf(row)
      copy(location.origin + latePaths(base).message(room, seq), words.linkCopied)
    },
    unread: (row) => markUnread(app, row),
    report(row) {
      const { room, seq } = placeOf(row)
      openPanel(latePaths(base).report(room, seq))
    },
    emoji: (row) => openEmoji(app, row, (emoji) => setEmoji(row, emoji)),
    delete: (row) => deleteMessage(app, row),
  }
  const act = (name: string, row: HTMLElement): void => {
    // Its list may not be on the page any more.
    if (!row.isConnected || (name === 'edit' && !row.matches('.msg--own'))) return
    acts[name]?.(row)
  }
  // The styles that show the button come with this script.
  onClick(document, '.copy-code', ({ parentElement }) => copy(parentElement?.textContent ?? ''))
  watchCode(app)
  watchCopy(app)
  createToolbar(act)
  const menu = createMenu(act, setEmoji)
  const pressed = (target: EventTarget | null): HTMLElement | null =>
    closest(target, '.editor, .editor__foot') === null ? rowOf(target) : null
  watchLongPress(element('log', HTMLElement), pressed, (row) => menu.open(row, 'all'))
  return {
    editLast() {
      const own = rowsOf().findLast((row) => row.matches('.msg--own:not(.msg--pending)'))
      if (own !== undefined) act('edit', own)
    },
    act,
    react: setEmoji,
  }
}

/** Fetches what colours code when a block that names its language is near. */
function watchCode({ code }: App): void {
  // Firefox has it since 2025.
  if (!('highlights' in CSS)) return
  const log = element('log', HTMLElement)
  const load = async (entries: IntersectionObserverEntry[]): Promise<void> => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return
    await code()
    near.disconnect()
    rows.disconnect()
  }
  const options = { root: log, rootMargin: '100%' }
  const near = new IntersectionObserver((entries) => void load(entries).catch(() => {}), options)
  const look = (): void => {
    for (const block of log.querySelectorAll('pre[data-language]')) near.observe(block)
  }
  const rows = new MutationObserver(look)
  rows.observe(log, { childList: true, subtree: true })
  look()
}

/** Replies to a message; the reply to a private one is private. */
function reply({ composer, page, timeline }: App, row: HTMLElement): void {
  const { room } = placeOf(row)
  const isPrivate = row.closest('.private-note') !== null
  // The row may be of a list that is not on the page any more.
  if (!isPrivate && room !== timeline.room()) return
  const before = composer.addressee()?.room ?? timeline.room()
  if (before !== room) {
    // A private text must not go to somebody else.
    if (composer.addressee() !== null && !composer.isEmpty())
      return showToast(page.words.privateFirst)
    composer.setAddressee(isPrivate ? { ...otherOf(page, row), room, isPinned: false } : null)
  }
  composer.setReply(quotedOf(row))
}

/** Marks everything from this message on as unread, on all devices. */
function markUnread(app: App, row: HTMLElement): void {
  const { connection, newLine, page, readMarker, timeline } = app
  const { room, seq } = placeOf(row)
  if (room !== timeline.room()) return
  if (!connection.send({ type: 'unread', room, seq })) return showToast(page.words.notConnected)
  readMarker.pause()
  newLine.openAt(seq, Number(row.dataset.at))
  showToast(page.words.markedUnread)
}
