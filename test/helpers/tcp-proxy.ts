import type { Socket } from 'bun'

type Side = {
  other: Socket<Side> | null
  /** What came before there was another side. */
  waiting: Uint8Array[]
  isClient: boolean
  /** With the next answer its connection ends. */
  isDoomed: boolean
  /** Nothing comes through any more. */
  isDead: boolean
}

export type TcpProxy = {
  port: number
  /** From now on nothing comes through, and nobody is told. */
  swallow: () => void
  /** New connections work again; nothing is heard of the old ones. */
  open: () => void
  /** The next request that contains this gets there; instead of its answer the connection ends. */
  cutAfter: (text: RegExp) => void
  close: () => void
}

/** Stands between clients and a port of this machine. */
export function createTcpProxy(port: number): TcpProxy {
  const sockets = new Set<Socket<Side>>()
  let isHole = false
  let trigger: RegExp | null = null
  const handlers = {
    data({ data }: Socket<Side>, bytes: Uint8Array) {
      const { other, isClient, waiting } = data
      if (isHole || data.isDead) return
      if (isClient && trigger?.test(Buffer.from(bytes).toString('latin1')) === true) {
        trigger = null
        data.isDoomed = true
      }
      if (other === null) waiting.push(bytes.slice())
      else if (other.data.isDoomed) other.terminate()
      else other.write(bytes)
    },
    close({ data }: Socket<Side>) {
      if (!isHole && !data.isDead) data.other?.end()
    },
    error() {},
  }
  const cut = (): void => {
    for (const socket of sockets) socket.terminate()
    sockets.clear()
  }
  const server = Bun.listen<Side>({
    ...{ hostname: '127.0.0.1', port: 0 },
    socket: {
      ...handlers,
      async open(client) {
        client.data = { other: null, waiting: [], isClient: true, isDoomed: false, isDead: false }
        sockets.add(client)
        const data: Side = { ...client.data, other: client, isClient: false }
        const upstream = await Bun.connect<Side>({
          ...{ hostname: '127.0.0.1', port, data, socket: handlers },
        }).catch(() => null)
        if (upstream === null) return void client.end()
        sockets.add(upstream)
        client.data.other = upstream
        for (const bytes of client.data.waiting) upstream.write(bytes)
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
    close() {
      server.stop(true)
      cut()
    },
  }
}
