import { createPaths } from '../paths'
import type { AcceptedEvent, RefusedEvent } from '../chat/events'
import { newId } from './new-id'
import { element, type Page } from './page'
import { startEditing } from './edit-message'
import { rowsOf } from './rows'
import { showToast, showUndo } from './toast'

export type MessageTools = {
  /** Changes the last message of my own; false when there is none on the page. */
  editLast: () => boolean
  onAccepted: (accepted: AcceptedEvent) => void
  /** True when it was about a change that was asked for here. */
  onRefused: (refused: RefusedEvent) => boolean
}

/** What was asked of the server and not answered yet, by the id of the request. */
type Asked = Map<string, { accepted: () => void; refused: () => void }>

const barPx = 24

/** One toolbar for all messages: it stands at the one that is pointed at or has the focus. */
export function createMessageTools(page: Page, send: (frame: object) => boolean): MessageTools {
  const bar = element('tools', HTMLElement)
  const asked: Asked = new Map()
  let current: HTMLElement | null = null
  const show = (row: HTMLElement | null): void => {
    current = row?.classList.contains('msg--editing') === true ? null : row
    bar.hidden = current === null
    if (row === null || current === null) return
    standAt(bar, row)
  }
  const edit = async (row: HTMLElement): Promise<void> => {
    show(null)
    if (row.querySelector('.editor') !== null) return
    const content = await fetchContent(page, row)
    if (content === null) return showToast(page.words.notConnected)
    startEditing(page, row, content, (clientId, text, editor) => {
      const { room, seq } = placeOf(row)
      asked.set(clientId, { accepted: editor.close, refused: () => {} })
      const frame = { type: 'message.edit', room, seq, content: text, client_id: clientId }
      if (!send(frame)) showToast(page.words.notConnected)
    })
  }
  const acts: Record<string, (row: HTMLElement) => void> = {
    copy: (row) => copy(page, row),
    edit: (row) => void edit(row),
    delete: (row) => removeSoon(page, row, asked, send),
  }
  watchPointer(bar, show)
  bar.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest<HTMLElement>('[data-tool]') : null
    if (button !== null && current !== null) acts[button.dataset.tool ?? '']?.(current)
  })
  return {
    editLast() {
      const own = rowsOf(element('timeline', HTMLElement)).findLast((row) =>
        row.matches('.msg--own:not(.msg--pending)'),
      )
      if (own !== undefined) void edit(own)
      return own !== undefined
    },
    onAccepted({ client_id }) {
      asked.get(client_id)?.accepted()
      asked.delete(client_id)
    },
    onRefused({ client_id, reason }) {
      const wish = asked.get(client_id ?? '')
      if (client_id === null || wish === undefined) return false
      asked.delete(client_id)
      wish.refused()
      showToast(reason)
      return true
    },
  }
}

/** Offers what one may do with this message, beside it. */
function standAt(bar: HTMLElement, row: HTMLElement): void {
  const isOwn = row.classList.contains('msg--own')
  const isOwner = element('timeline', HTMLElement).dataset.role === 'owner'
  tool(bar, 'edit').hidden = !isOwn
  tool(bar, 'delete').hidden = !isOwn && !isOwner
  const chat = bar.parentElement?.getBoundingClientRect().top ?? 0
  const log = element('log', HTMLElement).getBoundingClientRect().top
  // Never over the head of the room, however far up the message begins.
  const top = Math.max(row.getBoundingClientRect().top, log + barPx)
  bar.style.top = `${top - chat}px`
}

function tool(bar: HTMLElement, name: string): HTMLElement {
  const found = bar.querySelector<HTMLElement>(`[data-tool=${name}]`)
  if (found === null) throw new Error(`the toolbar has no ${name}`)
  return found
}

/** Follows the pointer and the focus; scrolling moves the messages away from under it. */
function watchPointer(bar: HTMLElement, show: (row: HTMLElement | null) => void): void {
  const rowOf = (target: EventTarget | null): HTMLElement | null =>
    target instanceof Element
      ? target.closest<HTMLElement>('#timeline > .msg:not(.msg--pending)')
      : null
  const log = element('log', HTMLElement)
  log.addEventListener('pointerover', ({ target }) => show(rowOf(target)))
  log.addEventListener('focusin', ({ target }) => show(rowOf(target)))
  log.addEventListener('scroll', () => show(null), { passive: true })
  element('log', HTMLElement).addEventListener('pointerleave', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && bar.contains(relatedTarget))) show(null)
  })
}

function placeOf(row: HTMLElement): { room: number; seq: number } {
  return { room: Number(row.dataset.room), seq: Number(row.dataset.seq) }
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

/** On plain HTTP there is no clipboard to write to, but there is an old way. */
function copy(page: Page, row: HTMLElement): void {
  const field = document.createElement('textarea')
  field.className = 'vh'
  field.value = row.querySelector<HTMLElement>('.msg__body')?.innerText ?? ''
  row.append(field)
  field.select()
  document.execCommand('copy')
  field.remove()
  showToast(page.words.copied)
}

const undoMs = 10_000

/** It is gone from this page at once, and from the server when nobody took that back in time. */
function removeSoon(
  page: Page,
  row: HTMLElement,
  asked: Asked,
  send: (frame: object) => boolean,
): void {
  const clientId = newId()
  const frame = { type: 'message.delete', ...placeOf(row), client_id: clientId }
  const restore = (): void => document.getElementById(row.id)?.removeAttribute('hidden')
  row.hidden = true
  const finish = (): void => {
    removeEventListener('pagehide', finish)
    clearTimeout(timer)
    asked.set(clientId, { accepted: () => {}, refused: restore })
    if (send(frame)) return
    asked.delete(clientId)
    restore()
    showToast(page.words.notConnected)
  }
  const timer = setTimeout(finish, undoMs)
  addEventListener('pagehide', finish)
  showUndo(page.words.deleted, page.words.undo, undoMs, () => {
    removeEventListener('pagehide', finish)
    clearTimeout(timer)
    restore()
  })
}
