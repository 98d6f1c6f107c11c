import type { ClientFrame } from '../../../src/shared/protocol'
import { type Address, dial, type Person, type SocketOptions } from '../../helpers/client'
import { type Heard, readFrame } from '../../helpers/frames'

export type Subprotocol = NonNullable<SocketOptions['subprotocol']>

/** Keeps one socket open, each time perhaps on another node, as the browser does. */
export type Connection = {
  isGreeted: () => boolean
  /** How often it was greeted, which is once on each socket. */
  greetings: () => number
  /** The session has ended: it does not come back. */
  isSignedOut: () => boolean
  /** False where nothing can be sent. */
  send: (frame: ClientFrame) => boolean
  close: () => void
}

type Listener = {
  onOpening: () => void
  onHeard: (item: Heard, at: number) => void
  onClosed: () => void
}

/** Shorter than the browser's, as outages are shorter here. */
const heartbeatMs = 1_000
const answerMsMax = 3_000
const retryMs = (): number => 50 + Math.random() * 200

export function connect(
  address: Address,
  person: Person,
  subprotocol: Subprotocol,
  listener: Listener,
): Connection {
  let socket: Bun.WebSocket | null = null
  const is = { greeted: false, signedOut: false, closed: false }
  let greetings = 0
  const timer = createTimer(() => socket?.terminate())
  const send = (frame: ClientFrame): boolean => {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(frame))
    return true
  }
  const hear = (text: string): void => {
    timer.stop()
    const at = performance.now()
    for (const item of readFrame(text)) {
      listener.onHeard(item, at)
      if (item.type !== 'hello') continue
      is.greeted = true
      greetings += 1
    }
  }
  const open = (): void => {
    if (is.closed) return
    listener.onOpening()
    socket = dial(address, person, { subprotocol })
    timer.start()
    socket.onmessage = ({ data }) => hear(String(data))
    socket.onerror = () => {}
    socket.onclose = ({ code }) => void close(code)
  }
  const close = async (code: number): Promise<void> => {
    timer.stop()
    const wasGreeted = is.greeted
    is.greeted = false
    listener.onClosed()
    is.signedOut = code === 4401 || (!wasGreeted && (await isRefused(address, person)))
    if (!is.signedOut) setTimeout(open, retryMs())
  }
  const heart = setInterval(() => {
    if (!timer.isRunning() && is.greeted && send({ type: 'ping' })) timer.start()
  }, heartbeatMs)
  open()
  return {
    isGreeted: () => is.greeted,
    greetings: () => greetings,
    isSignedOut: () => is.signedOut,
    send,
    close() {
      is.closed = true
      clearInterval(heart)
      socket?.close()
    },
  }
}

/** Who does not answer in time is given up. */
function createTimer(giveUp: () => void) {
  let timer: Timer | undefined
  return {
    isRunning: () => timer !== undefined,
    start: () => void (timer = setTimeout(giveUp, answerMsMax)),
    stop() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}

/** A handshake that fails does not say why. */
async function isRefused({ origin }: Address, { cookie }: Person): Promise<boolean> {
  const answer = await fetch(`${origin}/rooms/1/changes?after=0`, {
    keepalive: false,
    headers: { Cookie: cookie, Accept: 'application/json' },
    signal: AbortSignal.timeout(answerMsMax),
  }).catch(() => null)
  return answer?.status === 401
}
