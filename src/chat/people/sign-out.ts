import type { Chat, Visitor } from '../chat'

/**
 * Ends this browser's session and closes its sockets. With the person's last session the name
 * becomes free: nobody but the person at this browser could have come back to it.
 */
export async function signOut(chat: Chat, visitor: Visitor, tokenHash: Uint8Array): Promise<void> {
  const isLast = await chat.store.sessions.end(tokenHash, chat.now())
  chat.closeSession(visitor.session)
  chat.log(isLast ? 'left' : 'signed_out', { user: visitor.user.id })
}
