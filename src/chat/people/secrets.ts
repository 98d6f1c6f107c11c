import { createConcurrencyLimit } from '../../server/concurrency'
import { serverLimits } from '../../server/limits'

/** Crockford's: no I, L, O and U, which are taken for other signs. Each has 5 random bits. */
const signs = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** A random code that people read and type. */
export function createCode(length: number): string {
  const random = crypto.getRandomValues(new Uint8Array(length))
  return Array.from(random, (byte) => signs[byte % signs.length]).join('')
}

/** A code as it was made: typed in small letters, with blanks, or with signs that look alike. */
export function readCode(typed: string, length: number): string | null {
  const plain = typed
    .slice(0, length * 4)
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1')
  const isCode = plain.length === length && [...plain].every((sign) => signs.includes(sign))
  return isCode ? plain : null
}

/** OWASP's choice for argon2id. */
const hashing = { algorithm: 'argon2id', memoryCost: 19_456, timeCost: 2 } as const
/** Checked where there is none, so that both answers take as long. */
const nobodysHash =
  '$argon2id$v=19$m=19456,t=2,p=1$6nLh+rkBUoCP1hIXqfcPA3/srErA5WQV3bSIy4nD/Wg' +
  '$lmRJQtsYl89ku2ZL/glDnJvJ98nqdFnw8LQ8ECZACEk'
const retryMs = 1_000

const places = createConcurrencyLimit({
  perPerson: serverLimits.codesHashedMax,
  all: serverLimits.codesHashedMax,
  retryMs,
})

/** The hash of a code or a password. Throws `busy`. */
export async function hashSecret(secret: string, address: string): Promise<string> {
  return inPlace(address, () => Bun.password.hash(secret, hashing))
}

/** Whether a secret is the one of a hash. Throws `busy`. */
export async function verifySecret(
  secret: string,
  hash: string | null,
  address: string,
): Promise<boolean> {
  return inPlace(address, () => Bun.password.verify(secret, hash ?? nobodysHash))
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
