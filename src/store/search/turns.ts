/** Where a question waits. */
export type Place = {
  /** Lines take turns, so that a long one delays no other. */
  line: string
  /** Of each person one question with this number waits: a newer one takes its place. */
  person?: number
  /** It is given up after this many milliseconds; without it, never. */
  msMax?: number
}

/** `go`: it is this question's turn, and `leave` must be called after it. */
type Turn = 'go' | 'busy' | 'replaced'

export type Turns = {
  enter: (place: Place) => Promise<Turn>
  leave: () => void
}

type Waiting = { person: number | undefined; end: (turn: Turn) => void }

/** Whether other questions wait: then a search stops earlier; `closing`: at once. */
export const readerStates = { alone: 0, crowded: 1, closing: 2 } as const

/** Questions that may wait in one line; each person has at most one search and one export. */
const lineMax = 100

type Lines = Map<string, Waiting[]>

/**
 * Makes a queue that lets one question through at a time, round-robin over the lines. `onWaiting`
 * is called with the number of those that wait.
 */
export function createTurns(onWaiting: (count: number) => void): Turns {
  const lines: Lines = new Map()
  let waiting = 0
  let isTaken = false
  const change = (by: -1 | 1): void => {
    waiting += by
    onWaiting(waiting)
  }
  return {
    enter({ line, person, msMax }) {
      const { promise, resolve } = Promise.withResolvers<Turn>()
      const one: Waiting = { person, end: resolve }
      if (!isTaken) {
        isTaken = true
        resolve('go')
        return promise
      }
      const place = addTo(lines, line, one)
      if (place === 'new') change(1)
      if (place === 'none' || msMax === undefined) return promise
      const timer = setTimeout(() => {
        if (removeFrom(lines, line, one)) change(-1)
        one.end('busy')
      }, msMax)
      return promise.finally(() => clearTimeout(timer))
    },
    leave() {
      const next = takeNext(lines)
      isTaken = next !== undefined
      if (next === undefined) return
      change(-1)
      next.end('go')
    },
  }
}

/** Does something when it is its turn, or says why not. */
export async function inTurn<Result>(
  turns: Turns,
  place: Place,
  work: () => Promise<Result>,
): Promise<Result | { refused: 'busy' | 'replaced' }> {
  const turn = await turns.enter(place)
  if (turn !== 'go') return { refused: turn }
  try {
    return await work()
  } finally {
    turns.leave()
  }
}

/** Puts a question in the place of an earlier one of the same person, or at the end of its line. */
function addTo(lines: Lines, name: string, one: Waiting): 'new' | 'replacing' | 'none' {
  const line = lines.get(name) ?? []
  lines.set(name, line)
  const at = line.findIndex(({ person }) => person !== undefined && person === one.person)
  if (at !== -1) {
    line.splice(at, 1, one)[0]?.end('replaced')
    return 'replacing'
  }
  if (line.length >= lineMax) {
    one.end('busy')
    return 'none'
  }
  line.push(one)
  return 'new'
}

function removeFrom(lines: Lines, name: string, one: Waiting): boolean {
  const line = lines.get(name) ?? []
  const at = line.indexOf(one)
  if (at === -1) return false
  line.splice(at, 1)
  if (line.length === 0) lines.delete(name)
  return true
}

function takeNext(lines: Lines): Waiting | undefined {
  const [first] = lines
  if (first === undefined) return undefined
  const [name, line] = first
  const next = line.shift()
  // A line with more questions goes to the end of the round.
  lines.delete(name)
  if (line.length > 0) lines.set(name, line)
  return next
}
