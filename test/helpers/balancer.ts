import type { Address } from './client'
import { createTcpProxy } from './tcp-proxy'

/** In how many milliseconds a node is looked at again, and how long it may take to answer. */
const checkMs = 300
const answerMsMax = 1_000

export type Balancer = Address & { port: number; close: () => void }

/**
 * Hands each new connection to the next node that says it is ready; nobody is tied to one. Where
 * none is ready, any of them is tried.
 */
export function startBalancer(nodes: { port: number }[]): Balancer {
  const ready = new Set(nodes.map(({ port }) => port))
  let turn = 0
  const next = (): number => {
    turn += 1
    const able = nodes.filter(({ port }) => ready.has(port))
    const among = able.length > 0 ? able : nodes
    return among[turn % among.length]?.port ?? 0
  }
  const proxy = createTcpProxy(next)
  const check = async (port: number): Promise<void> => {
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`, {
      keepalive: false,
      signal: AbortSignal.timeout(answerMsMax),
    }).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isReady) ready.add(port)
    else ready.delete(port)
  }
  const timer = setInterval(() => nodes.forEach(({ port }) => void check(port)), checkMs)
  return {
    port: proxy.port,
    origin: `http://127.0.0.1:${proxy.port}`,
    close() {
      clearInterval(timer)
      proxy.close()
    },
  }
}
