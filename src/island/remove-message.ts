import type { Asks } from './asks'
import type { Page } from './page'
import { placeOf } from './rows'
import { showUndo } from './toast'

const undoMs = 10_000

/** It is gone from this page at once, and from the server when nobody took that back in time. */
export function removeSoon(page: Page, row: HTMLElement, ask: Asks['ask']): void {
  const frame = { type: 'message.delete', ...placeOf(row) }
  const restore = (): void => document.getElementById(row.id)?.removeAttribute('hidden')
  row.hidden = true
  const settle = (): void => {
    removeEventListener('pagehide', finish)
    clearTimeout(timer)
  }
  const finish = (): void => {
    settle()
    void ask(frame).then((isGone) => void (isGone || restore()))
  }
  const timer = setTimeout(finish, undoMs)
  addEventListener('pagehide', finish)
  showUndo(page.words.deleted, page.words.undo, undoMs, () => {
    settle()
    restore()
  })
}
