import type { ConcurrencyLimit } from '../server/concurrency'
import { watchRate } from '../server/least-rate'
import { serverLimits } from '../server/limits'
import type { HttpContext } from './context'

/** How often a transfer is looked at. */
const lookMs = 1_000

/**
 * Passes on the pieces of an answer, and disconnects a client that takes them too slowly while
 * others wait for its place, or for longer than `msMax` in any case.
 */
export async function* cutWhenSlow(
  c: HttpContext,
  pieces: AsyncGenerator<Uint8Array>,
  { isWanted }: Pick<ConcurrencyLimit, 'isWanted'>,
  msMax: number = Number.POSITIVE_INFINITY,
): AsyncGenerator<Uint8Array> {
  const { server } = c.env
  const request = c.req.raw
  const startedAt = performance.now()
  const watch = watchRate()
  let isCut = false
  // Bun asks for no piece while a client takes none, so that only a timer sees it.
  const timer = setInterval(() => {
    const isSlow = watch.isSlow() && isWanted()
    isCut ||= isSlow || performance.now() - startedAt > msMax
    // Ends a connection over which nothing moves for a second.
    if (isCut) server.timeout(request, 1)
  }, lookMs)
  try {
    for await (const piece of pieces) {
      if (isCut) throw new Error('the client was too slow')
      watch.wait()
      yield piece
      watch.moved(piece.length)
    }
  } finally {
    clearInterval(timer)
  }
}

/** Keeps the connection of a client that waits while something takes long without moving bytes. */
export async function keepOpen<Value>(c: HttpContext, work: Promise<Value>): Promise<Value> {
  const { server } = c.env
  const keep = (): void => server.timeout(c.req.raw, serverLimits.uploadIdleSecondsMax)
  const timer = setInterval(keep, (serverLimits.uploadIdleSecondsMax * 1_000) / 4)
  return work.finally(() => clearInterval(timer))
}
