import type { ChatEvent } from '../../shared/protocol'
import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import { createInbox } from './inbox'
import type { Page } from '../ui/page'

const reconnectMsMax = 15_000
/** Hidden for longer than this, a page asks what it missed as soon as it is shown. */
const hiddenMs = 60_000

export type Listener = {
  /** The server has greeted: from here on frames may be sent. */
  onHello: (hello: ChatEvent & { type: 'hello' }) => void
  onEvent: (event: ChatEvent) => void
  /** `behind`: how many more rows of the same room have come already. */
  onHtml: (html: string, behind: number) => void
  /** Told at each change. */
  onState: (isOpen: boolean) => void
  /** The server does not know this browser any more. */
  onSignedOut: () => void
}

export type Connection = {
  /** False when there is no connection; whoever sends keeps what it wanted to say. */
  send: (frame: object) => boolean
  /** Tries at once instead of waiting for the next try. */
  retryNow: () => void
  /** Makes sure that the other side is really there; an answer is awaited for `ms`. */
  probe: (ms: number) => void
}

type Line = {
  url: URL
  listener: Listener
  /** Takes what comes, for `hear`. */
  take: (text: string) => void
  socket: WebSocket | null
  isGreeted: boolean
  failures: number
  retryTimer: Timer | undefined
  answerTimer: Timer | undefined
}

/**
 * Keeps one socket open for as long as the page lives: reconnects with growing, random pauses, at
 * once when the network or the reader comes back, and never believes a socket that does not answer.
 */
export function connect(page: Page, listener: Listener): Connection {
  const url = new URL(createPaths(page.base).socket(), location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  const line: Line = {
    url,
    listener,
    take: createInbox((text, behind) => hear(line, text, behind)),
    socket: null,
    isGreeted: false,
    failures: 0,
    retryTimer: undefined,
    answerTimer: undefined,
  }
  const connection: Connection = {
    send: (frame) => send(line, frame),
    retryNow: () => void (line.socket === null && open(line)),
    probe: (ms) => probe(line, ms),
  }
  open(line)
  setInterval(() => connection.probe(limits.answerMsMax), limits.heartbeatMs)
  watchReturn(connection)
  return connection
}

function open(line: Line): void {
  clearTimeout(line.retryTimer)
  const opened = new WebSocket(line.url, 'chatroom.html')
  line.socket = opened
  // A browser itself would wait for minutes for somebody who never greets.
  line.answerTimer = setTimeout(() => abandon(line), limits.answerMsMax)
  opened.onmessage = ({ data }) => {
    clearTimeout(line.answerTimer)
    line.answerTimer = undefined
    line.take(String(data))
  }
  opened.onclose = ({ code }) => {
    if (opened === line.socket) lose(line, code)
  }
}

function hear(line: Line, text: string, behind: number): void {
  const { listener } = line
  if (text.startsWith('<')) return listener.onHtml(text, behind)
  const events: ChatEvent[] = JSON.parse(text)
  for (const event of events) {
    if (event.type !== 'hello') {
      listener.onEvent(event)
      continue
    }
    line.isGreeted = true
    line.failures = 0
    listener.onState(true)
    listener.onHello(event)
  }
}

function lose(line: Line, code: number): void {
  line.socket = null
  line.isGreeted = false
  clearTimeout(line.answerTimer)
  line.answerTimer = undefined
  line.listener.onState(false)
  if (code === 4401) return line.listener.onSignedOut()
  // Refused for good: asking again would only be refused again.
  if (code === 1008 || code === 4403) return
  const pauseMax = Math.min(reconnectMsMax, limits.reconnectMsMin * 2 ** line.failures)
  line.failures += 1
  line.retryTimer = setTimeout(() => open(line), Math.random() * Math.max(pauseMax, 500))
  if (line.failures > 1) void askWhoIAm(line)
}

/** A refused upgrade looks like a lost connection; only a request says that the session ended. */
async function askWhoIAm(line: Line): Promise<void> {
  const answer = await fetch(location.href, { method: 'HEAD' }).catch(() => null)
  if (answer?.status !== 401) return
  clearTimeout(line.retryTimer)
  line.listener.onSignedOut()
}

function send(line: Line, frame: object): boolean {
  if (!line.isGreeted || line.socket?.readyState !== WebSocket.OPEN) return false
  line.socket.send(JSON.stringify(frame))
  return true
}

function probe(line: Line, ms: number): void {
  if (line.answerTimer !== undefined || !send(line, { type: 'ping' })) return
  line.answerTimer = setTimeout(() => abandon(line), ms)
}

function abandon(line: Line): void {
  const dead = line.socket
  if (dead === null) return
  lose(line, 1006)
  dead.onmessage = null
  dead.close()
}

/** A page that was asleep may hold a socket that only looks alive. */
function watchReturn({ retryNow, probe }: Connection): void {
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
    if (Date.now() - hiddenAt > hiddenMs) probe(limits.answerMsMax / 2)
  })
}
