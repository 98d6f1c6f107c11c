import { serverLimits } from './limits'

/** Measures how fast a client takes or sends bytes; only the time it is waited for counts. */
type RateWatch = {
  /** The client is waited for from now on. */
  wait: () => void
  /** So many bytes moved, and the client is not waited for any more. */
  moved: (bytes: number) => void
  /**
   * Whether the client moved fewer than `slowBytesPerSecond` over the last `slowMs` or more. To be
   * asked again and again; each such span is judged once.
   */
  isSlow: () => boolean
}

/** Makes the watch of one transfer, on monotonic time. */
export function watchRate(clock: () => number = () => performance.now()): RateWatch {
  let [waitedMs, bytes] = [0, 0]
  let since: number | null = null
  const addUp = (): void => {
    if (since === null) return
    const now = clock()
    waitedMs += now - since
    since = now
  }
  return {
    wait: () => void (since ??= clock()),
    moved(more) {
      addUp()
      since = null
      bytes += more
    },
    isSlow() {
      addUp()
      if (waitedMs < serverLimits.slowMs) return false
      const isSlow = bytes < (waitedMs / 1000) * serverLimits.slowBytesPerSecond
      ;[waitedMs, bytes] = [0, 0]
      return isSlow
    },
  }
}
