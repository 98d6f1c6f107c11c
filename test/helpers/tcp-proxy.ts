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
  /** What is looked for was sent on it. */
  isMarked: boolean
  /** It ends when everything was taken. */
  isEnding: boolean
}

export type TcpProxy = {
  port: number
  /** From now on nothing comes through, and nobody is told. */
  swallow: () => void
  /** Everything comes through again, on new connections; the old ones end. */
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
  const sockets = new Set<Socket<Side>>()
  let [isHole, isDeaf] = [false, false]
  let trigger: RegExp | null = null
  let portOf = typeof target === 'number' ? () => target : target
  const notice = (data: Side, bytes: Uint8Array): void => {
    const text = Buffer.from(bytes).toString('latin1')
    if (/\blisten "?\w/i.test(text)) data.isMarked = true
    if (trigger?.test(text) !== true) return
    trigger = null
    data.isDoomed = true
  }
  const handlers = {
    data(socket: Socket<Side>, bytes: Uint8Array) {
      const { data } = socket
      const { other, isClient } = data
      if (isHole || data.isDead) return
      if (isClient) notice(data, bytes)
      if (data.isMarked && isDeaf) socket.terminate()
      else if (other === null) data.waiting.push(bytes.slice())
      else if (other.data.isDoomed) other.terminate()
      else send(other, bytes)
    },
    drain: flush,
    close(socket: Socket<Side>) {
      sockets.delete(socket)
      const { isDead, other } = socket.data
      if (!isHole && !isDead && other !== null) end(other)
    },
    error() {},
  }
  const cut = (isMeant = (_: Side): boolean => true): void => {
    for (const socket of [...sockets]) if (isMeant(socket.data)) socket.terminate()
  }
  const server = Bun.listen<Side>({
    ...{ hostname: '127.0.0.1', port: 0 },
    socket: {
      ...handlers,
      async open(client) {
        client.data = newSide(null, true)
        sockets.add(client)
        const upstream = await Bun.connect<Side>({
          ...{ hostname: '127.0.0.1', port: portOf(), data: newSide(client, false) },
          socket: handlers,
        }).catch(() => null)
        if (upstream === null) return void client.end()
        sockets.add(upstream)
        if (!sockets.has(client)) return void upstream.end()
        const { waiting } = client.data
        client.data.waiting = []
        client.data.other = upstream
        for (const bytes of waiting) send(upstream, bytes)
      },
    },
  })
  return {
    port: server.port,
    swallow: () => void (isHole = true),
    open() {
      for (const { data } of sockets) data.isDead = true
      isHole = false
    },
    cutAfter: (text) => void (trigger = text),
    refuseListening(isRefused) {
      isDeaf = isRefused
      if (isDeaf) cut(({ isMarked }) => isMarked)
    },
    moveTo(port) {
      portOf = () => port
      cut()
    },
    close() {
      server.stop(true)
      cut()
    },
  }
}

function newSide(other: Side['other'], isClient: boolean): Side {
  const marks = { isDoomed: false, isDead: false, isMarked: false, isEnding: false }
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
