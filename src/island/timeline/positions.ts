/** `ahead`: revisions after a gap. */
type Position = { known: number; ahead: Set<number>; isRequested: boolean }

export type Positions = ReturnType<typeof createPositions>

/**
 * Up to which revision each room is complete on this page. Revisions of a room are contiguous;
 * `onGap` requests what came after the last complete one.
 */
export function createPositions(onGap: (room: number, after: number) => void) {
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
    known: (room: number): number => positions.get(room)?.known ?? 0,
    set(room: number, known: number): void {
      const before = positions.get(room)
      const heard = before === undefined ? [early.get(room) ?? 0] : [before.known, ...before.ahead]
      early.delete(room)
      const position = { known, ahead: new Set<number>(), isRequested: false }
      positions.set(room, position)
      // A fresh list may be older than what arrived while it was fetched.
      if (Math.max(...heard) > known) request(room, position)
    },
    /** Rows were rendered at this revision: what arrived meanwhile may be missing in them. */
    readAt(room: number, revision: number): void {
      const position = positions.get(room)
      if (position === undefined || !(revision < position.known)) return
      position.known = revision
      // An answer that is on its way is about later changes.
      position.isRequested = false
      request(room, position)
    },
    /** A change with this revision arrived; a gap before it is requested once. */
    heard(room: number, revision: number): void {
      const position = positions.get(room)
      if (position === undefined) early.set(room, Math.max(revision, early.get(room) ?? 0))
      if (position === undefined || revision <= position.known) return
      position.ahead.add(revision)
      advance(position)
      if (position.known < revision) request(room, position)
    },
    caughtUp(room: number, after: number, revision: number): void {
      const position = positions.get(room)
      if (position === undefined) return
      position.isRequested = false
      if (after <= position.known) position.known = Math.max(position.known, revision)
      for (const each of position.ahead) if (each <= position.known) position.ahead.delete(each)
      advance(position)
      if (position.ahead.size > 0) request(room, position)
    },
    compare(room: number, head: number): void {
      const position = positions.get(room)
      if (position !== undefined && head > position.known) request(room, position)
    },
    interrupted(): void {
      for (const position of positions.values()) position.isRequested = false
    },
  }
}
