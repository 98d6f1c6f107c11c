import { type AddressInfo, connect, createServer } from 'node:net'
import type { RunningServer } from '../../helpers/server'
import { readMasked } from './framing'
import { spendADay } from './day'

/** What real clients sent: the texts of frames, and requests as bytes with their bodies. */
export type Recording = { frames: string[]; requests: Buffer[] }

/**
 * Lets the clients of the other tests live a day through a wire that is listened to; gives what
 * they sent, with the server's own address in it.
 */
export async function record(server: RunningServer): Promise<Recording> {
  const lines: Buffer[][] = []
  const wire = createServer((client) => {
    const parts: Buffer[] = []
    lines.push(parts)
    const upstream = connect(server.port, '127.0.0.1')
    client.on('data', (chunk) => parts.push(Buffer.from(chunk)))
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    client.pipe(upstream).pipe(client)
  })
  const { promise: listening, resolve } = Promise.withResolvers<void>()
  wire.listen(0, '127.0.0.1', resolve)
  await listening
  const { port } = wire.address() as AddressInfo
  await spendADay({ origin: `http://127.0.0.1:${port}` })
  wire.close()
  const recording: Recording = { frames: [], requests: [] }
  for (const parts of lines) readLine(Buffer.concat(parts), recording, port, server.port)
  return recording
}

/** One connection: requests one after another, the last of which may become a socket. */
function readLine(bytes: Buffer, recording: Recording, from: number, to: number): void {
  let rest = bytes
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    if (end === -1) return
    const head = rest.toString('latin1', 0, end).replaceAll(`127.0.0.1:${from}`, `127.0.0.1:${to}`)
    const size = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
    const body = rest.subarray(end + 4, end + 4 + size)
    recording.requests.push(Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]))
    rest = rest.subarray(end + 4 + size)
    if (!/^upgrade: websocket$/im.test(head)) continue
    recording.frames.push(...readMasked(rest))
    return
  }
}
