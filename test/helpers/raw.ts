import { connect } from 'node:net'
import { originOf, type RunningServer } from './server'
import { waitUntil } from './wait'

/**
 * Sends bytes over a bare connection, right or wrong, and gives everything that came back until the
 * server closed it, fell silent after an answer, or said nothing for `ms`.
 */
export async function sendRaw(
  server: RunningServer,
  bytes: string | Uint8Array,
  ms = 5_000,
): Promise<string> {
  const line = await openLine(server)
  line.write(bytes)
  const deadline = performance.now() + ms
  let heard = -1
  // An answer that has not grown for a moment is whole.
  while (!line.isClosed() && performance.now() < deadline && line.heard().length !== heard) {
    heard = line.heard().length || -1
    await Bun.sleep(60)
  }
  return line.end(0)
}

export type Line = {
  write: (bytes: string | Uint8Array) => void
  heard: () => string
  /** Waits until a text has come. */
  until: (text: string) => Promise<unknown>
  /** Reads nothing any more, as a client that hangs. */
  pause: () => void
  resume: () => void
  isClosed: () => boolean
  /** Waits for the server to close, or for `ms`; then closes and gives what was heard. */
  end: (ms: number) => Promise<string>
}

/** Opens a bare connection to a server. */
export async function openLine({ port }: RunningServer): Promise<Line> {
  const chunks: Buffer[] = []
  const { promise: opened, resolve, reject } = Promise.withResolvers<void>()
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const socket = connect(port, '127.0.0.1', () => resolve())
  let isClosed = false
  socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)))
  socket.on('error', reject)
  socket.on('close', () => {
    isClosed = true
    close()
  })
  await opened
  // A connection that is cut during a write reports an error, as such tests want.
  socket.on('error', () => {})
  const heard = (): string => Buffer.concat(chunks).toString('latin1')
  return {
    write: (written) => void socket.write(written),
    heard,
    until: (text) => waitUntil(() => heard().includes(text), `“${text}” on the line`),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    isClosed: () => isClosed,
    async end(ms) {
      await Promise.race([closed, Bun.sleep(ms)])
      socket.destroy()
      return heard()
    },
  }
}

/** A masked frame, as clients send them: its first byte and its payload. */
export function maskedFrame(firstByte: number, payload: Uint8Array): Uint8Array {
  const mask = Uint8Array.of(1, 2, 3, 4)
  const { length } = payload
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 0xff]
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))
  return Uint8Array.from([firstByte, ...size, ...mask, ...masked])
}

/** The head of an upgrade request; a header given as null is left out. */
export function upgradeRequest(
  server: RunningServer,
  headers: Record<string, string | null>,
  version = 'HTTP/1.1',
): string {
  const all: Record<string, string | null> = {
    Host: `127.0.0.1:${server.port}`,
    Origin: originOf(server),
    Upgrade: 'websocket',
    Connection: 'Upgrade',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Protocol': 'chatroom.json',
    ...headers,
  }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === null ? [] : [`${name}: ${value}`],
  )
  return [`GET /socket ${version}`, ...lines, '', ''].join('\r\n')
}
