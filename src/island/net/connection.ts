import { limits } from '../../shared/limits'
import { createPaths } from '../../shared/paths'
import type { ChatEvent, ClientFrame } from '../../shared/protocol'
import type { Page } from '../ui/page'
import { createInbox } from './inbox'

const reconnectMsMax = 15_000
/** Hidden for longer than this, a page asks what it missed as soon as it is shown. */
const hiddenMs = 60_000

type ConnectionListener = {
  /** Frames can be sent from here on. */
  onHello: (hello: ChatEvent & { type: 'hello' }) => void
  onEvent: (event: ChatEvent) => void
  /** `behind`: how many more rows of the same room wait in the inbox. */
  onHtml: (html: string, behind: number) => void
  onState: (isOpen: boolean) => void
  /** The session has ended. */
  onSignedOut: () => void
}

export type Connection = {
  /** Connects, once, for as long as the page lives. */
  open: (listener: ConnectionListener) => void
  /** False without a connection: the sender keeps what it wanted to send. */
  send: (frame: ClientFrame) => boolean
  /** Connects at once instead of at the next attempt. */
  retryNow: () => void
  /** Pings the server; without an answer within `ms` the connection is given up. */
  probe: (ms: number) => void
}

type State = {
  url: URL
  listener: ConnectionListener
  receive: (text: string) => void
  socket: WebSocket | null
  hasHello: boolean
  failures: number
  retryTimer: Timer | undefined
  answerTimer: Timer | undefined
}

/**
 * Keeps one socket open: reconnects after growing, random pauses, at once when the network or the
 * reader comes back, and never trusts a socket that does not answer.
 */
export function createConnection(page: Page): Connection {
  let state: State | null = null
  const connection: Connection = {
    open(listener) {
      state = createState(page, listener)
      connect(state)
      setInterval(() => connection.probe(limits.answerMsMax), limits.heartbeatMs)
      watchReturn(connection)
    },
    send: (frame) => state !== null && send(state, frame),
    retryNow: () => void (state?.socket === null && connect(state)),
    probe: (ms) => void (state !== null && probe(state, ms)),
  }
  return connection
}

function createState(page: Page, listener: ConnectionListener): State {
  const url = new URL(createPaths(page.base).socket(), location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  const state: State = {
    url,
    listener,
    receive: createInbox((text, behind) => receive(state, text, behind)),
    socket: null,
    hasHello: false,
    failures: 0,
    retryTimer: undefined,
    answerTimer: undefined,
  }
  return state
}

function connect(state: State): void {
  clearTimeout(state.retryTimer)
  const opened = new WebSocket(state.url, 'chatroom.html')
  state.socket = opened
  // A browser waits minutes for a server that never says hello.
  state.answerTimer = setTimeout(() => giveUp(state), limits.answerMsMax)
  opened.onmessage = ({ data }) => {
    clearTimeout(state.answerTimer)
    state.answerTimer = undefined
    state.receive(String(data))
  }
  opened.onclose = ({ code }) => {
    if (opened === state.socket) disconnect(state, code)
  }
}

function receive(state: State, text: string, behind: number): void {
  const { listener } = state
  if (text.startsWith('<')) return listener.onHtml(text, behind)
  const events: ChatEvent[] = JSON.parse(text)
  for (const event of events) {
    if (event.type !== 'hello') {
      listener.onEvent(event)
      continue
    }
    state.hasHello = true
    state.failures = 0
    listener.onState(true)
    listener.onHello(event)
  }
}

function disconnect(state: State, code: number): void {
  state.socket = null
  state.hasHello = false
  clearTimeout(state.answerTimer)
  state.answerTimer = undefined
  state.listener.onState(false)
  if (code === 4401) return state.listener.onSignedOut()
  // Refused for good.
  if (code === 1008 || code === 4403) return
  const pauseMax = Math.min(reconnectMsMax, limits.reconnectMsMin * 2 ** state.failures)
  state.failures += 1
  state.retryTimer = setTimeout(() => connect(state), Math.random() * Math.max(pauseMax, 500))
  if (state.failures > 1) void checkSession(state)
}

/** A refused upgrade looks like a lost connection: a request tells whether the session ended. */
async function checkSession(state: State): Promise<void> {
  const answer = await fetch(location.href, { method: 'HEAD' }).catch(() => null)
  if (answer?.status !== 401) return
  clearTimeout(state.retryTimer)
  state.listener.onSignedOut()
}

function send(state: State, frame: ClientFrame): boolean {
  if (!state.hasHello || state.socket?.readyState !== WebSocket.OPEN) return false
  state.socket.send(JSON.stringify(frame))
  return true
}

function probe(state: State, ms: number): void {
  if (state.answerTimer !== undefined || !send(state, { type: 'ping' })) return
  state.answerTimer = setTimeout(() => giveUp(state), ms)
}

function giveUp(state: State): void {
  const dead = state.socket
  if (dead === null) return
  disconnect(state, 1006)
  dead.onmessage = null
  dead.close()
}

/** After sleep a socket may only look alive. */
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
