import type { Socket } from 'bun'

type Side = { other: Socket<Side> | null; waiting: Uint8Array[]; isClient: boolean }

export type TcpProxy = {
  port: number
  /** From now on nothing comes through, and nobody is told. */
  swallow: () => void
  /** Everything comes through again, on new connections; the old ones end. */
  open: () => void
  /** Swallows everything after the first request that contains this, which gets there. */
  swallowAfter: (text: RegExp) => void
  close: () => void
}

/** Stands between a client and a port of this machine. */
export function createTcpProxy(port: number): TcpProxy {
  const sockets = new Set<Socket<Side>>()
  let isHole = false
  let trigger: RegExp | null = null
  const forward = (socket: Socket<Side>, bytes: Uint8Array): void => {
    const { other, isClient, waiting } = socket.data
    if (isHole) return
    if (isClient && trigger?.test(Buffer.from(bytes).toString('latin1')) === true) {
      other?.write(bytes)
      isHole = true
    } else if (other === null) waiting.push(bytes.slice())
    else other.write(bytes)
  }
  const handlers = {
    data: forward,
    close({ data }: Socket<Side>) {
      if (!isHole) data.other?.end()
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
        client.data = { other: null, waiting: [], isClient: true }
        sockets.add(client)
        const data: Side = { other: client, waiting: [], isClient: false }
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
      isHole = false
      trigger = null
      cut()
    },
    swallowAfter: (text) => void (trigger = text),
    close() {
      server.stop(true)
      cut()
    },
  }
}
