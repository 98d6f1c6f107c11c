import { setNewest } from '../../shared/lru'
import type { Store } from '../../store/store'

/** A push service refuses what is valid for more than a day. */
const validMs = 12 * 60 * 60_000
const renewBeforeMs = 60 * 60_000
const tokensMax = 1_000
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }

export type Vapid = {
  /** What a browser needs to subscribe, as base64url. */
  publicKey: () => Promise<string>
  /** The header that tells a push service who sends. */
  authorization: (endpoint: URL) => Promise<string>
}

/**
 * Signs for push services (RFC 8292). The keys are made when somebody first asks for them, and are
 * kept in the database. `contact` is where the operator of a push service would complain.
 */
export function createVapid(store: Store['push'], contact: string, now: () => number): Vapid {
  let known: Keys | null = null
  const keys = async (): Promise<Keys> => (known ??= await readKeys(await store.keys(makeKeys)))
  const tokens = new Map<string, { header: string; until: number }>()
  return {
    publicKey: async () => (await keys()).publicKey,
    async authorization({ origin }) {
      const token = tokens.get(origin)
      if (token !== undefined && token.until - renewBeforeMs > now()) return token.header
      const until = now() + validMs
      const { privateKey, publicKey } = await keys()
      const claims = { aud: origin, exp: Math.floor(until / 1000), sub: contact }
      const text = `${encode({ typ: 'JWT', alg: 'ES256' })}.${encode(claims)}`
      const signing = { ...algorithm, hash: 'SHA-256' }
      const signed = await crypto.subtle.sign(signing, privateKey, Buffer.from(text))
      const header = `vapid t=${text}.${base64url(new Uint8Array(signed))}, k=${publicKey}`
      setNewest(tokens, origin, { header, until }, tokensMax)
      return header
    },
  }
}

/** A new key pair, as text. */
async function makeKeys(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const { x, y, d } = await crypto.subtle.exportKey('jwk', privateKey)
  return JSON.stringify({ x, y, d })
}

type Keys = { privateKey: CryptoKey; publicKey: string }

async function readKeys(text: string): Promise<Keys> {
  const { x, y, d }: Record<'x' | 'y' | 'd', string> = JSON.parse(text)
  const jwk = { kty: 'EC', crv: 'P-256', x, y, d }
  const privateKey = await crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
  const point = [Uint8Array.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]
  return { privateKey, publicKey: base64url(Buffer.concat(point)) }
}

function encode(value: object): string {
  return base64url(Buffer.from(JSON.stringify(value)))
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
