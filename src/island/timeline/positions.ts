import type { Positions } from '../app'

/** `ahead`: revisions after a gap. */
type Position = { known: number; ahead: Set<number>; isRequested: boolean }

/** Revisions of a room are contiguous; `onGap` requests what came after the last complete one. */
export function createPositions(onGap: (room: number, after: number) => void): Positions {
  const positions = new Map<number, Position>()
  // The newest revision of rooms whose list is not on the page yet.
  const early = new Map<number, number>()
  const request = (room: number, position: Position): void => {
    if (position.isRequested) return
    position.isRequested = true
    onGap(room, position.known)
  }
  const advance = (position: Position): void => {
    while (position.ahead.delete(position.known + 1)) position.known += 1
  }
  return {
    known: (room) => positions.get(room)?.known ?? 0,
    set(room, known) {
      const before = positions.get(room)
      const heard = before === undefined ? [early.get(room) ?? 0] : [before.known, ...before.ahead]
      early.delete(room)
      const position = { known, ahead: new Set<number>(), isRequested: false }
      positions.set(room, position)
      // A fresh list may be older than what arrived while it was fetched.
      if (Math.max(...heard) > known) request(room, position)
    },
    readAt(room, revision) {
      const position = positions.get(room)
      if (position === undefined || !(revision < position.known)) return
      position.known = revision
      // An answer that is on its way is about later changes.
      position.isRequested = false
      request(room, position)
    },
    heard(room, revision) {
      const position = positions.get(room)
      if (position === undefined) early.set(room, Math.max(revision, early.get(room) ?? 0))
      if (position === undefined || revision <= position.known) return
      position.ahead.add(revision)
      advance(position)
      if (position.known < revision) request(room, position)
    },
    caughtUp(room, after, revision) {
      const position = positions.get(room)
      if (position === undefined) return
      position.isRequested = false
      if (after <= position.known) position.known = Math.max(position.known, revision)
      for (const each of position.ahead) if (each <= position.known) position.ahead.delete(each)
      advance(position)
      if (position.ahead.size > 0) request(room, position)
    },
    compare(room, head) {
      const position = positions.get(room)
      if (position !== undefined && head > position.known) request(room, position)
    },
    interrupted() {
      for (const position of positions.values()) position.isRequested = false
    },
  }
}
