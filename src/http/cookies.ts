import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Chat } from '../chat/chat'
import { type HttpContext, isHtmx } from './context'
import { leftCookie } from '../shared/protocol'
import { ChatError } from '../server/errors'
import { serverLimits } from '../server/limits'
import { createToken, hashToken } from '../server/session-token'
import type { BrowserMarks, User } from '../store/store'

/** The token of the session cookie, when it is present exactly once and has a token's shape. */
export function readToken(c: HttpContext, chat: Chat): string | null {
  return readSecret(c, sessionName(chat))
}

/**
 * The token of a session that this browser got over plain HTTP, when it now asks over HTTPS. The
 * network may have read it, or planted it: it counts only once the reader has said so.
 */
export function readPlainToken(c: HttpContext, chat: Chat): string | null {
  return c.get('isSecure') ? readSecret(c, sessionName(chat), '') : null
}

function readSecret(
  c: HttpContext,
  name: string,
  guard = c.get('isSecure') ? '__Host-' : '',
): string | null {
  // Not getCookie: two cookies of one name mean that somebody else's page may have set one.
  const prefix = `${guard}${name}=`
  const [value, ...others] = (c.req.header('cookie') ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length))
  return value !== undefined && others.length === 0 && /^[\w-]{43}$/.test(value) ? value : null
}

/**
 * Sets the session cookie: a new value at every sign-in, never readable by script. What the browser
 * kept for another person, whose session ends with this, is deleted.
 */
export function setSession(
  c: HttpContext,
  chat: Chat,
  { user, token }: { user: User; token: string },
): void {
  const before = c.get('visitor')?.user.id
  if (before !== undefined && before !== user.id) noteLogOut(c, chat)
  const maxAge = serverLimits.sessionDays * daySeconds
  setCookie(c, sessionName(chat), token, secretOptions(c, chat, maxAge))
  const browser = c.get('browserToken')
  if (browser === undefined) return
  const options = secretOptions(c, chat, browserDays * daySeconds)
  setCookie(c, browserName(chat), browser, options)
  if (!('prefix' in options)) return
  const { prefix: _, ...plain } = options
  setCookie(c, browserName(chat), browser, plain)
}

/** Deletes the session cookie. */
export function clearSession(c: HttpContext, chat: Chat): void {
  setCookie(c, sessionName(chat), '', secretOptions(c, chat, 0))
}

/** Deletes the cookie of a session that was moved to HTTPS. */
export function clearPlainSession(c: HttpContext, chat: Chat): void {
  deleteCookie(c, sessionName(chat), { path: chat.paths.base })
}

/** Cookies ignore ports, so the instance's own id tells two servers on one machine apart. */
function sessionName(chat: Chat): string {
  return `chatroom_${chat.store.instance}`
}

/** The token with which a browser waits that has claimed a link for another device. */
export function readClaim(c: HttpContext, chat: Chat): string | null {
  return readSecret(c, claimName(chat))
}

/** Keeps that token for as long as a link works. */
export function setClaim(c: HttpContext, chat: Chat, token: string): void {
  setCookie(c, claimName(chat), token, secretOptions(c, chat, claimSeconds))
}

/** Deletes that token, which is used up. */
export function clearClaim(c: HttpContext, chat: Chat): void {
  setCookie(c, claimName(chat), '', secretOptions(c, chat, 0))
}

/** The token with which a browser waits that has asked to come in. */
export function readRequest(c: HttpContext, chat: Chat): string | null {
  return readSecret(c, `${sessionName(chat)}_request`)
}

/** Keeps that token for as long as a request may wait; null deletes it. */
export function keepRequest(c: HttpContext, chat: Chat, token: string | null): void {
  const options = secretOptions(c, chat, token === null ? 0 : requestSeconds)
  setCookie(c, `${sessionName(chat)}_request`, token ?? '', options)
}

/** The owner link that a browser opened whose person signs in first. */
export function readOwnerLink(c: HttpContext, chat: Chat): string | null {
  return readSecret(c, `${sessionName(chat)}_owner`)
}

/** Keeps it while somebody signs in; null deletes it. */
export function keepOwnerLink(c: HttpContext, chat: Chat, link: string | null): void {
  const options = secretOptions(c, chat, link === null ? 0 : ownerLinkSeconds)
  setCookie(c, `${sessionName(chat)}_owner`, link ?? '', options)
}

