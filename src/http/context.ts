import type { Server } from 'bun'
import type { Context, MiddlewareHandler } from 'hono'
import type { View } from '../../views/view'
import type { Assets } from '../assets'
import type { Chat, Visitor } from '../chat/chat'
import type { PostMessage } from '../chat/messages/post-message'
import type { Certificates } from '../https/certificates'
import type { RateLimits } from '../server/rate-limits'
import type { User } from '../store/store'

/** What the HTTP layer depends on. */
export type HttpDeps = {
  chat: Chat
  assets: Assets
  postMessage: PostMessage
  rateLimits: RateLimits
  /** Hands a checked upgrade request to the socket layer. Throws ChatError when it is refused. */
  upgrade: (upgrade: {
    server: Server<never>
    request: Request
    visitor: Visitor
    rooms: number[]
  }) => void
  /** Answers a frame as a socket would, with the frames of the reply. Throws ChatError. */
  exchange: (visitor: Visitor, text: string) => Promise<string[]>
  /** What HTTPS is served with; null without HTTPS. */
  certificates: Certificates | null
  httpsPort: () => number | null
  /** The server is shutting down: new requests are refused. */
  isStopping: () => boolean
}

/** What the middleware learned about a request before a route sees it. */
export type HttpEnv = {
  Bindings: { server: Server<never> }
  Variables: {
    /** Scheme and host as the browser sees them, checked. */
    origin: string
    isSecure: boolean
    /** The browser is told to use nothing but HTTPS from now on. */
    keepsToHttps: boolean
    /** The key under which the client is rate limited. */
    address: string
    view: View
    visitor: Visitor | null
    /** Who has a session in this browser over plain HTTP, and none over HTTPS, which is asked. */
    plainUser: User | null
    tokenHash: Uint8Array | null
    /** Tells the browser again; set as a cookie with the session. */
    browserToken?: string
    /** Milliseconds of rendering, during which all other requests waited. */
    renderMs?: number
  }
}

export type HttpContext = Context<HttpEnv>
export type Middleware = MiddlewareHandler<HttpEnv>

/** Whether htmx asks, for a fragment instead of a page. */
export function isHtmx(c: HttpContext): boolean {
  return c.req.header('hx-request') === 'true'
}

/** Whether the client asks for JSON instead of a page, or sends JSON itself. */
export function wantsJson(c: HttpContext): boolean {
  const accept = c.req.header('accept') ?? ''
  if (accept.includes('text/html')) return false
  return accept.includes('application/json') || sendsJson(c)
}

/** Whether the body is declared as JSON. */
export function sendsJson(c: HttpContext): boolean {
  return /^application\/json\b/i.test(c.req.header('content-type') ?? '')
}

/** Whether the body is a form that may hold files. */
export function isMultipart(c: HttpContext): boolean {
  return /^multipart\/form-data\b/i.test(c.req.header('content-type') ?? '')
}
