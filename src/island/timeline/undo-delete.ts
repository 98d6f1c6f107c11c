import { placeOf } from '../ui/rows'
import { frameOf } from './private-notes'

/** Rows that are out of the list while their deletion can be undone. */
export type UndoDelete = {
  /** Removes a row; the returned function puts its newest state back in its place. */
  hide: (row: HTMLElement) => () => void
  /** True when the row is hidden: its newest state is kept for an undo. */
  update: (row: HTMLElement) => boolean
  /** The message was deleted for good. */
  forget: (room: number, seq: number) => void
  /** Another list is on the page: what is hidden is hidden in it, too. */
  hideAgain: () => void
}

/** `frame` is the row, or the note around it; the mark keeps its place in the list. */
type Hidden = { mark: Comment; frame: HTMLElement; row: HTMLElement }

/** `onChange` is called when rows were hidden or put back. */
export function createUndoDelete(onChange: () => void): UndoDelete {
  const hidden = new Map<string, Hidden>()
  const hide = (row: HTMLElement): void => {
    const frame = frameOf(row)
    const mark = document.createComment('')
    frame.replaceWith(mark)
    hidden.set(row.id, { mark, frame, row })
  }
  return {
    hide(row) {
      hide(row)
      onChange()
      return () => {
        const kept = hidden.get(row.id)
        hidden.delete(row.id)
        kept?.mark.replaceWith(kept.frame)
        onChange()
      }
    },
    update(row) {
      const kept = hidden.get(row.id)
      if (kept === undefined) return false
      if (kept.frame === kept.row) kept.frame = row
      else kept.row.replaceWith(row)
      kept.row = row
      return true
    },
    forget(room, seq) {
      for (const [id, { mark, row }] of hidden) {
        const place = placeOf(row)
        if (place.room !== room || place.seq !== seq) continue
        mark.remove()
        hidden.delete(id)
      }
    },
    hideAgain() {
      for (const id of hidden.keys()) {
        const row = document.getElementById(id)
        if (row !== null) hide(row)
      }
    },
  }
}
