import { connect, type Socket } from 'node:net'

const sockets = new Set<Socket>()

/** Ends whatever is still open. */
export function hangUpAll(): void {
  for (const socket of sockets) socket.destroy()
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

/** A request and the end of its answer. */
export function ask(port: number, written: string, body?: Uint8Array): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(port, '127.0.0.1', () => {
    socket.write(written)
    if (body !== undefined) socket.write(body)
  })
  socket.on('data', () => {})
  sockets.add(socket)
  socket.on('error', () => resolve())
  socket.on('close', () => resolve())
  return promise.finally(() => {
    sockets.delete(socket)
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
