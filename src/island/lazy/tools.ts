import { createPaths } from '../../shared/paths'
import { markUnread, reply } from '../actions/message-actions'
import { openEmoji } from '../actions/open'
import type { App, MessageTools } from '../app'
import { deleteMessage, editMessage, react } from '../messages/message-changes'
import { createMenu, createToolbar, rowOf } from '../messages/message-menu'
import { closest, copyText, element } from '../ui/dom'
import { watchLongPress } from '../ui/keys'
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
    edit: (row) => void editMessage(app, row),
    copy: (row) => copy(row.querySelector<HTMLElement>('.msg__body')?.innerText ?? ''),
    link(row) {
      const { room, seq } = placeOf(row)
      copy(location.origin + createPaths(base).message(room, seq), words.linkCopied)
    },
    unread: (row) => markUnread(app, row),
    emoji: (row) => openEmoji(app, row, (emoji) => setEmoji(row, emoji)),
    delete: (row) => deleteMessage(app, row),
  }
  const act = (name: string, row: HTMLElement): void => {
    // Its list may not be on the page any more.
    if (!row.isConnected || (name === 'edit' && !row.matches('.msg--own'))) return
    acts[name]?.(row)
  }
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
    copy,
  }
}
