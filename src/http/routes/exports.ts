import { create } from 'content-disposition'
import { Hono } from 'hono'
import type { Chat, Visitor } from '../../chat/chat'
import { exportRoom } from '../../chat/export/export-room'
import { parseZone, utc } from '../../chat/search/zone'
import { type ConcurrencyLimit, createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { HttpContext, HttpEnv, HttpDeps } from '../context'
import { streamPieces } from '../downloads'
import { isSignedIn } from '../../chat/people/account'
import { requireRoom } from '../middleware/identity'
import { cutWhenSlow } from '../slow-clients'

const retryMs = 5_000

/** A whole room as a file, rendered while it is downloaded; a limited number at once. */
export function exportRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { exportsPerPersonMax: perPerson, exportsMax: all } = serverLimits
  const places = createConcurrencyLimit({ perPerson, all, retryMs })
  return new Hono<HttpEnv>()
    .get('/rooms/:id/export.txt', (c) => send(deps, c, 'txt', places))
    .get('/rooms/:id/export.html', (c) => send(deps, c, 'html', places))
}

async function send(
  deps: HttpDeps,
  c: HttpContext,
  kind: 'txt' | 'html',
  places: ConcurrencyLimit,
): Promise<Response> {
  const { visitor, room } = await requireRoom(deps, c)
  const tz = c.req.query('tz') ?? ''
  const zone = tz === '' ? utc : parseZone(tz)
  if (zone === null) throw new ChatError('bad_request')
  const release = places.take(visitor)
  try {
    const origin = deps.chat.config.publicUrl?.origin ?? c.get('origin')
    const made = await exportRoom(deps.chat, visitor, room, { kind, zone, origin })
    if (made === null) throw new ChatError('room_missing')
    const headers = headersOf(made.name, kind)
    if (c.req.method === 'HEAD') {
      release()
      return new Response(null, { headers: { ...headers, 'Transfer-Encoding': 'chunked' } })
    }
    const pieces = encode(whileSignedIn(deps.chat, visitor, made.pieces))
    const paced = cutWhenSlow(c, pieces, places, serverLimits.exportMsMax)
    return new Response(streamPieces(c, paced, deps.chat.log, release), { headers })
  } catch (fault) {
    release()
    throw fault
  }
}

/** Always a download: what users wrote must never open as a page of this origin. */
function headersOf(name: string, kind: 'txt' | 'html'): Record<string, string> {
  return {
    'Content-Type': kind === 'txt' ? 'text/plain; charset=utf-8' : 'text/html; charset=utf-8',
    'Content-Disposition': create(`${name}.${kind}`),
    'Cache-Control': 'private, no-store',
  }
}

async function* whileSignedIn(
  chat: Chat,
  visitor: Visitor,
  pieces: AsyncGenerator<string>,
): AsyncGenerator<string> {
  for await (const piece of pieces) {
    if (!(await isSignedIn(chat, visitor))) throw new ChatError('not_signed_in')
    yield piece
  }
}

async function* encode(pieces: AsyncGenerator<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const piece of pieces) yield encoder.encode(piece)
}
