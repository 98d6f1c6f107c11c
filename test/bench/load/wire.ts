import type { Socket } from 'bun'

/** One WebSocket over plain TCP: what arrives stays bytes, so that reading costs almost nothing. */
export type Wire = { send: (text: string) => void; cut: () => void }

type Dial = {
  port: number
  path: string
  headers: Record<string, string>
  /** The bytes are only lent: they are others after the call. */
  onFrame: (payload: Buffer) => void
  /** It is open; frames come from here on, perhaps at once. */
  onOpen: (wire: Wire) => void
  onClose: () => void
}

type State = { rest: Buffer; unsent: Buffer[]; isOpen: boolean }

/** Connects and upgrades; rejects with the server's status line when it refuses. */
export async function dial({ port, path, headers, onFrame, onOpen, onClose }: Dial): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const state: State = { rest: Buffer.alloc(0), unsent: [], isOpen: false }
  const socket = await Bun.connect({
    hostname: '127.0.0.1',
    port,
    socket: {
      data(itself, chunk) {
        const bytes = state.rest.length === 0 ? chunk : Buffer.concat([state.rest, chunk])
        const from = state.isOpen ? 0 : endOfHandshake(bytes)
        if (from === -1) return void (state.rest = Buffer.from(bytes))
        if (!state.isOpen && !bytes.subarray(0, 12).equals(switching)) {
          return reject(new Error(bytes.toString('latin1', 0, 60)))
        }
        if (!state.isOpen) onOpen(wireOf(itself, state))
        state.isOpen = true
        resolve()
        const end = readFrames(bytes, from, itself, state, onFrame)
        state.rest = Buffer.from(bytes.subarray(end))
      },
      drain: (itself) => flush(itself, state),
      close() {
        reject(new Error('closed during the handshake'))
        onClose()
      },
      error: (_, fault) => reject(fault),
    },
  })
  const lines = Object.entries({ ...handshake(port), ...headers }).map(([name, value]) => {
    return `${name}: ${value}\r\n`
  })
  write(socket, state, Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`))
  await promise
}

function wireOf(socket: Socket<unknown>, state: State): Wire {
  return {
    send: (text) => write(socket, state, frameOf(Buffer.from(text), 1)),
    cut: () => socket.terminate(),
  }
}

const switching = Buffer.from('HTTP/1.1 101')

function handshake(port: number): Record<string, string> {
  return {
    Host: `127.0.0.1:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
  }
}

function endOfHandshake(bytes: Buffer): number {
  const end = bytes.indexOf('\r\n\r\n')
  return end === -1 ? -1 : end + 4
}

/** Hands over every whole frame; gives where the first incomplete one begins. */
function readFrames(
  bytes: Buffer,
  from: number,
  socket: Socket<unknown>,
  state: State,
  onFrame: (payload: Buffer) => void,
): number {
  let at = from
  for (;;) {
    if (bytes.length < at + 2) return at
    const short = (bytes[at + 1] ?? 0) & 0x7f
    const head = short === 127 ? 10 : short === 126 ? 4 : 2
    if (bytes.length < at + head) return at
    const length = lengthOf(bytes, at + 2, short)
    const end = at + head + length
    if (bytes.length < end) return at
    const opcode = (bytes[at] ?? 0) & 0x0f
    const payload = bytes.subarray(at + head, end)
    if (opcode === 1) onFrame(payload)
    else if (opcode === 9) write(socket, state, frameOf(payload, 10))
    at = end
  }
}

function lengthOf(bytes: Buffer, at: number, short: number): number {
  if (short < 126) return short
  return short === 126 ? bytes.readUInt16BE(at) : Number(bytes.readBigUInt64BE(at))
}

/** A client's frame, masked with zeros: the server unmasks all the same. */
function frameOf(payload: Buffer, opcode: number): Buffer {
  const { length } = payload
  const head = length < 126 ? 2 : 4
  const frame = Buffer.alloc(head + 4 + length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (length < 126 ? length : 126)
  if (head === 4) frame.writeUInt16BE(length, 2)
  payload.copy(frame, head + 4)
  return frame
}

function write(socket: Socket<unknown>, state: State, bytes: Buffer): void {
  if (state.unsent.length > 0) return void state.unsent.push(bytes)
  const sent = Math.max(0, socket.write(bytes))
  if (sent < bytes.length) state.unsent.push(bytes.subarray(sent))
}

function flush(socket: Socket<unknown>, state: State): void {
  const waiting = state.unsent
  state.unsent = []
  for (const bytes of waiting) write(socket, state, bytes)
}
