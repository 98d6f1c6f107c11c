import type { Positions } from '../app'
type Position = { known: number; ahead: Set<number>; isAsking: boolean }

/**
 * Keeps the positions of all rooms. Revisions are contiguous, so a hole is seen by comparing whole
 * numbers; `onGap` requests the server for what came after the last sure one.
 */
export function createPositions(onGap: (room: number, after: number) => void): Positions {
  const positions = new Map<number, Position>()
  /** The newest that was heard of rooms whose list is not on the page yet. */
  const early = new Map<number, number>()
  const of = (room: number): Position | undefined => positions.get(room)
  const ask = (room: number, position: Position): void => {
    if (position.isAsking) return
    position.isAsking = true
    onGap(room, position.known)
  }
  const advance = (position: Position): void => {
    while (position.ahead.delete(position.known + 1)) position.known += 1
  }
  return {
    known: (room) => of(room)?.known ?? 0,
    set(room, known) {
      const before = of(room)
      const heard = before === undefined ? [early.get(room) ?? 0] : [before.known, ...before.ahead]
      const head = Math.max(...heard)
      early.delete(room)
      const position = { known, ahead: new Set<number>(), isAsking: false }
      positions.set(room, position)
      // A fresh list may be older than what was heard while it was fetched.
      if (head > known) ask(room, position)
    },
    readAt(room, revision) {
      const position = of(room)
      if (position === undefined || !(revision < position.known)) return
      position.known = revision
      ask(room, position)
    },
    heard(room, revision) {
      const position = of(room)
      if (position === undefined) early.set(room, Math.max(revision, early.get(room) ?? 0))
      if (position === undefined || revision <= position.known) return
      position.ahead.add(revision)
      advance(position)
      if (position.known < revision) ask(room, position)
    },
    caughtUp(room, after, revision) {
      const position = of(room)
      if (position === undefined) return
      position.isAsking = false
      if (after <= position.known) position.known = Math.max(position.known, revision)
      for (const early of position.ahead) {
        if (early <= position.known) position.ahead.delete(early)
      }
      advance(position)
      if (position.ahead.size > 0) ask(room, position)
    },
    compare(room, head) {
      const position = of(room)
      if (position !== undefined && head > position.known) ask(room, position)
    },
    interrupted() {
      for (const position of positions.values()) position.isAsking = false
    },
  }
}
