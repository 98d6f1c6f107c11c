import type { Chat, Visitor } from '../../chat/chat'
import type { Current } from '../../chat/people/account'
import { noteUse } from '../../chat/people/departures'
import { ChatError } from '../../server/errors'
import { hashToken } from '../../server/session-token'
import { parseId } from '../../shared/paths'
import type { Room } from '../../store/store'
import { type HttpContext, type HttpDeps, type Middleware } from '../context'
import { readPlainToken, readToken } from '../cookies'

/** Finds the user whose session the cookie names, and keeps both in the context. */
export function identifyVisitor(chat: Chat): Middleware {
  return async (c, next) => {
    const token = readToken(c, chat)
    c.set('tokenHash', token === null ? null : hashToken(token))
    await identifyAgain(chat, c)
    const tokenHash = c.get('tokenHash')
    if (tokenHash !== null && c.get('visitor') !== null) await noteUse(chat, tokenHash)
    const plain = c.get('visitor') === null ? readPlainToken(c, chat) : null
    const { findUser } = chat.store.sessions
    c.set('plainUser', plain === null ? null : await findUser(hashToken(plain)))
    await next()
  }
}

/** Looks the session up once more, as it may end while a request is under way. */
export async function identifyAgain(chat: Chat, c: HttpContext): Promise<void> {
  const tokenHash = c.get('tokenHash')
  if (tokenHash === null) return c.set('visitor', null)
  const found = await chat.store.sessions.find(tokenHash)
  const { language } = c.get('view')
  const browser = { session: tokenHash.toHex(), address: c.get('address'), language }
  c.set('visitor', found === null ? null : { ...found, ...browser })
}

/** The signed-in visitor. Throws `not_signed_in`. */
export function requireVisitor(c: HttpContext): Visitor {
  const visitor = c.get('visitor')
  if (visitor === null) throw new ChatError('not_signed_in')
  return visitor
}

/** The signed-in person and their session. Throws `not_signed_in`. */
export function requireSession(c: HttpContext): Current {
  const { user, session } = requireVisitor(c)
  return { user, tokenHash: Uint8Array.fromHex(session) }
}

/** The person and the session that the browser has, if any. */
export function currentSession(c: HttpContext): Current | null {
  const visitor = c.get('visitor')
  const tokenHash = c.get('tokenHash')
  return visitor === null || tokenHash === null ? null : { user: visitor.user, tokenHash }
}

/**
 * The visitor and the room that the address names, at this moment: asked again after everything
 * that takes time. Throws `not_signed_in`, or `room_missing` both for a room that does not exist
 * and for one the visitor is not in.
 */
export async function requireRoom(
  { chat }: HttpDeps,
  c: HttpContext,
): Promise<{ visitor: Visitor; room: Room }> {
  await identifyAgain(chat, c)
  const visitor = requireVisitor(c)
  const id = parseId(c.req.param('id'))
  const room = id === null ? null : await chat.store.rooms.find(visitor.user.id, id)
  if (room === null) throw new ChatError('room_missing')
  return { visitor, room }
}
