/**
 * Session tokens: 256 random bits in the cookie, only their SHA-256 in the database, so that a
 * leaked database signs nobody in.
 */

/** A new token (base64url, 43 characters for 32 bytes) and its hash. */
export function createToken(bytes = 32): { token: string; hash: Uint8Array } {
  const token = crypto.getRandomValues(new Uint8Array(bytes)).toBase64({
    alphabet: 'base64url',
    omitPadding: true,
  })
  return { token, hash: hashToken(token) }
}

/** The SHA-256 of a token as a cookie or a link holds it. */
export function hashToken(token: string): Uint8Array {
  return new Uint8Array(new Bun.CryptoHasher('sha256').update(token).digest())
}
