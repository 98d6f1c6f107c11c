import { ChatError } from '../../server/errors'
import { createToken } from '../../server/session-token'
import type { User } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { removeFiles } from '../files/janitor'
import { takeAvatar } from './face'
import { type Name, parseNickname, suggestNicknames } from './name'

/**
 * Creates a user in the first room, with a session; for the same name as now, only a new session.
 * Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable` or `storage_full`.
 */
export async function signIn(
  chat: Chat,
  typed: { nickname: string; avatar: string; picture: string },
  current: { user: User; tokenHash: Uint8Array } | null,
): Promise<{ user: User; token: string }> {
  const name = parseNickname(typed.nickname)
  if (typeof name === 'string') throw new ChatError(name)
  const { token, hash } = createToken()
  if (current !== null && current.user.nickname === name.shown) {
    await chat.store.sessions.add(current.user.id, hash, chat.now())
    await chat.store.sessions.end(current.tokenHash, chat.now())
    return { user: current.user, token }
  }
  chat.requireSpace()
  const { avatar, face } = await takeAvatar(chat, typed)
  const { shown: nickname, folded, skeleton } = name
  const newcomer = { nickname, folded, skeleton, avatar, face, createdAt: chat.now() }
  const user = await chat.store.users.join(newcomer, hash)
  if (user === null) {
    if (face !== null) await removeFiles(chat, [face.id])
    throw new ChatError('name_taken')
  }
  chat.log('joined', { user: user.id })
  return { user, token }
}

/** Ends this browser's session; with the last one of a user their name becomes free. */
export async function signOut(chat: Chat, visitor: Visitor, tokenHash: Uint8Array): Promise<void> {
  const isLast = await chat.store.sessions.end(tokenHash, chat.now())
  chat.closeSession(visitor.session)
  chat.log(isLast ? 'left' : 'signed_out', { user: visitor.user.id })
}

const suggestionsShown = 2
const suggestionsTried = 50

/** Up to two free names near the one that is taken. */
export async function freeNicknames(chat: Chat, typed: string): Promise<string[]> {
  const name = parseNickname(typed)
  if (typeof name === 'string') return []
  const free: Name[] = []
  for (const candidate of suggestNicknames(name).take(suggestionsTried)) {
    if (free.some(({ skeleton }) => skeleton === candidate.skeleton)) continue
    if (!(await chat.store.users.isNameFree(candidate.folded, candidate.skeleton))) continue
    free.push(candidate)
    if (free.length === suggestionsShown) break
  }
  return free.map(({ shown }) => shown)
}
