import { ChatError } from '../../server/errors'
import { createToken, hashToken } from '../../server/session-token'
import type { User } from '../../store/store'
import type { Chat } from '../chat'
import { closeReplaced, type Current, type DeviceKind } from './account'

/** 128 random bits: 22 characters, which keep the QR code small. */
const linkBytes = 16
const linkShape = /^[\w-]{22}$/
const numbersFrom = 100
const numbers = 900

/** Makes a link that adds a device to the person, in place of the session's one before. */
export async function makeLink(chat: Chat, { tokenHash }: Current): Promise<string> {
  const { token, hash } = createToken(linkBytes)
  if (await chat.store.deviceLinks.make(tokenHash, hash, chat.now())) return token
  throw new ChatError('not_signed_in')
}

/**
 * Whose device a link would add. Throws `link_unusable`, whether the link is made up, claimed,
 * withdrawn or too old.
 */
export async function findLink(chat: Chat, link: string): Promise<User> {
  const user = await chat.store.deviceLinks.find(hashOf(link), chat.now())
  if (user !== null) return user
  throw new ChatError('link_unusable')
}

/** Claims a link for a browser; gives the token with which it waits. Throws as `findLink`. */
export async function claimLink(chat: Chat, link: string, device: DeviceKind): Promise<string> {
  const { token, hash } = createToken()
  const number = numbersFrom + ((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % numbers)
  const { browser, system } = device
  const claim = { browser, system, number, linkHash: hashOf(link), claimHash: hash, at: chat.now() }
  const maker = await chat.store.deviceLinks.claim(claim)
  if (maker === null) throw new ChatError('link_unusable')
  tellMaker(chat, maker.user, maker.session)
  return token
}

/** Allows or refuses the claim of the session's link; false when it is not there any more. */
export async function answerClaim(
  chat: Chat,
  current: Current,
  claimHash: Uint8Array,
  isAllowed: boolean,
): Promise<boolean> {
  const { allow, end } = chat.store.deviceLinks
  const { tokenHash, user } = current
  const isDone = isAllowed
    ? await allow(tokenHash, claimHash, chat.now())
    : await end(tokenHash, claimHash)
  tellMaker(chat, user.id, tokenHash)
  return isDone
}

/** Ends the session's link while nobody has claimed it. */
export async function withdrawLink(chat: Chat, { tokenHash }: Current): Promise<void> {
  await chat.store.deviceLinks.end(tokenHash, null)
}

/**
 * Signs a browser in whose claim was allowed. The session that it had ends. Throws `link_unusable`,
 * also when the session that made the link has ended meanwhile.
 */
export async function enterByLink(
  chat: Chat,
  claim: string | null,
  { device, current }: { device: DeviceKind; current: Current | null },
): Promise<{ user: User; token: string }> {
  if (claim === null) throw new ChatError('link_unusable')
  const { token, hash } = createToken()
  const session = { ...device, tokenHash: hash, at: chat.now() }
  const replaced = current?.tokenHash ?? null
  const entered = await chat.store.deviceLinks.enter(hashToken(claim), session, replaced)
  if (entered === null) throw new ChatError('link_unusable')
  closeReplaced(chat, current, entered)
  tellMaker(chat, entered.user.id, entered.maker)
  chat.log('device.added', { user: entered.user.id })
  return { user: entered.user, token }
}

function tellMaker(chat: Chat, user: number, session: Uint8Array): void {
  chat.sendToSession(user, session, { type: 'device.link' })
}

function hashOf(link: string): Uint8Array {
  if (!linkShape.test(link)) throw new ChatError('link_unusable')
  return hashToken(link)
}
