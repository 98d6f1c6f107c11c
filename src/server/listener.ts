import type { Server } from 'bun'
import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Log } from './log'

const lookMs = 1_000
/** With fewer handles left nobody else is taken in, as files need some… */
const handlesMin = 8
/** …until there are so many. */
const handlesEnough = 32

/** What listens on the port: one server, and those before it whose connections are still open. */
export type Listener<Data> = {
  port: number
  servers: ReadonlySet<Server<Data>>
  /** Starts to look whether there are file handles for more connections. */
  watch: () => () => void
  /** Opens anew, as with another certificate; connections that are open go on. */
  renew: () => void
  /** Ends all connections. */
  stop: () => Promise<unknown>
}

/**
 * Listens, and stops listening while there are no file handles left: Bun would try to accept those
 * who wait over and over, and keep one core busy. `open` listens on a port, or throws.
 */
export function createListener<Data>(
  open: (port: number) => Server<Data>,
  firstPort: number,
  log: Log,
): Listener<Data> {
  let current: Server<Data> | null = open(firstPort)
  const port = current.port ?? firstPort
  const servers = new Set([current])
  const pause = (server: Server<Data>): void => {
    log('handles.exhausted', { where: 'ulimit -n', size: server.pendingWebSockets })
    retire(server)
  }
  const retire = (server: Server<Data>): void => {
    current = null
    // Its sockets and requests go on.
    void server.stop(false).then(() => servers.delete(server))
  }
  const look = (): void => {
    if (current !== null) return hasHandles(handlesMin) ? undefined : pause(current)
    if (!hasHandles(handlesEnough)) return
    if (reopen()) log('handles.free')
  }
  const reopen = (): boolean => {
    try {
      current = open(port)
      servers.add(current)
      return true
    } catch {
      log('port.taken', { where: String(port) })
      return false
    }
  }
  return {
    port,
    servers,
    watch() {
      const timer = setInterval(look, lookMs)
      return () => clearInterval(timer)
    },
    renew() {
      // Without handles it is opened again later, with what is new then.
      if (current === null) return
      retire(current)
      reopen()
    },
    stop: () => Promise.all(Array.from(servers, (server) => server.stop(true))),
  }
}

/** Whether so many files could be opened now. */
function hasHandles(wanted: number): boolean {
  const handles: number[] = []
  try {
    while (handles.length < wanted) handles.push(openSync(devNull, 'r'))
    return true
  } catch {
    return false
  } finally {
    handles.forEach(closeSync)
  }
}
