/** What the hosts of a room set for everybody who is in it. */
export type Switches = {
  writers: 'everybody' | 'hosts'
  /** Between two messages of one person who is not a host; 0 is off. */
  slowMs: number
  /** Nobody new comes in. */
  isLocked: boolean
}

export const slowChoices = [0, 5_000, 30_000, 300_000]

/** For how long somebody can be muted. */
export const muteChoices = [5 * 60_000, 3_600_000, 8 * 3_600_000, 7 * 86_400_000]

/** Why somebody may not write in a room, or may not write privately to somebody. */
export type HoldCode =
  'room_archived' | 'muted' | 'hosts_only' | 'slow' | 'private_off' | 'private_hosts'

/** What one member has to know of it. Times are left over, as the clocks of browsers differ. */
export type RoomHold = {
  writers: Switches['writers']
  slow_ms: number
  locked: boolean
  archived: boolean
  muted_ms: number
  muted_why: string
  /** Until the next message in a slow room. */
  wait_ms: number
  /** Of a direct room: what the server's setting forbids. */
  direct: 'private_off' | 'private_hosts' | null
}

/** Why a member may not write now, and for how long; 0 until something changes. */
export function whyHeld(hold: RoomHold, isHost: boolean): { code: HoldCode; ms: number } | null {
  if (hold.archived) return { code: 'room_archived', ms: 0 }
  if (hold.muted_ms > 0) return { code: 'muted', ms: hold.muted_ms }
  if (hold.direct !== null) return { code: hold.direct, ms: 0 }
  if (isHost) return null
  if (hold.writers === 'hosts') return { code: 'hosts_only', ms: 0 }
  return hold.wait_ms > 0 ? { code: 'slow', ms: hold.wait_ms } : null
}
