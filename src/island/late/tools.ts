import { createPaths } from '../../paths'
import type { Asks } from '../asks'
import { element, type Page } from '../page'
import { startEditing } from '../edit-message'
import { rowsOf } from '../rows'
import { showToast, showUndo } from '../toast'

export type MessageTools = {
  /** Changes the last message of my own, if there is one on the page. */
  editLast: () => void
}

const barPx = 24

/** One toolbar for all messages: it stands at the one that is pointed at or has the focus. */
export function createMessageTools(page: Page, asks: Asks): MessageTools {
  const bar = element('tools', HTMLElement)
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
    startEditing(page, row, content, (text) =>
      asks.ask({ type: 'message.edit', ...placeOf(row), content: text }),
    )
  }
  const acts: Record<string, (row: HTMLElement) => void> = {
    copy: (row) => copy(page, row),
    edit: (row) => void edit(row),
    delete: (row) => removeSoon(page, row, asks),
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
function removeSoon(page: Page, row: HTMLElement, asks: Asks): void {
  const frame = { type: 'message.delete', ...placeOf(row) }
  const restore = (): void => document.getElementById(row.id)?.removeAttribute('hidden')
  row.hidden = true
  const settle = (): void => {
    removeEventListener('pagehide', finish)
    clearTimeout(timer)
  }
  const finish = (): void => {
    settle()
    void asks.ask(frame).then((isGone) => void (isGone || restore()))
  }
  const timer = setTimeout(finish, undoMs)
  addEventListener('pagehide', finish)
  showUndo(page.words.deleted, page.words.undo, undoMs, () => {
    settle()
    restore()
  })
}
