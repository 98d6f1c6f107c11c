import { ChatError } from '../../server/errors'
import { createToken } from '../../server/session-token'
import type { User } from '../../store/store'
import type { Chat } from '../chat'
import { closeReplaced, type Current, type DeviceKind } from './account'
import { parseNickname } from './name'
import { createCode, hashSecret, readCode, verifySecret } from './secrets'

/** 80 random bits. */
const codeLength = 16

/** A new recovery code, in groups of four, in place of the one before. */
export async function makeCode(chat: Chat, { tokenHash }: Current, address: string) {
  const code = createCode(codeLength)
  const hash = await hashSecret(code, address)
  // The session may have ended meanwhile.
  if (!(await chat.store.devices.setCode(tokenHash, hash, chat.now()))) {
    throw new ChatError('not_signed_in')
  }
  return code.replace(/.{4}(?!$)/g, '$&-')
}

type Typed = { nickname: string; code: string }

/**
 * Signs a person in on another device with their recovery code, which is spent. The session that
 * the browser had ends. Throws `code_wrong`, whether there is no such person, no code or another
 * one, `busy`, `banned`, or `name_…`.
 */
export async function recover(
  chat: Chat,
  typed: Typed,
  { device, current, address }: { device: DeviceKind; current: Current | null; address: string },
): Promise<{ user: User; token: string }> {
  const code = readCode(typed.code, codeLength)
  if (code === null) throw new ChatError('code_wrong')
  const found = await chat.store.devices.findCode(skeletonOf(typed.nickname))
  const isRight = await verifySecret(code, found?.hash ?? null, address)
  if (found === null || !isRight) throw new ChatError('code_wrong')
  const { token, hash } = createToken()
  const session = { ...device, tokenHash: hash, at: chat.now() }
  const back = await chat.store.devices.recover(found, session, current?.tokenHash ?? null)
  if (back === null) {
    const refused = await chat.store.acts.refusalOf(device, session.at)
    throw new ChatError(refused === 'banned' ? refused : 'code_wrong')
  }
  closeReplaced(chat, current, back)
  chat.log('recovered', { user: back.user.id })
  return { user: back.user, token }
}

/** What a name is compared by. Throws `name_…`. */
export function skeletonOf(nickname: string): string {
  const name = parseNickname(nickname)
  if (typeof name === 'string') throw new ChatError(name)
  return name.skeleton
}
