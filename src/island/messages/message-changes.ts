import { limits } from '../../shared/limits'
import { latePaths } from '../../shared/paths'
import { plural } from '../../shared/text'
import type { App } from '../app'
import { element, make, makeButton } from '../ui/dom'
import { isComposing, isSending, isTouch } from '../ui/keys'
import type { Page } from '../ui/page'
import { passFocus, placeOf, revisionOf } from '../ui/rows'
import { showToast, showUndo } from '../ui/toast'

type Needs = Pick<App, 'page' | 'requests' | 'timeline'>

/**
 * Edits a message in place: Enter saves, Escape cancels, and both are buttons, too. The editor
 * stays until the server has accepted, so that a refused text is not lost. False without one.
 */
export async function editMessage(needs: Needs, row: HTMLElement): Promise<boolean> {
  const { page, requests } = needs
  const { words } = page
  const content = await fetchContent(page, row)
  if (content === null) showToast(words.notConnected)
  // Its list may not be on the page any more.
  if (content === null || !row.isConnected) return false
  const known = row.querySelector<HTMLElement>('.editor')
  known?.focus()
  if (known !== null) return true
  const look = { class: 'editor', dir: 'auto', 'aria-label': words.editLabel }
  const field = make('textarea', look)
  // `rescueEdits` compares with it.
  field.defaultValue = content
  const close = (): void => {
    field.remove()
    foot.remove()
    row.classList.remove('msg--editing')
    row.dispatchEvent(new Event('edited'))
    element('content', HTMLElement).focus()
  }
  const submit = async (): Promise<void> => {
    const text = field.value.replace(/\s+$/, '')
    const excess = text.length - limits.messageUnitsMax
    if (excess > 0) return showToast(plural(page.language, excess, words.tooLong))
    const hasFiles = row.querySelector('.files') !== null
    if (text === '' && !hasFiles) return showToast(words.editEmpty)
    const frame = { type: 'message.edit' as const, ...placeOf(row), content: text }
    if (text === content || (await requests.send(frame))) close()
  }
  const [enter, escape] = isTouch() ? ['', ''] : [' (Enter)', ' (Esc)']
  const save = makeButton({}, words.saveEdit + enter, () => void submit())
  const foot = make('p', { class: 'editor__foot' }, save)
  foot.append(makeButton({}, words.leaveEdit + escape, close))
  field.addEventListener('keydown', (event) => {
    if (isComposing(event)) return
    const isSave = event.key === 'Enter' && !event.shiftKey && isSending(event)
    if (!isSave && event.key !== 'Escape') return
    event.preventDefault()
    if (isSave) void submit()
    else close()
  })
  row.classList.add('msg--editing')
  row.querySelector('.msg__body')?.after(field, foot)
  field.focus()
  field.setSelectionRange(content.length, content.length)
  return true
}

/** The text as it was typed, which the rendered row does not have. */
async function fetchContent(page: Page, row: HTMLElement): Promise<string | null> {
  const { room, seq } = placeOf(row)
  const path = `${latePaths(page.base).older(room, seq + 1)}&limit=1`
  const answer = await fetch(path, { headers: { Accept: 'application/json' } }).catch(() => null)
  const body: { messages?: { seq: number; content: string }[] } | undefined = await answer
    ?.json()
    .catch(() => undefined)
  const [message] = body?.messages ?? []
  return message?.seq === seq ? message.content : null
}

const undoMs = 10_000

/** Deletes a message: hidden on this page at once, deleted on the server unless that is undone. */
export function deleteMessage({ page, requests, timeline }: Needs, row: HTMLElement): void {
  const frame = { type: 'message.delete' as const, ...placeOf(row) }
  passFocus(row.closest<HTMLElement>('.private-note') ?? row)
  const restore = timeline.hide(row)
  const stop = (): void => {
    removeEventListener('pagehide', finish)
    clearTimeout(timer)
  }
  const finish = (): void => {
    stop()
    void requests.send(frame).then((isDeleted) => void (isDeleted || restore()))
  }
  const timer = setTimeout(finish, undoMs)
  addEventListener('pagehide', finish)
  showUndo(page.words.deleting, page.words.undo, undoMs, () => {
    stop()
    restore()
    row.focus({ preventScroll: true })
  })
}

/** Adds or removes my emoji: shown at once, and undone when the server refuses. */
export async function react({ page, requests }: Needs, row: HTMLElement, emoji: string) {
  const active = chipOf(row, emoji)?.getAttribute('aria-pressed') !== 'true'
  const revision = revisionOf(row)
  showReaction(page, row, emoji, active)
  const frame = { type: 'reaction.set' as const, ...placeOf(row), emoji, active }
  const isAccepted = await requests.send(frame)
  // A newer row shows the server's state already.
  if (!isAccepted && revisionOf(row) === revision) showReaction(page, row, emoji, !active)
}

function chipOf(row: HTMLElement, emoji: string): HTMLElement | undefined {
  const chips = row.querySelectorAll<HTMLElement>('.reaction')
  return [...chips].find((chip) => chip.dataset.emoji === emoji)
}

function showReaction(page: Page, row: HTMLElement, emoji: string, isActive: boolean): void {
  const chip = chipOf(row, emoji) ?? addChip(row, emoji)
  const me = String(page.user?.id)
  const others = (chip.dataset.people ?? '').split(' ').filter((id) => id !== '' && id !== me)
  chip.dataset.people = (isActive ? [...others, me] : others).join(' ')
  chip.setAttribute('aria-pressed', String(isActive))
  const count = chip.querySelector('span')
  const people = Number(count?.textContent) + (isActive ? 1 : -1)
  count?.replaceChildren(String(people))
  if (people > 0) return
  if (chip === document.activeElement) row.focus({ preventScroll: true })
  chip.remove()
  row.querySelector('.reactions:empty')?.remove()
}

/** The elements of views/messages/message.tsx; the server's row replaces them. */
function addChip(row: HTMLElement, emoji: string): HTMLElement {
  const attributes = { type: 'button', class: 'reaction', 'data-emoji': emoji }
  const chip = make('button', attributes, emoji, ' ', make('span', {}, '0'))
  const line = row.querySelector('.reactions') ?? make('div', { class: 'reactions' })
  line.append(chip)
  if (!line.isConnected) row.querySelector('.msg__main')?.append(line)
  return chip
}
