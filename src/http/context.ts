import type { Server } from 'bun'
import type { Context } from 'hono'
import type { View } from '../../views/view'
import type { Assets } from '../assets'
import type { Spend } from '../server/rate-limits'
import type { Chat, Visitor } from '../chat/chat'
import type { PostMessage } from '../chat/messages/post-message'

/** What the HTTP door is handed when the house opens. */
export type WebNeeds = {
  chat: Chat
  assets: Assets
  postMessage: PostMessage
  spend: Spend
  /** Hands a checked upgrade request to the socket door; throws ChatError when it is refused. */
  upgrade: (server: Server<never>, request: Request, visitor: Visitor, rooms: number[]) => void
  /** The house is closing: nothing more is taken in. */
  isStopping: () => boolean
}

/** What the middleware learned about a request before a route sees it. */
export type WebEnv = {
  Bindings: { server: Server<never> }
  Variables: {
    /** Scheme and host as the browser sees them, checked. */
    origin: string
    isSecure: boolean
    address: string
    view: View
    visitor: Visitor | null
    tokenHash: Uint8Array | null
    /** How long everybody else waited while the answer was drawn. */
    drawnMs?: number
  }
}

export type WebContext = Context<WebEnv>

/** Whether the client asked for JSON rather than a page, or speaks it itself. */
export function wantsJson(c: WebContext): boolean {
  const accept = c.req.header('accept') ?? ''
  if (accept.includes('text/html')) return false
  return accept.includes('application/json') || speaksJson(c)
}

/** Whether the body says that it is JSON. */
export function speaksJson(c: WebContext): boolean {
  return /^application\/json\b/i.test(c.req.header('content-type') ?? '')
}

/** Whether the body is a form that may hold files. */
export function isMultipart(c: WebContext): boolean {
  return /^multipart\/form-data\b/i.test(c.req.header('content-type') ?? '')
}

/**
 * Sends the reader on to another page after a change. htmx would follow a 303 and swap a whole page
 * into the form, so it is told where to go; a script gets `data`.
 */
export function goOn(c: WebContext, path: string, data: object = {}): Response {
  if (wantsJson(c)) return c.json(data)
  if (c.req.header('hx-request') !== 'true') return c.redirect(path, 303)
  c.header('HX-Redirect', path)
  return c.body(null, 200)
}

/** Answers with a whole page. */
export function sendPage(c: WebContext, page: { toString: () => string }): Response {
  return sendHtml(c, { toString: () => `<!doctype html>${page}` })
}

/** Answers with a fragment of a page. */
export function sendHtml(c: WebContext, fragment: { toString: () => string }): Response {
  const startedAt = performance.now()
  const answer = drawHtml(c, fragment)
  c.set('drawnMs', performance.now() - startedAt)
  return answer
}

function drawHtml(c: WebContext, fragment: { toString: () => string }): Response {
  const html = String(fragment)
  const headers = { 'Content-Type': 'text/html; charset=utf-8', Vary: 'Accept-Encoding' }
  const accepted = c.req.header('accept-encoding') ?? ''
  if (html.length < compressFromUnits || !accepted.includes('gzip'))
    return c.body(html, { headers })
  // A page of fifty messages in a third of a millisecond to a sixth of its size.
  const bytes = Bun.gzipSync(html, { level: 6 })
  return c.body(bytes, { headers: { ...headers, 'Content-Encoding': 'gzip' } })
}

const compressFromUnits = 1_400
