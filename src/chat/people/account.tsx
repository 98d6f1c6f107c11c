import { ChatError } from '../../server/errors'
import { createToken, hashToken } from '../../server/session-token'
import type {
  BrowserMarks,
  BrowserRefusal,
  Device,
  DoorRefusal,
  NewFace,
  Pass,
  Profile,
  User,
} from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { removeFiles } from '../files/janitor'
import { publishSystemLines } from '../messages/system-lines'
import { publishDeparture, publishPerson } from './departures'
import { takeAvatar } from './face'
import { type Name, parseNickname, suggestNicknames } from './name'

/** The person and the session that a browser has. */
export type Current = { user: User; tokenHash: Uint8Array }

/** What a browser runs on, in short words, and what tells it again. */
export type DeviceKind = Pick<Device, 'browser' | 'system'> & BrowserMarks

export type TypedProfile = { nickname: string; avatar: string; picture: string }

/**
 * Creates a user in the first room, with a session; for the same name as now, only a new session.
 * With another name the session that the browser had until now ends. Its other tabs connect again.
 * A newcomer passes the door first: nothing is said of names to those who do not.
 * Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable`, `storage_full`, `banned`,
 * `network_refused`, what `readPass` throws, and why the door was closed meanwhile.
 */
export async function signIn(
  chat: Chat,
  typed: TypedProfile,
  { device, current }: Browser,
  readPass: () => Promise<Pass>,
): Promise<{ user: User; token: string }> {
  const name = readNickname(typed)
  if (current?.user.nickname === name.nickname) {
    const { token, hash } = createToken()
    const session = { ...device, tokenHash: hash, at: chat.now() }
    const user = await chat.store.sessions.renew(current.tokenHash, session)
    if (user !== null) {
      chat.closeSockets(user.id, 'session renewed')
      return { user, token }
    }
  }
  const pass = await readPass()
  chat.requireSpace()
  // A picture takes longer to refuse than a name.
  const isFree = await chat.store.users.isNameFree(name.folded, name.skeleton)
  if (!isFree) throw new ChatError('name_taken')
  const avatar = await takeAvatar(chat, typed)
  return join(chat, { ...name, ...avatar }, { device, current }, pass)
}

/** What is known of the browser that a person comes with. */
type Browser = { device: DeviceKind; current: Current | null }

/**
 * Signs in, with the name that it asked for, the browser whose request to come in was granted.
 * Throws `request_over`, also when who granted it has lost the right.
 */
export async function enterByRequest(
  chat: Chat,
  request: string | null,
  browser: Browser,
): Promise<{ user: User; token: string }> {
  const hash = hashToken(request ?? '')
  const asked = await chat.store.door.waiting(hash, chat.now())
  if (asked === null) throw new ChatError('request_over')
  const { isAllowed: _, ...profile } = asked
  return join(chat, { ...profile, face: null }, browser, { kind: 'request', hash })
}

async function join(
  chat: Chat,
  profile: Profile,
  { device, current }: Browser,
  pass: Pass,
): Promise<{ user: User; token: string }> {
  const { token, hash } = createToken()
  const session = { ...device, tokenHash: hash, at: chat.now() }
  const newUser = { ...profile, createdAt: chat.now() }
  const user = await chat.store.users.join(newUser, session, current?.tokenHash ?? null, pass)
  if ('refused' in user) return refuse(chat, profile, user.refused)
  if (current !== null) chat.closeSockets(current.user.id, 'session renewed', [current.tokenHash])
  chat.log('joined', { user: user.id })
  await publishSystemLines(chat)
  return { user, token }
}

/**
 * Gives the session of a browser another token, as when it goes from plain HTTP to HTTPS: the one
 * that the network could read is worth nothing then. Throws `not_signed_in` when it has ended.
 */
export async function moveSession(
  chat: Chat,
  tokenHash: Uint8Array,
  device: DeviceKind,
): Promise<{ user: User; token: string }> {
  const { token, hash } = createToken()
  const session = { ...device, tokenHash: hash, at: chat.now() }
  const user = await chat.store.sessions.renew(tokenHash, session)
  if (user === null) throw new ChatError('not_signed_in')
  chat.closeSockets(user.id, 'session renewed')
  return { user, token }
}

/**
 * Changes a person's name or picture, with the same rules as signing in, and tells every open
 * page. Throws `name_…`, `name_taken`, `avatar_unknown`, `picture_unusable`, `storage_full`, or
 * `not_signed_in` when the session has ended.
 */
export async function changeProfile(
  chat: Chat,
  { user, tokenHash }: Current,
  typed: TypedProfile,
): Promise<User> {
  const name = readNickname(typed)
  const avatar = await takeAvatar(chat, typed, user.avatar)
  const changed = await chat.store.users.change(tokenHash, { ...name, ...avatar }, chat.now())
  if ('refused' in changed) return refuse(chat, avatar, changed.refused)
  chat.presence.rename(changed.user)
  publishPerson(chat, changed.user)
  await publishSystemLines(chat)
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
  code: 'name_taken' | 'name_refused' | 'not_signed_in' | BrowserRefusal | DoorRefusal,
): Promise<never> {
  if (face !== null) await removeFiles(chat, [face.id])
  throw new ChatError(code)
}

/** Whether the session of a visitor has not ended since. */
export async function isSignedIn(
  { store }: Chat,
  { session }: Pick<Visitor, 'session'>,
): Promise<boolean> {
  return (await store.sessions.findUser(Uint8Array.fromHex(session))) !== null
}

/**
 * Ends this browser's session; the person keeps the name. False when it is their last one and that
 * was not known (`isLast`): then it stays.
 */
export async function signOut(
  chat: Chat,
  { user, tokenHash }: Current,
  isLast: boolean,
): Promise<boolean> {
  const isOut = await chat.store.sessions.end(tokenHash, chat.now(), isLast)
  if (!isOut) return (await chat.store.sessions.findUser(tokenHash)) === null
  chat.closeSockets(user.id, 'signed out', [tokenHash])
  chat.log('signed-out', { user: user.id })
  return true
}

/**
 * After a device was added: closes the sockets of the session that its browser had, and of devices
 * that became too many.
 */
export function closeReplaced(
  chat: Chat,
  current: Current | null,
  { user, ended }: { user: User; ended: Uint8Array[] },
): void {
  if (current !== null) chat.closeSockets(current.user.id, 'session renewed', [current.tokenHash])
  chat.closeSockets(user.id, 'signed out', ended)
}

/** Ends the session of another device of the person or, with null, of all others. */
export async function endDevices(
  chat: Chat,
  { user, tokenHash }: Current,
  id: number | null,
): Promise<void> {
  const ended = await chat.store.devices.end(tokenHash, id)
  chat.closeSockets(user.id, 'signed out', ended)
  if (ended.length > 0) chat.log('devices.ended', { user: user.id, size: ended.length })
}

/** Ends all sessions of a person; the name becomes free. */
export async function leave(chat: Chat, tokenHash: Uint8Array): Promise<void> {
  const departure = await chat.store.sessions.leave(tokenHash, chat.now())
  if (departure === null) return
  if ('refused' in departure) throw new ChatError(departure.refused)
  await publishDeparture(chat, departure)
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
