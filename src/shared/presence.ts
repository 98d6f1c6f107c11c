import type { PresenceState } from './protocol'

/**
 * The share of one person in the checksum of who is online in a room. A page compares the sum over
 * its list with the server's: where they differ, the list is fetched again.
 */
export function presenceWeight(id: number, state: PresenceState): number {
  if (state === 'offline') return 0
  let hash = Math.imul(id, 0x9e3779b1) ^ (state === 'away' ? 0x7f4a7c15 : 0)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** The checksum with one more share, or with one less where it is negative. */
export function addWeight(checksum: number, weight: number): number {
  return (checksum + weight) >>> 0
}

/** Orders texts by their code points, as SQLite does: negative when `a` comes first. */
export function compareByCodePoint(a: string, b: string): number {
  const end = Math.min(a.length, b.length)
  for (let at = 0; at < end; at += 1) {
    const [unit, other] = [a.charCodeAt(at), b.charCodeAt(at)]
    if (unit !== other) return rankOf(unit) - rankOf(other)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all single units. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit
}
