/** Does something when its turn has come; whoever has the same key waits in the same line. */
export type InTurn = <Value>(key: string, work: () => Promise<Value>) => Promise<Value>

/**
 * Lets what comes in wait: one for each turn of the event loop, each line in its turn. Bun answers
 * a connection in the moment in which it accepts it, and accepts for as long as somebody connects:
 * a client that connects again and again would keep all open sockets and all timers waiting.
 */
export function createTurns(): InTurn {
  const lines = new Map<string, (() => void)[]>()
  const next = (): void => {
    const [first] = lines
    if (first === undefined) return
    const [key, line] = first
    const start = line.shift()
    // Behind the others when there is more of it.
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
