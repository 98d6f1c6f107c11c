import { connect, createServer, type Socket } from 'node:net'

/** What may happen to a connection on its way. */
export type Cut =
  /** Both ends hear at once that it is over. */
  | { kind: 'reset' }
  /** It ends after so many more bytes, which may be in the middle of a frame. */
  | { kind: 'inside'; bytes: number }
  /** Nothing passes for a while, on new connections neither; then all of it does, late. */
  | { kind: 'stall'; ms: number }
  /** Everything is lost for a while, and then each sender learns that nobody is there. */
  | { kind: 'half-open'; ms: number }
  /** What the server says is lost from now on; nobody ever learns of it. */
  | { kind: 'deaf' }
  /** All connections end, and those that are made meanwhile are accepted and never answered. */
  | { kind: 'mute'; ms: number }

/** What a proxy that knows no sockets may do to one; other requests pass. */
export type Refusal =
  /** The connection ends at once. */
  | 'close'
  /** An ordinary answer: 200, 403 and 426 in turn. */
  | 'status'
  /** No answer, ever. */
  | 'hang'
  /** It opens, and ends after a second. */
  | 'second'

export type CuttingProxy = {
  port: number
  /** From now on sockets are refused, those that are open too; null lets them through. */
  refuseSockets: (how: Refusal | null) => void
  /** Does it to every connection there is; resolves when the way is free again. */
  cut: (cut: Cut) => Promise<void>
  close: () => void
}

/** Two sockets, and what is done to the bytes between them. */
type Line = {
  near: Socket
  far: Socket
  isSocket: boolean
  down: (bytes: Buffer) => void
  up: (bytes: Buffer) => void
}

type Lines = Set<Line>

/** Stands between a browser and a server, and treats their connections badly. */
export async function openCuttingProxy(port: number): Promise<CuttingProxy> {
  const lines: Lines = new Set()
  let held: (() => void)[] | null = null
  let isMute = false
  let refusal: Refusal | null = null
  const unanswered: Socket[] = []
  const hold = (send: () => void): void => void (held === null ? send() : held.push(send))
  const listener = createServer((near) => {
    if (isMute) return void unanswered.push(near.on('error', () => {}))
    const far = connect(port, '127.0.0.1')
    const down = (bytes: Buffer): void => hold(() => near.write(bytes))
    const up = (bytes: Buffer): void => hold(() => far.write(bytes))
    const line: Line = { near, far, isSocket: false, down, up }
    lines.add(line)
    near.on('data', (chunk) => {
      const bytes = Buffer.from(chunk)
      if (!refuses(lines, line, bytes, refusal)) line.up(bytes)
    })
    far.on('data', (bytes) => line.down(Buffer.from(bytes)))
    for (const end of [near, far]) {
      end.on('error', () => {})
      end.on('close', () => drop(lines, line))
    }
  })
  const listening = Promise.withResolvers<void>()
  listener.listen(0, '127.0.0.1', () => listening.resolve())
  await listening.promise
  const address = listener.address()
  const stall = async (ms: number): Promise<void> => {
    held = []
    await Bun.sleep(ms)
    const late = held
    held = null
    for (const send of late) send()
  }
  const mute = async (ms: number): Promise<void> => {
    isMute = true
    for (const line of lines) drop(lines, line)
    await Bun.sleep(ms)
    isMute = false
  }
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cut(cut) {
      if (cut.kind === 'stall') return stall(cut.ms)
      return cut.kind === 'mute' ? mute(cut.ms) : cutAll(lines, cut)
    },
    refuseSockets(how) {
      refusal = how
      for (const line of lines) if (line.isSocket) drop(lines, line)
    },
    close() {
      for (const line of lines) drop(lines, line)
      for (const near of unanswered) near.destroy()
      listener.close()
    },
  }
}

/** Whether the proxy keeps the request for a socket to itself. */
function refuses(lines: Lines, line: Line, bytes: Buffer, refusal: Refusal | null): boolean {
  if (!/^upgrade: *websocket/im.test(bytes.toString('latin1'))) return false
  line.isSocket = true
  if (refusal === null) return false
  if (refusal === 'second') setTimeout(drop, 1_000, lines, line)
  else if (refusal === 'close') drop(lines, line)
  else if (refusal === 'status') {
    const status = statuses[(answered += 1) % statuses.length]
    line.near.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  }
  return refusal !== 'second'
}

const statuses = [200, 403, 426]
let answered = 0

async function cutAll(lines: Lines, cut: Exclude<Cut, { kind: 'stall' | 'mute' }>): Promise<void> {
  const there = [...lines]
  switch (cut.kind) {
    case 'reset':
      return there.forEach((line) => drop(lines, line))
    case 'inside':
      for (const line of there) endAfter(lines, line, cut.bytes)
      // A connection on which nothing is said stays.
      for (let wait = 0; wait < 100 && there.some((line) => lines.has(line)); wait += 1) {
        await Bun.sleep(10)
      }
      return there.forEach((line) => drop(lines, line))
    case 'half-open':
      for (const line of there) line.down = line.up = () => {}
      await Bun.sleep(cut.ms)
      return there.forEach((line) => drop(lines, line))
    case 'deaf':
      for (const line of there) line.down = () => {}
  }
}

function endAfter(lines: Lines, line: Line, bytes: number): void {
  let left = bytes
  line.down = (chunk) => {
    line.near.write(chunk.subarray(0, left))
    left -= chunk.length
    if (left <= 0) drop(lines, line)
  }
}

function drop(lines: Lines, line: Line): void {
  lines.delete(line)
  line.near.resetAndDestroy()
  line.far.resetAndDestroy()
}
