import { create } from 'content-disposition'
import { Hono } from 'hono'
import { MediaKit } from '../../../views/messages/media-kit'
import { consumeForUser } from '../../server/rate-limits'
import type { Chat, Visitor } from '../../chat/chat'
import { toWire } from '../../chat/messages/events'
import { shownTypes } from '../../chat/files/inspect'
import { isAttachmentId } from '../../chat/messages/parse-message'
import { receiveFile } from '../../chat/files/receive-file'
import { type ConcurrencyLimit, createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { textLimits } from '../../shared/limits'
import type { Attachment } from '../../store/store'
import { type HttpContext, type HttpDeps, type HttpEnv, isMultipart } from '../context'
import { cutWithoutAccess, streamFile } from '../downloads'
import { isSignedIn } from '../../chat/people/account'
import { identifyAgain, requireVisitor } from '../middleware/identity'
import { sendHtml } from '../pages'
import { keepOpen } from '../slow-clients'

/** A body of at most this many bytes is sent from memory: what a slow reader keeps there. */
const bodyInMemoryBytesMax = 256 * 1024
const downloadRetryMs = 2_000

/** Uploads and downloads. A file goes out under the type that we found, not the sender's. */
export function attachmentRoutes(deps: HttpDeps): Hono<HttpEnv> {
  const { chat } = deps
  const { downloadsPerPersonMax: perPerson, downloadsMax: all } = serverLimits
  const places = createConcurrencyLimit({ perPerson, all, retryMs: downloadRetryMs })
  const download = (c: HttpContext, visitor: Visitor, find: Find, cacheControl: string) =>
    send(chat, c, { visitor, find, cacheControl, places })
  return new Hono<HttpEnv>()
    .post('/attachments', (c) => receive(deps, c))
    .get('/media-kit', (c) => {
      requireVisitor(c)
      return sendHtml(c, <MediaKit view={c.get('view')} />)
    })
    .get('/attachments/:id/:name?', async (c) => {
      const visitor = c.get('visitor')
      const id = c.req.param('id')
      if (visitor === null || !isAttachmentId(id)) throw new ChatError('not_found')
      const find = () => chat.store.attachments.find(visitor.user.id, id)
      return download(c, visitor, find, 'private, no-store')
    })
    .get('/faces/:id', async (c) => {
      const visitor = c.get('visitor')
      const id = c.req.param('id')
      if (visitor === null || !isAttachmentId(id)) throw new ChatError('not_found')
      const find = () => chat.store.attachments.findFace(id)
      // Immutable: a new picture has a new address.
      return download(c, visitor, find, 'private, max-age=31536000, immutable')
    })
}

async function receive({ chat, rateLimits }: HttpDeps, c: HttpContext): Promise<Response> {
  const visitor = requireVisitor(c)
  consumeForUser(rateLimits, 'uploads', visitor)
  // A form with files is a message, which has a route of its own.
  const { body } = c.req.raw
  if (isMultipart(c)) throw new ChatError('bad_request')
  if (body === null) throw new ChatError('file_empty')
  c.env.server.timeout(c.req.raw, serverLimits.uploadIdleSecondsMax)
  const length = c.req.header('content-length')
  const receiving = receiveFile(chat, {
    sender: visitor,
    body,
    size: length === undefined ? null : Number(length),
    name: readEncoded(c, 'x-filename'),
    description: cleanDescription(readEncoded(c, 'x-description')),
    preview: /^(?:[0-9a-f]{27})?$/.test(c.req.header('x-preview') ?? '')
      ? (c.req.header('x-preview') ?? '')
      : '',
    async authorise() {
      await identifyAgain(chat, c)
      requireVisitor(c)
    },
  })
  const attachment = await keepOpen(c, receiving).catch((problem: unknown) => {
    // The rest of the body is still arriving; it must not be read as another request.
    c.header('Connection', 'close')
    throw problem
  })
  return c.json(toWire(attachment), 201)
}

function cleanDescription(sent: string): string {
  const text = sent.replaceAll('\0', '').trim()
  return text.slice(0, textLimits.descriptionUnitsMax).toWellFormed()
}

/** A header in percent-encoded UTF-8, as headers are ASCII. Throws `bad_request`. */
function readEncoded(c: HttpContext, name: string): string {
  try {
    return decodeURIComponent(c.req.header(name) ?? '').toWellFormed()
  } catch {
    throw new ChatError('bad_request')
  }
}

/** Finds a file, at this moment, for those who may read it. */
type Find = () => Promise<Attachment | null>

type Download = { visitor: Visitor; find: Find; cacheControl: string; places: ConcurrencyLimit }

async function send(
  chat: Chat,
  c: HttpContext,
  { visitor, find, cacheControl, places }: Download,
): Promise<Response> {
  const attachment = await find()
  if (attachment === null) throw new ChatError('not_found')
  const { id, size } = attachment
  if ((await chat.files.size(id)) !== size) throw await lost(chat)
  const etag = `"${id}"`
  const wanted = [undefined, etag].includes(c.req.header('if-range')) ? c.req.header('range') : ''
  const range = parseRange(wanted, size)
  const headers = new Headers({
    ...headersOf(attachment),
    'Cache-Control': cacheControl,
    'Accept-Ranges': 'bytes',
    ETag: etag,
  })
  if (range === 'unsatisfiable') {
    headers.set('Content-Range', `bytes */${size}`)
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = range ?? { start: 0, end: size }
  headers.set('Content-Length', String(end - start))
  if (range !== null) headers.set('Content-Range', `bytes ${start}-${end - 1}/${size}`)
  const status = range === null ? 200 : 206
  if (c.req.method === 'HEAD') return new Response(null, { status, headers })
  if (end - start <= bodyInMemoryBytesMax) {
    const bytes = await chat.files.read(id, start, end - start)
    if (bytes.length < end - start) throw await lost(chat)
    return new Response(bytes, { status, headers })
  }
  const mayRead = async (): Promise<boolean> =>
    (await isSignedIn(chat, visitor)) && (await find()) !== null
  const place = { ...places, release: places.take(visitor) }
  if (chat.files.blob === null) {
    const parts = chat.files.parts(id, start, end)
    const body = streamFile(c, { parts, bytes: end - start, mayRead, place, log: chat.log })
    return new Response(body, { status, headers })
  }
  // Otherwise Bun ends a body that is shorter than announced only when the connection is idle.
  headers.set('Connection', 'close')
  cutWithoutAccess(c, end - start, mayRead, place)
  return new Response(chat.files.blob(id).slice(start, end), { status, headers })
}

/** Why a file that is known is not whole on the disk. */
async function lost({ files }: Chat): Promise<ChatError> {
  if (await files.isHere()) return new ChatError('file_lost')
  return new ChatError('files_away', serverLimits.storageRetryMs)
}

type Range = { start: number; end: number }

/**
 * Parses a Range header for a file of this size; `end` is not included. Gives null (send all) for
 * several ranges or a malformed one, `unsatisfiable` for a range outside the file.
 */
function parseRange(header: string | undefined, size: number): Range | 'unsatisfiable' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || first + last === '') return null
  if (first === '') {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === '' ? size : Math.min(Number(last) + 1, size)
  if (last !== '' && Number(last) < start) return null
  return start >= size ? 'unsatisfiable' : { start, end }
}

/** Without any permission, under its exact type, for this site only. */
function headersOf({ name, type }: Attachment): Record<string, string> {
  const kind = shownTypes.includes(type) ? 'inline' : 'attachment'
  return {
    'Content-Type': type,
    'Content-Disposition': create(name, { type: kind }),
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': type === 'application/pdf' ? pdfPolicy : filePolicy,
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

const filePolicy = `sandbox; default-src 'none'`
/** Browsers show no PDF in a sandbox, and need styles for the frame of their viewer. */
const pdfPolicy =
  `default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; ` + `frame-ancestors 'none'`
