import type { MiddlewareHandler } from 'hono'
import type { Chat, Visitor } from '../../chat/chat'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { hashToken } from '../../server/session-token'
import type { WebContext, WebEnv } from '../context'

/** Finds the person whose session the cookie names, if any, and leaves both in the context. */
export function recogniseVisitor(chat: Chat): MiddlewareHandler<WebEnv> {
  return async (c, next) => {
    const token = readToken(c.req.header('cookie') ?? '', cookieName(chat, c.get('isSecure')))
    const tokenHash = token === null ? null : hashToken(token)
    c.set('tokenHash', tokenHash)
    const user = await currentUser(chat, c)
    c.set('visitor', user === null || tokenHash === null ? null : toVisitor(c, user, tokenHash))
    await next()
  }
}

/** Whose session it is at this moment: it may end while a request is under way. */
export async function currentUser(chat: Chat, c: WebContext): Promise<Visitor['user'] | null> {
  const tokenHash = c.get('tokenHash')
  return tokenHash === null ? null : chat.store.sessions.findUser(tokenHash)
}

/** The person at the door. Throws `not_signed_in`. */
export function requireVisitor(c: WebContext): Visitor {
  const visitor = c.get('visitor')
  if (visitor === null) throw new ChatError('not_signed_in')
  return visitor
}

/** Gives the browser its session: a new value at every sign-in, never readable by script. */
export function setSession(c: WebContext, chat: Chat, token: string): void {
  const seconds = serverLimits.sessionDays * 24 * 60 * 60
  c.header('Set-Cookie', `${cookie(c, chat, token)}; Max-Age=${seconds}`, { append: true })
}

/** Takes the session out of the browser. */
export function clearSession(c: WebContext, chat: Chat): void {
  c.header('Set-Cookie', `${cookie(c, chat, '')}; Max-Age=0`, { append: true })
}

function toVisitor(c: WebContext, user: Visitor['user'], tokenHash: Uint8Array): Visitor {
  const { language } = c.get('view')
  return { user, session: tokenHash.toHex(), address: c.get('address'), language }
}

/**
 * Cookies ignore ports, so two houses on one machine would take each other's: the house's own id
 * keeps them apart. `__Host-` exists only where the page is HTTPS.
 */
function cookieName(chat: Chat, isSecure: boolean): string {
  return `${isSecure ? '__Host-' : ''}chatroom_${chat.store.instance}`
}

function cookie(c: WebContext, chat: Chat, value: string): string {
  const isSecure = c.get('isSecure')
  const path = isSecure ? '/; Secure' : chat.paths.base
  return `${cookieName(chat, isSecure)}=${value}; HttpOnly; SameSite=Lax; Path=${path}`
}

/** The cookie's value when it stands there exactly once and has the shape of a token. */
function readToken(header: string, name: string): string | null {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1))
  const [value] = values
  return values.length === 1 && value !== undefined && /^[\w-]{43}$/.test(value) ? value : null
}
