import { ChatError } from '../../server/errors'
import { createToken, hashToken } from '../../server/session-token'
import type { Refused, Store, User } from '../../store/store'
import type { Chat } from '../chat'
import type { Current } from '../people/account'
import { parseNickname } from '../people/name'
import { wayBackBytes } from './acts'

/** Makes the link with which somebody becomes an owner, in place of the one before. */
export async function makeOwnerLink(
  administration: Pick<Store['administration'], 'offerOwnership'>,
  at: number,
): Promise<string> {
  const { token, hash } = createToken()
  await administration.offerOwnership(hash, at)
  return token
}

/**
 * Makes the link with which a person comes back, for the operator, who has no session. Refused when
 * nobody has that name, or who has it is banned.
 */
export async function makeOperatorsWayBack(
  offer: (skeleton: string, linkHash: Uint8Array, at: number) => Promise<User | NobodyBack>,
  nickname: string,
  at: number,
): Promise<{ user: User; link: string } | NobodyBack> {
  const name = parseNickname(nickname)
  const { token, hash } = createToken(wayBackBytes)
  if (typeof name === 'string') return { refused: 'person_missing' }
  const user = await offer(name.skeleton, hash, at)
  return 'refused' in user ? user : { user, link: token }
}

type NobodyBack = Refused<'person_missing' | 'person_banned'>

/** Throws `link_unusable`, whether the link is made up, replaced or used. */
export async function requireOwnerLink(chat: Chat, link: string): Promise<void> {
  if (await chat.store.administration.isOwnerLink(hashToken(link))) return
  throw new ChatError('link_unusable')
}

/** Uses the link up: the person is an owner. Throws `link_unusable`. */
export async function becomeOwner(chat: Chat, { tokenHash }: Current, link: string): Promise<void> {
  const linkHash = hashToken(link)
  const { claimOwnership } = chat.store.administration
  const user = await claimOwnership(tokenHash, linkHash, chat.now())
  if (user === null) throw new ChatError('link_unusable')
  chat.log('owner', { user: user.id })
  chat.closeSockets(user.id, 'session renewed')
}
