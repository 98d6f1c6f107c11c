import type { Socket } from 'bun'
import type { Person } from '../../helpers/client'
import { upgradeRequest } from '../../helpers/raw'
import type { RunningServer } from '../../helpers/server'
import { frameBytes } from './framing'

/** A connection into which anything may be said; it listens with half an ear. */
export type FuzzClient = {
  isOpen: () => boolean
  say: (bytes: Uint8Array) => void
  /** Asks whether all of it was heard; false when it was closed, or nobody answers in time. */
  isHeard: (ms?: number) => Promise<boolean>
  close: () => void
}

/** Opens a socket by hand; `onHeard` is lent every piece of what comes. */
export async function openFuzzClient(
  server: RunningServer,
  person: Person,
  subprotocol: 'chatroom.json' | 'chatroom.html',
  onHeard: (bytes: Buffer) => void,
): Promise<FuzzClient> {
  const { promise: greeted, resolve: greet, reject } = Promise.withResolvers<void>()
  let [isOpen, answers] = [true, 0]
  let waiting: Buffer[] = []
  let wake = (): void => {}
  const socket: Socket = await Bun.connect({
    hostname: '127.0.0.1',
    port: server.port,
    socket: {
      data(_, bytes) {
        onHeard(bytes)
        if (bytes.includes('"hello"')) greet()
        if (bytes.includes('"pong"')) {
          answers += 1
          wake()
        }
      },
      drain() {
        const again = waiting
        waiting = []
        again.forEach(write)
      },
      close() {
        isOpen = false
        reject(new Error('The server sent no hello'))
        wake()
      },
      error() {},
    },
  })
  const write = (bytes: Uint8Array): void => {
    if (waiting.length > 0) return void waiting.push(Buffer.from(bytes))
    const sent = Math.max(0, socket.write(bytes))
    if (sent < bytes.length) waiting.push(Buffer.from(bytes.subarray(sent)))
  }
  const head = { Cookie: person.cookie, 'Sec-WebSocket-Protocol': subprotocol }
  write(Buffer.from(upgradeRequest(server, head)))
  await greeted
  return {
    isOpen: () => isOpen,
    say: write,
    async isHeard(ms = 10_000) {
      const before = answers
      write(frameBytes(Buffer.from('{"type":"ping"}')))
      const deadline = performance.now() + ms
      while (isOpen && answers === before && performance.now() < deadline) {
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        await Promise.race([promise, Bun.sleep(20)])
      }
      return answers > before
    },
    close: () => socket.terminate(),
  }
}
