import { readyAvatars } from '../../../views/people/avatar'
import { ChatError } from '../../server/errors'
import type { User } from '../../store/store'
import { createToken } from '../../server/session-token'
import type { Chat } from '../chat'
import { keepFace } from './face'
import { removeFiles } from '../files/janitor'
import { type Name, parseNickname, suggestNicknames } from './name'

export type SignedIn = { user: User; token: string }

/**
 * Makes a new person who holds `nickname`, with a fresh session and a place in the first room.
 * A person who is signed in already and types the same name stays who they are, with a new token.
 * Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable` or `storage_full`.
 */
export async function signIn(
  chat: Chat,
  typed: { nickname: string; avatar: string; picture: string },
  current: { user: User; tokenHash: Uint8Array } | null,
): Promise<SignedIn> {
  const name = parseNickname(typed.nickname)
  if (typeof name === 'string') throw new ChatError(name)
  const isOwn = typed.avatar === 'picture' && typed.picture !== ''
  if (!isOwn && !readyAvatars.includes(typed.avatar)) throw new ChatError('avatar_unknown')
  const { token, hash } = createToken()
  if (current !== null && current.user.nickname === name.shown) {
    await chat.store.sessions.add(current.user.id, hash, chat.now())
    await chat.store.sessions.end(current.tokenHash, chat.now())
    return { user: current.user, token }
  }
  chat.requireSpace()
  const face = isOwn ? await keepFace(chat, typed.picture) : null
  const user = await chat.store.users.join(
    {
      nickname: name.shown,
      folded: name.folded,
      skeleton: name.skeleton,
      avatar: face?.id ?? typed.avatar,
      face,
      createdAt: chat.now(),
    },
    hash,
  )
  if (user === null) {
    if (face !== null) await removeFiles(chat, [face.id])
    throw new ChatError('name_taken')
  }
  chat.log('joined', { user: user.id })
  return { user, token }
}

const suggestionsShown = 2
const suggestionsTried = 50

/** Two free names near the one that is taken; fewer when fifty tries found none. */
export async function freeNicknames(chat: Chat, typed: string): Promise<string[]> {
  const name = parseNickname(typed)
  if (typeof name === 'string') return []
  const free: Name[] = []
  for (const candidate of suggestNicknames(name).take(suggestionsTried)) {
    if (free.some((other) => other.skeleton === candidate.skeleton)) continue
    if (!(await chat.store.users.isNameFree(candidate.folded, candidate.skeleton))) continue
    free.push(candidate)
    if (free.length === suggestionsShown) break
  }
  return free.map(({ shown }) => shown)
}
