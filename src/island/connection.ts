import type { ChatEvent } from '../chat/events'
import { limits } from '../limits'
import { createPaths } from '../paths'
import type { Page } from './page'

export type Listener = {
  /** The server has greeted: from here on frames may be sent. */
  onHello: (hello: ChatEvent & { type: 'hello' }) => void
  onEvent: (event: ChatEvent) => void
  onHtml: (html: string) => void
  /** Told at each change; `since` is when the connection was lost. */
  onState: (isOpen: boolean) => void
  /** The server does not know this browser any more. */
  onSignedOut: () => void
}

export type Connection = {
  /** False when there is no connection; whoever sends keeps what it wanted to say. */
  send: (frame: object) => boolean
  isOpen: () => boolean
  /** Tries at once instead of waiting for the next try. */
  retryNow: () => void
  /** Makes sure that the other side is really there; an answer is awaited for `ms`. */
  probe: (ms: number) => void
}

/**
 * Keeps one socket open for as long as the page lives: reconnects with growing, random pauses, at
 * once when the network or the reader comes back, and never believes a socket that does not answer.
 */
export function connect(page: Page, listener: Listener): Connection {
  const url = new URL(createPaths(page.base).socket(), location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  let socket: WebSocket | null = null
  let isGreeted = false
  let failures = 0
  let retryTimer: Timer | undefined
  let answerTimer: Timer | undefined

  const open = (): void => {
    clearTimeout(retryTimer)
    socket = new WebSocket(url, 'chatroom.html')
    const opened = socket
    socket.onmessage = ({ data }) => hear(String(data))
    socket.onclose = ({ code }) => {
      if (opened === socket) lose(code)
    }
  }
  const hear = (text: string): void => {
    clearTimeout(answerTimer)
    answerTimer = undefined
    if (text.startsWith('<')) return listener.onHtml(text)
    const events: ChatEvent[] = JSON.parse(text)
    for (const event of events) {
      if (event.type !== 'hello') {
        listener.onEvent(event)
        continue
      }
      isGreeted = true
      failures = 0
      listener.onState(true)
      listener.onHello(event)
    }
  }
  const lose = (code: number): void => {
    socket = null
    isGreeted = false
    clearTimeout(answerTimer)
    answerTimer = undefined
    listener.onState(false)
    if (code === 4401) return listener.onSignedOut()
    // Refused for good: asking again would only be refused again.
    if (code === 1008 || code === 4403) return
    const pauseMax = Math.min(limits.reconnectMsMax, limits.reconnectMsMin * 2 ** failures)
    failures += 1
    retryTimer = setTimeout(open, Math.random() * Math.max(pauseMax, 500))
    if (failures > 1) void askWhoIAm()
  }
  // A refused upgrade looks like a lost connection; only a request says that the session ended.
  const askWhoIAm = async (): Promise<void> => {
    const answer = await fetch(location.href, { method: 'HEAD' }).catch(() => null)
    if (answer?.status !== 401) return
    clearTimeout(retryTimer)
    listener.onSignedOut()
  }
  const abandon = (): void => {
    const dead = socket
    if (dead === null) return
    lose(1006)
    dead.onmessage = null
    dead.close()
  }
  const send = (frame: object): boolean => {
    if (!isGreeted || socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(frame))
    return true
  }
  const probe = (ms: number): void => {
    if (!send({ type: 'ping' }) || answerTimer !== undefined) return
    answerTimer = setTimeout(abandon, ms)
  }
  const retryNow = (): void => {
    if (socket === null) open()
  }

  open()
  setInterval(() => probe(limits.answerMsMax), limits.heartbeatMs)
  watchReturn(retryNow, probe)
  return { send, isOpen: () => isGreeted, retryNow, probe }
}

/** A page that was asleep may hold a socket that only looks alive. */
function watchReturn(retryNow: () => void, probe: (ms: number) => void): void {
  let hiddenAt = 0
  addEventListener('online', retryNow)
  addEventListener('focus', retryNow)
  addEventListener('pageshow', retryNow)
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      hiddenAt = Date.now()
      return
    }
    retryNow()
    if (Date.now() - hiddenAt > limits.hiddenMs) probe(limits.answerMsMax / 2)
  })
}
