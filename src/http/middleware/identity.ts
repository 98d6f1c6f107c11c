import type { Chat, Visitor } from '../../chat/chat'
import { ChatError } from '../../server/errors'
import { hashToken } from '../../server/session-token'
import type { Room, User } from '../../store/store'
import { type HttpContext, type HttpDeps, type Middleware, parseId } from '../context'
import { readToken } from '../cookies'

/** Finds the user whose session the cookie names, and keeps both in the context. */
export function identifyVisitor(chat: Chat): Middleware {
  return async (c, next) => {
    const token = readToken(c, chat)
    const tokenHash = token === null ? null : hashToken(token)
    c.set('tokenHash', tokenHash)
    const user = await currentUser(chat, c)
    c.set('visitor', user === null || tokenHash === null ? null : toVisitor(c, user, tokenHash))
    await next()
  }
}

function toVisitor(c: HttpContext, user: User, tokenHash: Uint8Array): Visitor {
  const { language } = c.get('view')
  return { user, session: tokenHash.toHex(), address: c.get('address'), language }
}

/** The user of the session at this moment: it may end while a request is under way. */
export async function currentUser(chat: Chat, c: HttpContext): Promise<User | null> {
  const tokenHash = c.get('tokenHash')
  return tokenHash === null ? null : chat.store.sessions.findUser(tokenHash)
}

/** The signed-in visitor. Throws `not_signed_in`. */
export function requireVisitor(c: HttpContext): Visitor {
  const visitor = c.get('visitor')
  if (visitor === null) throw new ChatError('not_signed_in')
  return visitor
}

/**
 * The visitor and the room that the address names. Throws `not_signed_in`, or `room_missing` both
 * for a room that does not exist and for one the visitor is not in.
 */
export async function requireRoom(
  { chat }: HttpDeps,
  c: HttpContext,
): Promise<{ visitor: Visitor; room: Room }> {
  const visitor = requireVisitor(c)
  const id = parseId(c.req.param('id'))
  const room = id === null ? null : await chat.store.rooms.find(visitor.user.id, id)
  if (room === null) throw new ChatError('room_missing')
  return { visitor, room }
}
