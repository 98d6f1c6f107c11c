import { limits } from '../../shared/limits'
import { pagePaths } from '../../shared/paths'
import type { ChatEvent, ClientFrame } from '../../shared/protocol'
import { createInbox } from './inbox'

const reconnectMsMax = 15_000
/** Hidden for longer than this, a page asks what it missed as soon as it is shown. */
const hiddenMs = 60_000

type ConnectionListener = {
  onHello: (hello: ChatEvent & { type: 'hello' }) => void
  onEvent: (event: ChatEvent) => void
  /** `behind`: how many more rows of the room wait. */
  onHtml: (html: string, behind: number) => void
  onState: (isOpen: boolean) => void
  onSignedOut: () => void
}

export type Connection = ReturnType<typeof createConnection>

type State = {
  url: string
  listener: ConnectionListener | null
  receive: (text: string) => void
  socket: WebSocket | null
  hasHello: boolean
  /** Sends frames by requests while no socket opens. */
  detour: ((frame: ClientFrame) => void) | null
  failures: number
  retryTimer: Timer | undefined
  answerTimer: Timer | undefined
}

/** Keeps one socket open; a socket that does not answer is given up. */
export function createConnection({ base, language }: { base: string; language: string }) {
  const state: State = {
    // Chrome takes a path since version 125 only.
    url: location.origin.replace('http', 'ws') + pagePaths(base).socket(language),
    listener: null,
    receive: createInbox((text, behind) => receive(state, text, behind)),
    socket: null,
    hasHello: false,
    detour: null,
    failures: 0,
    retryTimer: undefined,
    answerTimer: undefined,
  }
  return {
    open(listener: ConnectionListener): void {
      state.listener = listener
      connect(state)
      setInterval(() => probe(state, limits.answerMsMax), limits.heartbeatMs)
      watchReturn(state)
    },
    /** False without a connection: the sender keeps what it wanted to send. */
    send: (frame: ClientFrame): boolean => send(state, frame),
    retryNow: (): void => retryNow(state),
    hasSocket: (): boolean => state.hasHello && state.detour === null,
    /** Until a socket says something, frames go like this; the answers are for `receive`. */
    setDetour: (detour: NonNullable<State['detour']>) => void (state.detour = detour),
    receive: state.receive,
    /** The detour failed, too, with a code as that of a socket. */
    endDetour(code: number): void {
      state.detour = null
      clearTimeout(state.retryTimer)
      disconnect(state, code)
    },
    /** Pings the server; without an answer within `ms` the connection is given up. */
    probe: (ms: number): void => probe(state, ms),
  }
}

function connect(state: State): void {
  clearTimeout(state.retryTimer)
  const socket = new WebSocket(state.url, 'chatroom.html')
  state.socket = socket
  socket.onmessage = ({ data }) => {
    clearTimeout(state.answerTimer)
    state.answerTimer = undefined
    state.detour = null
    state.receive(String(data))
  }
  socket.onclose = ({ code }) => disconnect(state, code)
  // A browser waits minutes for a server that never says hello.
  state.answerTimer = setTimeout(disconnect, limits.answerMsMax, state, 1006)
}

function retryNow(state: State): void {
  if (state.socket === null) connect(state)
}

function receive(state: State, text: string, behind: number): void {
  const { listener } = state
  if (text.startsWith('<')) return listener?.onHtml(text, behind)
  const events: ChatEvent[] = JSON.parse(text)
  for (const event of events) {
    if (event.type !== 'hello') {
      listener?.onEvent(event)
      continue
    }
    state.hasHello = true
    if (state.detour === null) state.failures = 0
    listener?.onState(true)
    listener?.onHello(event)
  }
}

function disconnect(state: State, code: number): void {
  const { listener, socket } = state
  clearTimeout(state.answerTimer)
  state.answerTimer = undefined
  state.socket = null
  if (socket !== null) socket.onmessage = socket.onclose = null
  // Without an answer it may still be open.
  socket?.close()
  if (state.detour === null) {
    state.hasHello = false
    listener?.onState(false)
  }
  // The way to the sign-in page may hang, as while Chrome clears what a log-out names: the polling
  // that `onState` begins is refused, and each refusal begins that way anew.
  if (code === 4401) return listener?.onSignedOut()
  const pauseMax = Math.min(reconnectMsMax, limits.reconnectMsMin * 2 ** state.failures)
  state.failures += 1
  state.retryTimer = setTimeout(connect, Math.random() * Math.max(pauseMax, 500), state)
}

function send({ detour, hasHello, socket }: State, frame: ClientFrame): boolean {
  if (detour === null && (!hasHello || socket?.readyState !== WebSocket.OPEN)) return false
  if (detour === null) socket?.send(JSON.stringify(frame))
  else detour(frame)
  return true
}

function probe(state: State, ms: number): void {
  if (state.answerTimer !== undefined || state.detour !== null || !send(state, { type: 'ping' }))
    return
  state.answerTimer = setTimeout(disconnect, ms, state, 1006)
}

/** After sleep a socket may only look alive. */
function watchReturn(state: State): void {
  let hiddenAt = 0
  for (const type of ['online', 'focus', 'pageshow']) addEventListener(type, () => retryNow(state))
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) {
      hiddenAt = Date.now()
      return
    }
    retryNow(state)
    if (Date.now() - hiddenAt > hiddenMs) probe(state, limits.answerMsMax / 2)
  })
}
