import type { Keeper, Place, Timeline } from '../app'
import { element } from '../ui/dom'
import { currentRoom, placedRows, seqOf } from '../ui/rows'
import { fieldsOf, hasShape } from '../ui/shape'

/** Where the reader is in the history, as the row that is first in view. */
export function createPlace(timeline: Timeline): Omit<Keeper, 'row'> {
  const box = element('log', HTMLElement)
  const below = (row: HTMLElement): number =>
    Math.round(row.getBoundingClientRect().top - box.getBoundingClientRect().top)
  let next: Place | null = null
  const toPlace = ({ room, seq, top }: Place): boolean => {
    const [first, ...others] = placedRows()
    // The message may be deleted: then the next one is there.
    const row = [first, ...others].find((one) => one !== undefined && seqOf(one) >= seq)
    const isStart = document.getElementById('older') === null
    const isLoaded = first !== undefined && (isStart || row !== first || seqOf(first) === seq)
    if (room !== currentRoom() || row === undefined || !isLoaded) return false
    timeline.toRow(row, top)
    return true
  }
  return {
    noted(state) {
      const { place } = fieldsOf(state)
      return hasShape(place, { room: 'number', seq: 'number', top: 'number' }) ? place : null
    },
    showNextAt: (place) => void (next = place),
    isShown() {
      // Back may come while another room is being put in: the place is for the list after that.
      if (next === null || next.room !== currentRoom()) return false
      const isShown = toPlace(next)
      next = null
      return isShown
    },
    toPlace,
    place(seq) {
      if (seq === undefined && timeline.isFollowing()) return null
      const row = placedRows().find((one) =>
        seq === undefined ? below(one) + one.offsetHeight > 0 : seqOf(one) === seq,
      )
      if (row === undefined || !Number.isFinite(seqOf(row))) return null
      return { room: currentRoom(), seq: seqOf(row), top: below(row) }
    },
  }
}

const restMs = 200

/** Notes the place in the browser's history, so that Back leads to it. */
export function notePlace({ place }: Pick<Keeper, 'place'>): void {
  let timer: Timer | undefined
  const note = (): void => {
    if (timer === undefined) return
    clearTimeout(timer)
    timer = undefined
    history.replaceState({ ...fieldsOf(history.state), place: place() }, '')
  }
  const noteSoon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(note, restMs)
  }
  element('log', HTMLElement).addEventListener('scroll', noteSoon, { passive: true })
  // The next act may lead away.
  for (const type of ['click', 'keydown']) addEventListener(type, note, { capture: true })
}
