import { createConcurrencyLimit } from '../../server/concurrency'
import { ChatError } from '../../server/errors'
import { serverLimits } from '../../server/limits'
import { createToken } from '../../server/session-token'
import type { User } from '../../store/store'
import type { Chat } from '../chat'
import { closeReplaced, type Current, type DeviceKind } from './account'
import { parseNickname } from './name'

/** Crockford's: no I, L, O and U, which are taken for other signs. Sixteen are 80 random bits. */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeLength = 16

/** OWASP's choice for argon2id. */
const hashing = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
/** Checked where there is no code, so that both answers take as long. */
const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$6nLh+rkBUoCP1hIXqfcPA3/srErA5WQV3bSIy4nD/Wg' +
  '$lmRJQtsYl89ku2ZL/glDnJvJ98nqdFnw8LQ8ECZACEk'
const retryMs = 1_000

const places = createConcurrencyLimit({
  perPerson: serverLimits.codesHashedMax,
  all: serverLimits.codesHashedMax,
  retryMs,
})

/** A new recovery code, in groups of four, in place of the one before. */
export async function makeCode(chat: Chat, { tokenHash }: Current, address: string) {
  const random = crypto.getRandomValues(new Uint8Array(codeLength))
  const code = Array.from(random, (byte) => signs[byte % signs.length]).join('')
  const hash = await inPlace(address, () => Bun.password.hash(code, hashing))
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
  const code = readCode(typed.code)
  if (code === null) throw new ChatError('code_wrong')
  const found = await chat.store.devices.findCode(skeletonOf(typed.nickname))
  const isRight = await inPlace(address, () =>
    Bun.password.verify(code, found?.hash ?? nobodysHash),
  )
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

/** The code as it was made: typed in small letters, with blanks, or with signs that look alike. */
function readCode(typed: string): string | null {
  const plain = typed
    .slice(0, codeLength * 4)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  const isCode = plain.length === codeLength && [...plain].every((sign) => signs.includes(sign))
  return isCode ? plain : null
}

/** Hashing has threads of its own and 19 MB each time: an address takes a share of the places. */
async function inPlace<Value>(address: string, work: () => Promise<Value>): Promise<Value> {
  const release = places.take({ user: { id: 0 }, address })
  try {
    return await work()
  } finally {
    release()
  }
}
