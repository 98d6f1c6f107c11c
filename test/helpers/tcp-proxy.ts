import type { Socket } from 'bun'

type Side = {
  other: Socket<Side> | null
  /** What the socket does not take yet, or what came before there was another side. */
  waiting: Uint8Array[]
  isClient: boolean
  /** With the next answer its connection ends. */
  isDoomed: boolean
  /** Nothing comes through any more. */
  isDead: boolean
  /** Somebody listens to PostgreSQL on it. */
  isListening: boolean
  /** It ends when everything was taken. */
  isEnding: boolean
}

export type TcpProxy = {
  port: number
  /** From now on nothing comes through, and nobody is told. */
  swallow: () => void
  /** New connections work again; nothing is heard of the old ones. */
  open: () => void
  /** The next request that contains this gets there; instead of its answer the connection ends. */
  cutAfter: (text: RegExp) => void
  /** Whether connections on which somebody listens to PostgreSQL end, those to come, too. */
  refuseListening: (isRefused: boolean) => void
  /** New connections go to another port; the old ones end. */
  moveTo: (port: number) => void
  close: () => void
}

/** Stands between clients and a port of this machine, or each time another one. */
export function createTcpProxy(target: number | (() => number)): TcpProxy {
  const portOf = typeof target === 'number' ? () => target : target
  const state: State = { isHole: false, isDeaf: false, trigger: null, portOf, sockets: new Set() }
  const cut = (isMeant = (_: Side): boolean => true): void => {
    for (const socket of [...state.sockets]) if (isMeant(socket.data)) socket.terminate()
  }
  const handlers = createHandlers(state)
  const server = Bun.listen<Side>({
    ...{ hostname: '127.0.0.1', port: 0 },
    socket: { ...handlers, open: (client) => join(state, handlers, client) },
  })
  return {
    port: server.port,
    swallow: () => void (state.isHole = true),
    open() {
      for (const { data } of state.sockets) data.isDead = true
      state.isHole = false
    },
    cutAfter: (text) => void (state.trigger = text),
    refuseListening(isRefused) {
      state.isDeaf = isRefused
      if (isRefused) cut(({ isListening }) => isListening)
    },
    moveTo(port) {
      state.portOf = () => port
      cut()
    },
    close() {
      server.stop(true)
      cut()
    },
  }
}

type State = {
  /** Nothing comes through. */
  isHole: boolean
  /** Nobody may listen. */
  isDeaf: boolean
  trigger: RegExp | null
  portOf: () => number
  sockets: Set<Socket<Side>>
}

type Handlers = ReturnType<typeof createHandlers>

function createHandlers(state: State) {
  return {
    data(socket: Socket<Side>, bytes: Uint8Array) {
      const { data } = socket
      const { other, isClient } = data
      if (state.isHole || data.isDead) return
      if (isClient) notice(state, data, bytes)
      if (data.isListening && state.isDeaf) socket.terminate()
      else if (other === null) data.waiting.push(bytes.slice())
      else if (other.data.isDoomed) other.terminate()
      else send(other, bytes)
    },
    drain: flush,
    close(socket: Socket<Side>) {
      const { isDead, other } = socket.data
      state.sockets.delete(socket)
      if (!state.isHole && !isDead && other !== null) end(other)
    },
    error() {},
  }
}

function notice(state: State, data: Side, bytes: Uint8Array): void {
  const text = Buffer.from(bytes).toString('latin1')
  if (/\blisten "?\w/i.test(text)) data.isListening = true
  if (state.trigger?.test(text) !== true) return
  state.trigger = null
  data.isDoomed = true
}

async function join(state: State, socket: Handlers, client: Socket<Side>): Promise<void> {
  client.data = newSide(null, true)
  state.sockets.add(client)
  const data = newSide(client, false)
  const port = state.portOf()
  const upstream = await Bun.connect({ hostname: '127.0.0.1', port, data, socket }).catch(
    () => null,
  )
  if (upstream === null) return void client.end()
  state.sockets.add(upstream)
  if (!state.sockets.has(client)) return void upstream.end()
  const { waiting } = client.data
  client.data.waiting = []
  client.data.other = upstream
  for (const bytes of waiting) send(upstream, bytes)
}

function newSide(other: Side['other'], isClient: boolean): Side {
  const marks = { isDoomed: false, isDead: false, isListening: false, isEnding: false }
  return { other, waiting: [], isClient, ...marks }
}

function send(socket: Socket<Side>, bytes: Uint8Array): void {
  const { waiting } = socket.data
  if (waiting.length > 0) return void waiting.push(bytes.slice())
  const taken = Math.max(0, socket.write(bytes))
  if (taken < bytes.length) waiting.push(bytes.slice(taken))
}

function flush(socket: Socket<Side>): void {
  const { waiting } = socket.data
  socket.data.waiting = []
  for (const bytes of waiting) send(socket, bytes)
  if (socket.data.isEnding && socket.data.waiting.length === 0) socket.end()
}

function end(socket: Socket<Side>): void {
  if (socket.data.waiting.length === 0) socket.end()
  else socket.data.isEnding = true
}
