import type { App, MessageTools, Requests } from '../app'
import { element } from '../ui/dom'
import { createPaths } from '../../shared/paths'
import { markUnread, reply } from '../actions/message-actions'
import { openEmoji } from '../actions/open'
import { copyText } from '../ui/clipboard'
import { startEditing } from '../messages/edit-message'
import { watchLongPress } from '../ui/long-press'
import type { Page } from '../ui/page'
import { react } from '../messages/react'
import { removeSoon } from '../messages/remove-message'
import { placeOf, rowsOf } from '../timeline/rows'
import { showToast } from '../ui/toast'
import { createToolBar, createToolsMenu, rowOf } from '../messages/tools-menu'

/** What one may do with messages: by a toolbar at the pointer, a menu, a sheet, and by keys. */
export function create(app: App): MessageTools {
  const { page, requests, timeline } = app
  const { send } = requests
  const setEmoji = (row: HTMLElement, emoji: string): void => void react(page, row, emoji, send)
  const copy = (text: string): void => {
    showToast(copyText(text) ? page.words.copied : page.words.notCopied)
  }
  const acts: Record<string, (row: HTMLElement) => void> = {
    react: (row) => menu.open(row, 'react'),
    more: (row) => menu.open(row, 'all'),
    reply: (row) => reply(app, row),
    edit: (row) => void edit(page, row, send),
    copy: (row) => copy(row.querySelector<HTMLElement>('.msg__body')?.innerText ?? ''),
    link(row) {
      const { room, seq } = placeOf(row)
      const url = location.origin + createPaths(page.base).message(room, seq)
      showToast(copyText(url) ? page.words.linkCopied : page.words.notCopied)
    },
    unread: (row) => markUnread(app, row),
    emoji: (row) => openEmoji(app, row, (emoji) => setEmoji(row, emoji)),
    delete: (row) => removeSoon(page, row, send, timeline.hide),
  }
  const act = (name: string, row: HTMLElement): void => {
    // The list it stood in may be gone, as after a change of rooms.
    if (!row.isConnected || (name === 'edit' && !row.matches('.msg--own'))) return
    acts[name]?.(row)
  }
  createToolBar(act)
  const menu = createToolsMenu(act, setEmoji)
  watchLongPress(element('log', HTMLElement), pressedRow, (row) => menu.open(row, 'all'))
  return {
    editLast() {
      const own = rowsOf(element('timeline', HTMLElement)).findLast((row) =>
        row.matches('.msg--own:not(.msg--pending)'),
      )
      if (own !== undefined) act('edit', own)
    },
    act,
    react: setEmoji,
    copy,
  }
}

/** Where a finger rests; the editor keeps what browsers do there. */
function pressedRow(target: EventTarget | null): HTMLElement | null {
  const isEditor = target instanceof Element && target.closest('.editor, .editor__foot') !== null
  return isEditor ? null : rowOf(target)
}

async function edit(page: Page, row: HTMLElement, send: Requests['send']): Promise<void> {
  if (row.querySelector('.editor') !== null) return
  const content = await fetchContent(page, row)
  if (content === null) return showToast(page.words.notConnected)
  startEditing(page, row, content, (text) =>
    send({ type: 'message.edit', ...placeOf(row), content: text }),
  )
}

/** The words as they were typed: the page has only what became of them. */
async function fetchContent(page: Page, row: HTMLElement): Promise<string | null> {
  const { room, seq } = placeOf(row)
  const path = `${createPaths(page.base).older(room, seq + 1)}&limit=1`
  const headers = { Accept: 'application/json' }
  const answer = await fetch(path, { headers }).catch(() => null)
  const { messages }: { messages?: { seq: number; content: string }[] } =
    (await answer?.json().catch(() => ({}))) ?? {}
  const [message] = messages ?? []
  return message?.seq === seq ? message.content : null
}
