/** Messages that somebody is taking back: out of the list while that can still be undone. */
export type Leaving = {
  /** Takes a row out; the returned function puts it back where it was, as it is by then. */
  take: (row: HTMLElement) => () => void
  /** True when the row that arrived is out: its newest state is kept for when it is put back. */
  keeps: (row: HTMLElement) => boolean
  /** It is gone for good. */
  forget: (room: number, seq: number) => void
  /** Another list is on the page: what is being taken back stands in it again, and goes. */
  retake: () => void
}

/** `part` is the row, or the paper around a private one; the mark keeps its place. */
type Out = { mark: Comment; part: HTMLElement; row: HTMLElement }

/** Makes the keeper; `onChange` is called when rows were taken out or put back. */
export function createLeaving(onChange: () => void): Leaving {
  const outs = new Map<string, Out>()
  const hide = (row: HTMLElement): void => {
    const part = row.closest<HTMLElement>('.slip') ?? row
    const mark = document.createComment('')
    part.replaceWith(mark)
    outs.set(row.id, { mark, part, row })
  }
  return {
    take(row) {
      hide(row)
      onChange()
      return () => {
        const out = outs.get(row.id)
        outs.delete(row.id)
        out?.mark.replaceWith(out.part)
        onChange()
      }
    },
    keeps(row) {
      const out = outs.get(row.id)
      if (out === undefined) return false
      if (out.part === out.row) out.part = row
      else out.row.replaceWith(row)
      out.row = row
      return true
    },
    forget(room, seq) {
      for (const [id, { mark, row }] of outs) {
        if (Number(row.dataset.room) !== room || Number(row.dataset.seq) !== seq) continue
        mark.remove()
        outs.delete(id)
      }
    },
    retake() {
      for (const id of outs.keys()) {
        const row = document.getElementById(id)
        if (row !== null) hide(row)
      }
    },
  }
}
