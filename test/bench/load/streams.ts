import type { Faults } from './plan'

/** Which message: its sender, the sender's own count, and when it was meant to leave (µs). */
export type Mark = { sender: number; n: number; at: number }

/** Text that carries a mark through JSON and HTML unchanged. */
export function marked({ sender, n, at }: Mark, text: string): string {
  return `M=${sender}.${n}.${at}; ${text}`
}

const pattern = /M=(\d+)\.(\d+)\.(\d+);/g

/** All marks in a frame, whatever surrounds them. */
export function marksIn(payload: Buffer): Mark[] {
  const found = payload.toString('latin1').matchAll(pattern)
  return Array.from(found, ([, sender, n, at]) => {
    return { sender: Number(sender), n: Number(n), at: Number(at) }
  })
}

type Of = (reader: number) => number

/**
 * Checks every stream from a sender to a reader: each message once and in order. Readers of a group
 * get the same bytes, so a frame is taken apart once and recognised by the others; a reader whose
 * frames are cut differently is read by itself.
 */
export function createStreams(readers: number, senders: number, roomOf: Of, groupOf = roomOf) {
  const last = Array.from({ length: readers }, () => new Int32Array(senders))
  const missing = new Map<string, Set<number>>()
  const faults = { doubled: 0, reordered: 0, strayed: 0 }
  const frames = new Map<number, Shared>()
  const next = new Int32Array(readers)
  let received = 0

  const read = (reader: number, payload: Buffer): Mark[] => {
    const shared = frames.get(groupOf(reader)) ?? { first: 0, payloads: [], marks: [] }
    frames.set(groupOf(reader), shared)
    const place = (next[reader] ?? 0) - shared.first
    const same = shared.payloads[place]
    if (same?.equals(payload)) {
      next[reader] = (next[reader] ?? 0) + 1
      return shared.marks[place] ?? []
    }
    const marks = marksIn(payload)
    if (marks.length === 0) return marks
    if (place <= shared.payloads.length) next[reader] = (next[reader] ?? 0) + 1
    if (place === shared.payloads.length) {
      shared.payloads.push(Buffer.from(payload))
      shared.marks.push(marks)
      if (shared.payloads.length > 2 * framesKept) forget(shared)
    }
    return marks
  }

  const check = (reader: number, { sender, n }: Mark): void => {
    const seen = last[reader]
    if (seen === undefined || roomOf(sender) !== roomOf(reader)) return void (faults.strayed += 1)
    const before = seen[sender] ?? 0
    if (n === before + 1) {
      seen[sender] = n
      received += 1
      return
    }
    const holes = holesOf(missing, reader, sender)
    if (n > before) {
      for (let hole = before + 1; hole < n; hole += 1) holes.add(hole)
      seen[sender] = n
      received += 1
    } else if (holes.delete(n)) {
      faults.reordered += 1
      received += 1
    } else faults.doubled += 1
  }

  return {
    /** What a frame tells this reader, checked. */
    hear(reader: number, payload: Buffer): Mark[] {
      const marks = read(reader, payload)
      for (const mark of marks) check(reader, mark)
      return marks
    },
    received: () => received,
    faults: (expected: number): Faults => ({ ...faults, lost: expected - received }),
  }
}

const framesKept = 10_000

type Shared = { first: number; payloads: Buffer[]; marks: Mark[][] }

function forget(shared: Shared): void {
  shared.payloads.splice(0, framesKept)
  shared.marks.splice(0, framesKept)
  shared.first += framesKept
}

function holesOf(missing: Map<string, Set<number>>, reader: number, sender: number): Set<number> {
  const key = `${reader} ${sender}`
  const holes = missing.get(key) ?? new Set()
  missing.set(key, holes)
  return holes
}
