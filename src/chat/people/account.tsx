import { ChatError } from '../../server/errors'
import { createToken } from '../../server/session-token'
import type { NewFace, User } from '../../store/store'
import type { Chat } from '../chat'
import { removeFiles } from '../files/janitor'
import { publishDeparture, publishPerson } from './departures'
import { takeAvatar } from './face'
import { type Name, parseNickname, suggestNicknames } from './name'

type TypedProfile = { nickname: string; avatar: string; picture: string }

/**
 * Creates a user in the first room, with a session; for the same name as now, only a new session.
 * With another name the session that the browser had until now ends. Its other tabs connect again.
 * Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable` or `storage_full`.
 */
export async function signIn(
  chat: Chat,
  typed: TypedProfile,
  current: { user: User; tokenHash: Uint8Array } | null,
): Promise<{ user: User; token: string }> {
  const name = readNickname(typed)
  const { token, hash } = createToken()
  if (current?.user.nickname === name.nickname) {
    const user = await chat.store.sessions.renew(current.tokenHash, hash, chat.now())
    if (user !== null) {
      chat.closeSockets(user.id, 'session renewed')
      return { user, token }
    }
  }
  chat.requireSpace()
  // A picture takes longer to refuse than a name.
  const isFree = await chat.store.users.isNameFree(name.folded, name.skeleton)
  if (!isFree) throw new ChatError('name_taken')
  const avatar = await takeAvatar(chat, typed)
  const newUser = { ...name, ...avatar, createdAt: chat.now() }
  const joined = await chat.store.users.join(newUser, hash, current?.tokenHash ?? null)
  if (joined === null) return refuse(chat, avatar, 'name_taken')
  if (current !== null) chat.closeSockets(current.user.id, 'session renewed')
  chat.log('joined', { user: joined.user.id })
  if (joined.departure !== null) await publishDeparture(chat, joined.departure)
  return { user: joined.user, token }
}

/**
 * Changes a person's name or picture, with the same rules as signing in, and tells every open
 * page. Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable`, `storage_full`, or
 * `not_signed_in` for a person who has left.
 */
export async function changeProfile(chat: Chat, user: User, typed: TypedProfile): Promise<User> {
  const name = readNickname(typed)
  const avatar = await takeAvatar(chat, typed, user.avatar)
  const changed = await chat.store.users.change(user.id, { ...name, ...avatar }, chat.now())
  if ('refused' in changed) return refuse(chat, avatar, changed.refused)
  chat.presence.rename(changed.user)
  publishPerson(chat, changed.user)
  await removeFiles(chat, changed.freed)
  return changed.user
}

function readNickname(typed: TypedProfile) {
  const name = parseNickname(typed.nickname)
  if (typeof name === 'string') throw new ChatError(name)
  return { nickname: name.shown, folded: name.folded, skeleton: name.skeleton }
}

async function refuse(
  chat: Chat,
  { face }: { face: NewFace | null },
  code: 'name_taken' | 'not_signed_in',
): Promise<never> {
  if (face !== null) await removeFiles(chat, [face.id])
  throw new ChatError(code)
}

/** Ends this browser's session; with the last one of a user their name becomes free. */
export async function signOut(chat: Chat, user: User, tokenHash: Uint8Array): Promise<void> {
  const departure = await chat.store.sessions.end(tokenHash, chat.now())
  chat.closeSockets(user.id, departure === null ? 'session renewed' : 'signed out')
  if (departure === null) chat.log('signed_out', { user: user.id })
  else await publishDeparture(chat, departure)
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
