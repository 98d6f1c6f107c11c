import { serverLimits } from '../server/limits'
import type { HttpContext } from './context'

/**
 * A Content-Disposition header with the name of a file (RFC 6266), for old clients once more in
 * ASCII.
 */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\w.-]/g, '_')
  // RFC 8187 allows fewer characters than encodeURIComponent leaves.
  const encoded = encodeURIComponent(name).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${kind}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/**
 * A body that asks for the next piece when the client has taken the last one. Calls `onEnd` at the
 * end, after a fault, and when the client disconnects; maybe more than once.
 */
export function streamPieces(
  c: HttpContext,
  pieces: AsyncGenerator<Uint8Array>,
  onEnd: () => void = () => {},
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
        throw fault
      }
      // After the write, which resets Bun's idle timer to the default.
      setTimeout(() => server.timeout(request, serverLimits.downloadIdleSecondsMax))
    },
    cancel: end,
  })
}
