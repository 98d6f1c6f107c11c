import type { Heard } from '../../helpers/frames'

/** Whether what a socket is told comes in the order of the rooms' revisions. */
export type Order = {
  /** A new connection. */
  connected: () => void
  /** What came after a revision was asked for: until the answer ends, it may come again. */
  asked: (room: number, after: number) => void
  heard: (item: Heard) => void
  /** Changes that came after later ones, or before earlier ones. */
  reordered: () => number
  /** Changes that came twice without having been asked for. */
  doubled: () => number
}

/** `base`: up to here everything was asked for, or is in the greeting; `top`: the newest heard. */
type Line = { base: number; top: number; asked: number[]; heard: Set<number> }

/** The last ones are enough to tell what comes twice from what comes late. */
const keptMax = 500

export function createOrder(): Order {
  const lines = new Map<number, Line>()
  let [reordered, doubled] = [0, 0]
  const lineOf = (room: number): Line => {
    const line = lines.get(room) ?? { base: 0, top: 0, asked: [], heard: new Set() }
    lines.set(room, line)
    return line
  }
  const judge = (line: Line, revision: number): void => {
    const newest = Math.max(line.base, line.top)
    if (line.asked.length === 0 && newest > 0) {
      if (revision > newest + 1) reordered += 1
      else if (revision <= line.top && revision > line.base) {
        if (line.heard.has(revision)) doubled += 1
        else reordered += 1
      }
    }
    line.top = Math.max(line.top, revision)
    line.heard.add(revision)
    if (line.heard.size > keptMax) line.heard = new Set([...line.heard].slice(-keptMax / 2))
  }
  return {
    connected: () => lines.clear(),
    asked: (room, after) => void lineOf(room).asked.push(after),
    heard(item) {
      if (item.type === 'hello') {
        for (const { id, revision } of item.rooms) raise(lineOf(id), revision)
      } else if (item.type === 'room.left') leave(lineOf(item.room))
      else if (item.type === 'room') raise(lineOf(item.room.id), item.room.revision)
      else if (item.type === 'caught_up') {
        const line = lineOf(item.room)
        const answered = line.asked.indexOf(item.after)
        if (answered === -1) line.top = Math.max(line.top, item.revision)
        else {
          raise(line, item.revision)
          line.asked.splice(answered, 1)
        }
      } else if ('seq' in item && 'revision' in item && item.type !== 'accepted')
        judge(lineOf(item.room), item.revision)
    },
    reordered: () => reordered,
    doubled: () => doubled,
  }
}

function raise(line: Line, revision: number): void {
  line.base = Math.max(line.base, revision)
}

/** What was asked for may still be answered, once they are back. */
function leave(line: Line): void {
  Object.assign(line, { base: 0, top: 0, heard: new Set() })
}
