/** Runs `work` in turn; work with the same key waits in the same line. */
export type FairQueue = <Value>(key: string, work: () => Promise<Value>) => Promise<Value>

/**
 * Makes a queue that starts one piece of work per turn of the event loop, round-robin over the
 * keys. Bun answers a connection as soon as it accepts it, and accepts as long as clients connect:
 * without the queue, a client that reconnects in a loop would starve open sockets and timers.
 */
export function createFairQueue(): FairQueue {
  const lines = new Map<string, (() => void)[]>()
  const next = (): void => {
    const [first] = lines
    if (first === undefined) return
    const [key, line] = first
    const start = line.shift()
    // A line with more work goes to the end of the round.
    lines.delete(key)
    if (line.length > 0) lines.set(key, line)
    start?.()
    if (lines.size > 0) setImmediate(next)
  }
  return (key, work) =>
    new Promise((resolve, reject) => {
      const start = (): void => void work().then(resolve, reject)
      const line = lines.get(key)
      if (line !== undefined) return void line.push(start)
      lines.set(key, [start])
      if (lines.size === 1) setImmediate(next)
    })
}
