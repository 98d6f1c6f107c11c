/** Rows inserted in one go, and for how long the page does nothing else: half a frame. */
export const portionRows = 20
export const portionMs = 8

/** A part of a frame; when it holds rows, their room and number. */
type Portion = { text: string; room: number; rows: number }

/**
 * Hands over frames in order and in portions, so that the page can paint and hear keys between the
 * rows of a burst. `hear` also gets the number of rows of the same room that still wait.
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
  let behind = 0
  for (const { room, rows } of waiting) if (room === portion.room) behind += rows
  hear(portion.text, behind)
}

/** A frame holds rows of one room, or none. What people wrote is escaped, so no tag is theirs. */
function portionsOf(text: string): Portion[] {
  if (!text.startsWith('<article')) return [{ text, room: 0, rows: 0 }]
  const room = Number(/data-(?:room="|live=)(\d+)/.exec(text)?.[1])
  const rows = text.split(/(?=<article )/)
  return Array.from({ length: Math.ceil(rows.length / portionRows) }, (_, n) => {
    const part = rows.slice(n * portionRows, (n + 1) * portionRows)
    return { text: part.join(''), room, rows: part.length }
  })
}