function claimName(chat: Chat): string {
  return `chatroom_${chat.store.instance}_claim`
}

/** What tells the visitor's browser again: cookies, and the network. */
export function readMarks(c: HttpContext, chat: Chat): BrowserMarks {
  const token = readBrowser(c, chat)
  const browserHash = token === null ? null : hashToken(token)
  return { browserHash, sessionBefore: c.get('tokenHash'), address: c.get('address') }
}

/**
 * The same for a browser in which somebody signs in: with the session it gets a random cookie, for
 * as long as browsers keep one. No log-out deletes it, and Clear-Site-Data never names cookies.
 */
export function keepMarks(c: HttpContext, chat: Chat): BrowserMarks {
  const token = readBrowser(c, chat) ?? createToken().token
  c.set('browserToken', token)
  return { ...readMarks(c, chat), browserHash: hashToken(token) }
}

/**
 * Over HTTP and HTTPS a browser is the same one: whoever is banned over one does not come back over
 * the other. The cookie gives no rights, so that the network may read it, and what it plants counts
 * only where HTTPS has set none.
 */
function readBrowser(c: HttpContext, chat: Chat): string | null {
  return readSecret(c, browserName(chat)) ?? readSecret(c, browserName(chat), '')
}

function browserName(chat: Chat): string {
  return `chatroom_${chat.store.instance}_browser`
}

function secretOptions(c: HttpContext, chat: Chat, maxAge: number) {
  const options = { httpOnly: true, sameSite: 'Lax', path: chat.paths.base, maxAge } as const
  // Browsers accept `__Host-` over HTTPS only.
  return c.get('isSecure') ? { ...options, prefix: 'host' as const } : options
}

/**
 * Finds out whether a browser refuses cookies before a person is made that it could not be, or a
 * link is claimed that it could not use. Gives the answer that asks it to come back with a cookie,
 * or null. Throws `cookies_off`. Scripts ask for no page, and are believed.
 */
export function askForCookie(c: HttpContext, chat: Chat): Response | null {
  const isBrowser = isHtmx(c) || (c.req.header('accept') ?? '').includes('text/html')
  // With the options of a session, which may be what is refused.
  const prefix = `${c.get('isSecure') ? '__Host-' : ''}${sessionName(chat)}`
  const cookies = (c.req.header('cookie') ?? '').split(';')
  if (!isBrowser || cookies.some((pair) => pair.trim().startsWith(prefix))) return null
  if (c.req.query('asked') !== undefined) throw new ChatError('cookies_off')
  setCookie(c, `${sessionName(chat)}_asked`, 'yes', secretOptions(c, chat, askedSeconds))
  // Method and form are sent again, unlike after a 303.
  return c.redirect(`${c.req.path}?asked=yes`, 307)
}

/** What a browser remembers besides its session: preferences, and the room that was open last. */
type BrowserCookie = 'language' | 'theme' | 'density' | 'enter' | 'room'

const browserCookies: BrowserCookie[] = ['language', 'theme', 'density', 'enter', 'room']

/** The value of such a cookie, as the browser sent it. */
export function readCookie(c: HttpContext, name: BrowserCookie): string | undefined {
  return getCookie(c, `chatroom_${name}`)
}

/** Keeps a value in this browser for a year. Scripts may read all but the room. */
export function keepCookie(c: HttpContext, chat: Chat, name: BrowserCookie, value: string): void {
  const httpOnly = name === 'room'
  const options = { sameSite: 'Lax', httpOnly, path: chat.paths.base } as const
  setCookie(c, `chatroom_${name}`, value, { ...options, maxAge: 365 * daySeconds })
}

/** Deletes all of them, for the next person at a shared computer. */
export function clearBrowserCookies(c: HttpContext, chat: Chat): void {
  for (const name of browserCookies) {
    deleteCookie(c, `chatroom_${name}`, { path: chat.paths.base })
  }
}

/** Tells the script of the next page to delete everything that it kept. */
export function noteLogOut(c: HttpContext, chat: Chat): void {
  setCookie(c, leftCookie(chat.store.instance), 'yes', {
    sameSite: 'Lax',
    path: chat.paths.base,
    maxAge: 365 * daySeconds,
  })
}

const daySeconds = 24 * 60 * 60
/** Browsers keep no cookie for longer. */
const browserDays = 400
const claimSeconds = 10 * 60
const askedSeconds = 60
const ownerLinkSeconds = 60 * 60
const requestSeconds = 60 * 60
