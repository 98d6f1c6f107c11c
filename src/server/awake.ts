/** A process that was silent for longer was stopped, or its machine slept. */
const lateMs = 5_000
const lookMs = 2_000

export type Awake = {
  /** Milliseconds since a monotonic moment, or since the process woke up, whichever is later. */
  since: (moment: number) => number
  /** Calls `work` after so long, and gives a full interval again after waking; gives its end. */
  after: (ms: number, work: () => void) => () => void
}

/**
 * Measures waits for others in time in which they could be heard: on waking all timers are due
 * before the bytes that wait are read, and nobody was silent meanwhile.
 */
export function createAwake(clock: () => number = () => performance.now()): Awake {
  let seenAt = clock()
  let wokeAt = Number.NEGATIVE_INFINITY
  const look = (): number => {
    const now = clock()
    if (now - seenAt > lateMs) wokeAt = now
    seenAt = now
    return now
  }
  setInterval(look, lookMs).unref()
  const since = (moment: number): number => look() - Math.max(moment, wokeAt)
  return {
    since,
    after(ms, work) {
      const startedAt = look()
      let timer: Timer
      const wait = (left: number): void => {
        timer = setTimeout(() => {
          const more = ms - since(startedAt)
          // Timers may run a little early.
          if (more > 1) wait(more)
          else work()
        }, left)
      }
      wait(ms)
      return () => clearTimeout(timer)
    },
  }
}

/** That of this process. */
export const awake = createAwake()
