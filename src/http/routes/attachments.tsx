import { Hono } from 'hono'
import { MediaKit } from '../../../views/messages/media-kit'
import { spendFor } from '../../server/rate-limits'
import type { Chat } from '../../chat/chat'
import { toWire } from '../../chat/messages/events'
import { shownTypes } from '../../chat/files/inspect'
import { isAttachmentId } from '../../chat/messages/parse-message'
import { receiveFile } from '../../chat/files/receive-file'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import type { Attachment } from '../../store/store'
import { isMultipart, sendHtml, type WebContext, type WebEnv, type WebNeeds } from '../context'
import { currentUser, requireVisitor } from '../middleware/identity'
import { readRange } from '../range'
import { limits } from '../../shared/limits'

/** Bytes of one read of a download: what a slow reader keeps in memory. */
const downloadPartBytes = 256 * 1024

/** Files in and out. What comes in is only bytes; what goes out is only what we say it is. */
export function attachmentRoutes(needs: WebNeeds): Hono<WebEnv> {
  const { chat } = needs
  return new Hono<WebEnv>()
    .post('/attachments', (c) => receive(needs, c))
    .get('/media-kit', (c) => {
      requireVisitor(c)
      return sendHtml(c, <MediaKit view={c.get('view')} />)
    })
    .get('/attachments/:id/:name?', async (c) => {
      const visitor = c.get('visitor')
      const id = c.req.param('id')
      if (visitor === null || !isAttachmentId(id)) throw new ChatError('not_found')
      const attachment = await chat.store.attachments.find(visitor.user.id, id)
      return send(chat, c, attachment, 'private, no-store')
    })
    .get('/faces/:id', async (c) => {
      const id = c.req.param('id')
      if (c.get('visitor') === null || !isAttachmentId(id)) throw new ChatError('not_found')
      const face = await chat.store.attachments.findFace(id)
      // A face never changes: another one has another address.
      return send(chat, c, face, 'private, max-age=31536000, immutable')
    })
}

async function receive({ chat, spend }: WebNeeds, c: WebContext): Promise<Response> {
  const visitor = requireVisitor(c)
  const retryMs = spendFor(spend, 'uploads', visitor)
  if (retryMs > 0) throw new ChatError('too_many', retryMs)
  // A form of files belongs to a message: it goes where that goes.
  const { body } = c.req.raw
  if (isMultipart(c)) throw new ChatError('bad_request')
  if (body === null) throw new ChatError('file_empty')
  c.env.server.timeout(c.req.raw, serverLimits.uploadIdleSecondsMax)
  const length = c.req.header('content-length')
  const attachment = await receiveFile(chat, {
    owner: visitor.user.id,
    body,
    size: length === undefined ? null : Number(length),
    name: readEncoded(c, 'x-filename'),
    description: readEncoded(c, 'x-description').slice(0, limits.descriptionUnitsMax).trim(),
    preview: /^(?:[0-9a-f]{27})?$/.test(c.req.header('x-preview') ?? '')
      ? (c.req.header('x-preview') ?? '')
      : '',
    isSignedIn: async () => (await currentUser(chat, c)) !== null,
  }).catch((problem: unknown) => {
    // The rest of the body is still on its way, and is nobody's.
    c.header('Connection', 'close')
    throw problem
  })
  return c.json(toWire(attachment), 201)
}

/** Percent-encoded UTF-8, as headers hold nothing else. Throws `bad_request`. */
function readEncoded(c: WebContext, name: string): string {
  try {
    return decodeURIComponent(c.req.header(name) ?? '').toWellFormed()
  } catch {
    throw new ChatError('bad_request')
  }
}

async function send(
  chat: Chat,
  c: WebContext,
  attachment: Attachment | null,
  cacheControl: string,
): Promise<Response> {
  const size = attachment === null ? null : await chat.files.size(attachment.id)
  if (attachment === null || size === null) throw new ChatError('not_found')
  const etag = `"${attachment.id}"`
  const wanted = [undefined, etag].includes(c.req.header('if-range')) ? c.req.header('range') : ''
  const range = readRange(wanted, size)
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
  return new Response(stream(chat, c, attachment.id, start, end), { status, headers })
}

/** In a sandbox without anything, as nothing but what it is, and never for another site. */
function headersOf({ name, type }: Attachment): Record<string, string> {
  const isShown = shownTypes.includes(type)
  const kind = isShown ? 'inline' : 'attachment'
  return {
    'Content-Type': type,
    'Content-Disposition': `${kind}; filename*=UTF-8''${encodeName(name)}`,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': `sandbox; default-src 'none'`,
    'Cross-Origin-Resource-Policy': 'same-origin',
  }
}

/** RFC 8187 leaves fewer characters alone than encodeURIComponent does. */
function encodeName(name: string): string {
  return encodeURIComponent(name).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** Reads on only as fast as the reader takes it. */
function stream(
  { files }: Chat,
  c: WebContext,
  id: string,
  start: number,
  end: number,
): ReadableStream<Uint8Array> {
  const { server } = c.env
  const request = c.req.raw
  let at = start
  return new ReadableStream({
    async pull(controller) {
      const part = await files.read(id, at, Math.min(downloadPartBytes, end - at))
      at += part.length
      if (part.length > 0) controller.enqueue(part)
      if (at >= end || part.length === 0) return controller.close()
      // After the write, which winds Bun's clock to its usual few seconds.
      setTimeout(() => server.timeout(request, serverLimits.downloadIdleSecondsMax))
    },
  })
}
