import { awake } from '../server/awake'
import { serverLimits } from '../server/limits'
import { faultOf, type Log } from '../server/log'
import type { HttpContext } from './context'
import { cutWhenSlow } from './slow-clients'

/**
 * A body that asks for the next piece when the client has taken the last one. Calls `onEnd` at the
 * end, after a fault, and when the client disconnects; maybe more than once.
 */
export function streamPieces(
  c: HttpContext,
  pieces: AsyncGenerator<Uint8Array>,
  log: Log,
  onEnd: () => void,
): ReadableStream<Uint8Array> {
  const { server } = c.env
  const request = c.req.raw
  const end = (): void => {
    onEnd()
    void pieces.return(undefined)
  }
  request.signal.addEventListener('abort', end)
  return new ReadableStream({
    async pull(controller) {
      try {
        const { value, done } = await pieces.next()
        if (done === true) {
          onEnd()
          return controller.close()
        }
        controller.enqueue(value)
      } catch (fault) {
        onEnd()
        log('download.broken', { where: c.req.routePath, fault: faultOf(fault) })
        // The connection breaks. Bun would print an error, with a piece of the source.
        return controller.error()
      }
      // After the write, which resets Bun's idle timer to the default.
      setTimeout(() => server.timeout(request, serverLimits.downloadIdleSecondsMax))
    },
    cancel: end,
  })
}

/** How often access is asked for again while a large file is sent. */
const accessCheckMs = 250
const cutMs = 10
const wantedIdleSecondsMax = 5
/** A large file that is read more slowly than this is cut. */
const slowestBytesPerSecond = 16 * 1024

/**
 * Watches a response whose bytes Bun sends from the disk, as only then it announces their length:
 * cuts the connection when `mayRead` says no, and when it is read too slowly. Releases the place at
 * the end.
 */
export function cutWithoutAccess(
  c: HttpContext,
  bytes: number,
  mayRead: () => Promise<boolean>,
  place: { isWanted: () => boolean; release: () => void },
): void {
  const { server } = c.env
  const request = c.req.raw
  const secondsMax = secondsFor(bytes)
  const startedAt = performance.now()
  const watch = async (): Promise<void> => {
    let [isAllowed, wasWanted] = [true, false]
    // A request has an address until its response has ended.
    while (server.requestIP(request) !== null) {
      await Bun.sleep(isAllowed ? accessCheckMs : cutMs)
      const isInTime = awake.since(startedAt) < secondsMax * 1_000
      isAllowed &&= isInTime && (await mayRead().catch(() => false))
      // Bun's only way to cut a response; each write resets it. It takes up to five seconds.
      if (!isAllowed) server.timeout(request, 1)
      else if (!place.isWanted()) server.timeout(request, serverLimits.downloadIdleSecondsMax)
      // Others wait: nothing may stand still for long any more.
      else if (!wasWanted) server.timeout(request, wantedIdleSecondsMax)
      wasWanted = place.isWanted()
    }
  }
  void watch().finally(place.release)
}

function secondsFor(bytes: number): number {
  return bytes / slowestBytesPerSecond + serverLimits.downloadIdleSecondsMax
}

type FileStream = {
  parts: AsyncGenerator<Uint8Array>
  bytes: number
  mayRead: () => Promise<boolean>
  place: { isWanted: () => boolean; release: () => void }
  log: Log
}

/**
 * The body of a large file that is on no disk of this machine, with the same watch. Bun leaves out
 * the length of such a body: a reader knows by the last chunk that it is whole.
 */
export function streamFile(
  c: HttpContext,
  { parts, bytes, mayRead, place, log }: FileStream,
): ReadableStream<Uint8Array> {
  const allowed = whileAllowed(parts, mayRead)
  const paced = cutWhenSlow(c, allowed, place, secondsFor(bytes) * 1_000)
  return streamPieces(c, paced, log, place.release)
}

async function* whileAllowed(
  parts: AsyncGenerator<Uint8Array>,
  mayRead: () => Promise<boolean>,
): AsyncGenerator<Uint8Array> {
  let askedAt = performance.now()
  for await (const part of parts) {
    if (performance.now() - askedAt >= accessCheckMs) {
      if (!(await mayRead())) throw new Error('the reader may not have it any more')
      askedAt = performance.now()
    }
    yield part
  }
}
