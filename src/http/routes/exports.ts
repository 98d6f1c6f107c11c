import { Hono } from 'hono'
import { type Export, exportRoom } from '../../chat/export/export-room'
import { parseZone, utc } from '../../chat/search/zone'
import { createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { HttpContext, HttpEnv, HttpDeps } from '../context'
import { requireRoom } from '../middleware/identity'

const retryMs = 5_000

/** A whole room as a file, rendered while it is downloaded; a limited number at once. */
export function exportRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { exportsPerSessionMax: perKey, exportsMax: all } = serverLimits
  const take = createConcurrencyLimit({ perKey, all, retryMs })
  return new Hono<HttpEnv>()
    .get('/rooms/:id/export.txt', (c) => send(deps, c, 'txt', take))
    .get('/rooms/:id/export.html', (c) => send(deps, c, 'html', take))
}

async function send(
  deps: HttpDeps,
  c: HttpContext,
  kind: 'txt' | 'html',
  take: (session: string) => () => void,
): Promise<Response> {
  const { visitor, room } = await requireRoom(deps, c)
  const tz = c.req.query('tz') ?? ''
  const zone = tz === '' ? utc : parseZone(tz)
  if (zone === null) throw new ChatError('bad_request')
  const release = take(visitor.session)
  try {
    const origin = deps.chat.config.publicUrl?.origin ?? c.get('origin')
    const made = await exportRoom(deps.chat, visitor, room, { kind, zone, origin })
    if (made === null) throw new ChatError('room_missing')
    const body = c.req.method === 'HEAD' ? null : stream(c, made, release)
    if (body === null) release()
    return new Response(body, { headers: headersOf(made.name, kind) })
  } catch (fault) {
    release()
    throw fault
  }
}

/** Always a download: what users wrote must never open as a page of this origin. */
function headersOf(name: string, kind: 'txt' | 'html'): Record<string, string> {
  const file = encodeURIComponent(`${name}.${kind}`).replace(/['()*]/g, '_')
  const plain = `${name.replace(/[^\w-]/g, '_')}.${kind}`
  return {
    'Content-Type': kind === 'txt' ? 'text/plain; charset=utf-8' : 'text/html; charset=utf-8',
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${file}`,
    'Cache-Control': 'private, no-store',
  }
}

/** Renders a piece when the reader has taken the last one, within a time limit. */
function stream(
  c: HttpContext,
  { pieces }: Export,
  release: () => void,
): ReadableStream<Uint8Array> {
  const { server } = c.env
  const request = c.req.raw
  const encoder = new TextEncoder()
  const deadline = performance.now() + serverLimits.exportMsMax
  const end = (): void => {
    release()
    void pieces.return(undefined)
  }
  const signal = request.signal
  signal.addEventListener('abort', end)
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await pieces.next().catch((fault: unknown) => {
        end()
        throw fault
      })
      if (done === true) {
        end()
        return controller.close()
      }
      if (performance.now() > deadline) {
        end()
        throw new Error('the export was downloaded too slowly')
      }
      controller.enqueue(encoder.encode(value))
      setTimeout(() => server.timeout(request, serverLimits.downloadIdleSecondsMax))
    },
    cancel: end,
  })
}
