/** Rows inserted in one go, and for how long the page does nothing else: half a frame. */
export const portionRows = 20
export const portionMs = 8

/** A part of what the server said; of rows, whose room they are of and how many. */
type Portion = { text: string; room: number; rows: number }

/**
 * What the server says, in the order in which it came, and in portions: a burst of a thousand rows
 * leaves the page time between them to paint and to hear keys. `hear` is also told how many rows of
 * the same room are still waiting behind.
 */
export function createInbox(hear: (text: string, behind: number) => void): (text: string) => void {
  const waiting: Portion[] = []
  const { port1, port2 } = new MessageChannel()
  let isWorking = false
  const work = (): void => {
    isWorking = true
    const end = performance.now() + portionMs
    try {
      do hearNext(waiting, hear)
      while (waiting.length > 0 && performance.now() < end)
    } finally {
      isWorking = waiting.length > 0
      // Not a timer: those sleep in tabs that nobody sees.
      if (isWorking) port2.postMessage(null)
    }
  }
  port1.onmessage = work
  return (text) => {
    waiting.push(...portionsOf(text))
    if (!isWorking) work()
  }
}

function hearNext(waiting: Portion[], hear: (text: string, behind: number) => void): void {
  const portion = waiting.shift()
  if (portion === undefined) return
  const same = waiting.filter(({ room }) => room === portion.room)
  hear(
    portion.text,
    same.reduce((sum, { rows }) => sum + rows, 0),
  )
}

/** A frame holds rows of one room, or none. What people wrote is escaped, so no tag is theirs. */
function portionsOf(text: string): Portion[] {
  if (!text.startsWith('<article')) return [{ text, room: 0, rows: 0 }]
  const room = Number(/data-(?:room="|live=)(\d+)/.exec(text)?.[1])
  const rows = text.split(/(?=<article )/)
  const starts = rows.keys().filter((n) => n % portionRows === 0)
  return Array.from(starts, (start) => {
    const part = rows.slice(start, start + portionRows)
    return { text: part.join(''), room, rows: part.length }
  })
}
