/**
 * Encrypts a message for one browser (RFC 8291, in the coding aes128gcm of RFC 8188): the push
 * service that carries it cannot read it.
 */
export async function encryptNotice(
  text: string,
  { publicKey, secret }: { publicKey: Uint8Array; secret: Uint8Array },
  { salt, own }: Chance = { salt: crypto.getRandomValues(new Uint8Array(16)), own: null },
): Promise<Uint8Array<ArrayBuffer>> {
  const pair = own ?? (await crypto.subtle.generateKey(curve, false, ['deriveBits']))
  const theirs = await importPoint(publicKey)
  const shared = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: theirs },
    pair.privateKey,
    256,
  )
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))
  const info = concat(encoder.encode('WebPush: info\0'), publicKey, point)
  const input = await derive(new Uint8Array(shared), secret, info, 32)
  const bits = await derive(input, salt, encoder.encode('Content-Encoding: aes128gcm\0'), 16)
  const nonce = await derive(input, salt, encoder.encode('Content-Encoding: nonce\0'), 12)
  const key = await crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['encrypt'])
  // The last record ends with a 2; zeros may follow.
  const record = concat(encoder.encode(text), Uint8Array.of(2))
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, record)
  const size = new Uint8Array(4)
  new DataView(size.buffer).setUint32(0, recordBytes)
  return concat(salt, size, Uint8Array.of(point.length), point, new Uint8Array(sealed))
}

/** What is random; only a test chooses it. */
type Chance = { salt: Uint8Array<ArrayBuffer>; own: CryptoKeyPair | null }

/** A browser's public key. Throws when the bytes are no point of the curve. */
export function importPoint(bytes: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', new Uint8Array(bytes), curve, true, [])
}

async function derive(
  input: Uint8Array,
  salt: Uint8Array,
  info: Uint8Array,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(input), 'HKDF', false, [
    'deriveBits',
  ])
  const wanted = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(salt), info }
  return new Uint8Array(await crypto.subtle.deriveBits(wanted as HkdfParams, key, bytes * 8))
}

function concat(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.concat(parts))
}

const curve = { name: 'ECDH', namedCurve: 'P-256' }
const encoder = new TextEncoder()
const recordBytes = 4_096
