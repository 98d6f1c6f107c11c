import { uptime } from 'node:os'
import { faultOf } from '../../server/log'
import type { Chat } from '../chat'

const lookMs = 2_000
/** Clocks that are put right by less are left alone. */
const jumpMsMin = 60_000
/** Between two looks, and what the two clocks differ. */
const slackMs = 5_000
/** Before this program existed; a machine without a battery starts in 1970. */
const earliest = Date.UTC(2026, 10, 1)

/**
 * Compares the clock with the time that the machine runs, which includes sleep, and corrects what
 * this process wrote with a clock that is known to have been wrong: one that was behind what is
 * stored, when it jumps ahead; and what lies in the future, when it jumps back. Gives its end.
 */
export function watchClock(
  chat: Pick<Chat, 'now' | 'store' | 'log'>,
  runsMs: () => number = () => uptime() * 1000,
): { look: () => Promise<void>; stop: () => void } {
  const before = chat.store.times.newest()
  /** When this process began, by the clock as it is now. */
  let startedAt = chat.now()
  let last = { now: startedAt, runs: runsMs() }
  let isBehind: boolean | null = null
  const look = async (): Promise<void> => {
    const [now, runs] = [chat.now(), runsMs()]
    const byMs = now - last.now - (runs - last.runs)
    last = { now, runs }
    const { id: afterId, at } = await before
    const floor = Math.max(earliest, at ?? 0)
    isBehind ??= startedAt < floor
    if (Math.abs(byMs) < jumpMsMin || (byMs > 0 && !isBehind)) return
    const [from, to] =
      byMs > 0 ? [startedAt - slackMs, now - byMs + slackMs] : [now + slackMs, now - byMs + slackMs]
    startedAt += byMs
    isBehind = now < floor
    const size = await chat.store.times.correct({ afterId, from, to, byMs })
    chat.log('clock.jumped', { ms: Math.round(byMs), size })
  }
  const timer = setInterval(() => {
    look().catch((fault) => chat.log('clock.failed', { fault: faultOf(fault) }))
  }, lookMs)
  return { look, stop: () => clearInterval(timer) }
}
