import type { Requests } from '../app'
import { passFocus } from '../ui/focus'
import type { Page } from '../ui/page'
import { placeOf } from '../timeline/rows'
import { showUndo } from '../ui/toast'

const undoMs = 10_000

/**
 * Takes a message back: it is gone from this page at once, and from the server when nobody undid
 * that in time. `hide` takes the row out of the list and gives the way back.
 */
export function removeSoon(
  page: Page,
  row: HTMLElement,
  send: Requests['send'],
  hide: (row: HTMLElement) => () => void,
): void {
  const frame = { type: 'message.delete' as const, ...placeOf(row) }
  passFocus(row.closest<HTMLElement>('.slip') ?? row)
  const restore = hide(row)
  const settle = (): void => {
    removeEventListener('pagehide', finish)
    clearTimeout(timer)
  }
  const finish = (): void => {
    settle()
    void send(frame).then((isGone) => void (isGone || restore()))
  }
  const timer = setTimeout(finish, undoMs)
  addEventListener('pagehide', finish)
  showUndo(page.words.deleting, page.words.undo, undoMs, () => {
    settle()
    restore()
  })
}
