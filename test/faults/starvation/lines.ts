import { connect, type Socket } from 'node:net'

const sockets = new Set<Socket>()

/** Ends whatever is still open. */
export function hangUpAll(): void {
  for (const socket of sockets) {
    sockets.delete(socket)
    socket.destroy()
  }
}

/** A connection by hand. */
export type Line = { socket: Socket; isOpen: () => boolean }

/** Connects and writes; comes back with the first answer, or at once when none is read. */
export function open(port: number, written: string | Uint8Array, isRead = true): Promise<Line> {
  const { promise, resolve } = Promise.withResolvers<Line>()
  let isOpen = true
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(written)
    if (!isRead) return resolve({ socket, isOpen: () => isOpen })
  })
  socket.on('data', () => resolve({ socket, isOpen: () => isOpen }))
  sockets.add(socket)
  socket.on('error', () => {})
  socket.on('close', () => {
    isOpen = false
    sockets.delete(socket)
    resolve({ socket, isOpen: () => false })
  })
  return promise
}

const byStatus = new Map<number, number>()
let cutCount = 0
let [asked, answered] = [0, 0]

/** How many requests `ask` has begun so far, and how many of them were answered. */
export function askedSoFar(): { asked: number; answered: number } {
  return { asked, answered }
}

/** How many answers of each status `ask` has got so far. */
export function statuses(): Record<number, number> {
  return Object.fromEntries(byStatus)
}

/** How many requests without a body have got none. */
export function cut(): number {
  return cutCount
}

/** A request and the end of its answer. */
export function ask(port: number, written: string, body?: Uint8Array): Promise<void> {
  asked += 1
  const { promise, resolve } = Promise.withResolvers<void>()
  let first = ''
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(written)
    if (body !== undefined) socket.write(body)
  })
  socket.on('data', (chunk) => {
    first ||= chunk.toString('latin1', 0, 12)
  })
  sockets.add(socket)
  socket.on('error', () => resolve())
  socket.on('close', () => resolve())
  return promise.finally(() => {
    // What is not among them any more was cut off at this end.
    const isOurs = !sockets.delete(socket)
    const status = Number(first.slice(9)) || 0
    if (status > 0) answered += 1
    if (status > 0) byStatus.set(status, (byStatus.get(status) ?? 0) + 1)
    // Bun may close a socket before it has handed on what was read.
    else if (body === undefined && !isOurs && socket.bytesRead === 0) cutCount += 1
    socket.destroy()
  })
}

/** So many at once, one after another each, for as long as it goes on. */
export async function inLines(
  count: number,
  isOn: () => boolean,
  work: (n: number) => Promise<unknown>,
): Promise<number> {
  let tried = 0
  const line = async (): Promise<void> => {
    while (isOn()) {
      tried += 1
      await work(tried)
      // A promise alone would leave the sockets no turn.
      await Bun.sleep(0)
    }
  }
  await Promise.all(Array.from({ length: count }, line))
  return tried
}
