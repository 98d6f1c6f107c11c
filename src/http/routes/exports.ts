import { Hono } from 'hono'
import { type Export, exportRoom } from '../../chat/export/export-room'
import { parseZone, utc } from '../../chat/search/zone'
import { createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { WebContext, WebEnv, WebNeeds } from '../context'
import { requireVisitor } from '../middleware/identity'
import { requireRoom } from './rooms'

const retryMs = 5_000

/** A whole room as a file, made while it is taken; only so many at once. */
export function exportRoutes(needs: WebNeeds): Hono<WebEnv> {
  const { exportsPerSessionMax: perKey, exportsMax: all } = serverLimits
  const take = createConcurrencyLimit({ perKey, all, retryMs })
  return new Hono<WebEnv>()
    .get('/rooms/:id/export.txt', (c) => send(needs, c, 'txt', take))
    .get('/rooms/:id/export.html', (c) => send(needs, c, 'html', take))
}

async function send(
  needs: WebNeeds,
  c: WebContext,
  kind: 'txt' | 'html',
  take: (session: string) => () => void,
): Promise<Response> {
  const visitor = requireVisitor(c)
  const room = await requireRoom(needs, c, visitor)
  const tz = c.req.query('tz') ?? ''
  const zone = tz === '' ? utc : parseZone(tz)
  if (zone === null) throw new ChatError('bad_request')
  const release = take(visitor.session)
  try {
    const origin = needs.chat.config.publicUrl?.origin ?? c.get('origin')
    const made = await exportRoom(needs.chat, visitor, room, { kind, zone, origin })
    if (made === null) throw new ChatError('room_missing')
    const body = c.req.method === 'HEAD' ? null : stream(c, made, release)
    if (body === null) release()
    return new Response(body, { headers: headersOf(made.name, kind) })
  } catch (fault) {
    release()
    throw fault
  }
}

/** Always a download: a page of ours that holds what others wrote is never opened as one. */
function headersOf(name: string, kind: 'txt' | 'html'): Record<string, string> {
  const file = encodeURIComponent(`${name}.${kind}`).replace(/['()*]/g, '_')
  const plain = `${name.replace(/[^\w-]/g, '_')}.${kind}`
  return {
    'Content-Type': kind === 'txt' ? 'text/plain; charset=utf-8' : 'text/html; charset=utf-8',
    'Content-Disposition': `attachment; filename="${plain}"; filename*=UTF-8''${file}`,
    'Cache-Control': 'private, no-store',
  }
}

/** Makes the next piece when the last one has been taken, until it is the next one's turn. */
function stream(
  c: WebContext,
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
        throw new Error('an export was taken too slowly')
      }
      controller.enqueue(encoder.encode(value))
      setTimeout(() => server.timeout(request, serverLimits.downloadIdleSecondsMax))
    },
    cancel: end,
  })
}
