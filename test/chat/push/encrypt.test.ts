import { expect, test } from 'bun:test'
import { isPublic, parseEndpoint, post } from '../../../src/chat/push/destination'
import { encryptNotice } from '../../../src/chat/push/encrypt'
import { createVapid } from '../../../src/chat/push/vapid'
import { decrypt } from '../../helpers/push-service'

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))

/** The example of RFC 8291, appendix A. */
const example = {
  text: 'When I grow up, I want to be a watermelon',
  auth: 'BTBZMqHH6r4Tts7J_aSIgg',
  browserPublic:
    'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
  browserPrivate: 'q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94',
  serverPublic:
    'BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8',
  serverPrivate: 'yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw',
  salt: 'DGv6ra1nlYgDCS1FRnbzlw',
  body:
    'DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY' +
    'WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS' +
    'gSxsj_Qulcy4a-fN',
}

async function pairOf(point: string, d: string): Promise<CryptoKeyPair> {
  const [x, y] = [bytes(point).slice(1, 33), bytes(point).slice(33)].map((part) =>
    Buffer.from(part).toString('base64url'),
  )
  const curve = { name: 'ECDH', namedCurve: 'P-256' }
  const jwk = { kty: 'EC', crv: 'P-256', x, y }
  const publicKey = await crypto.subtle.importKey('jwk', jwk as JsonWebKey, curve, true, [])
  const secret = { ...jwk, d } as JsonWebKey
  const privateKey = await crypto.subtle.importKey('jwk', secret, curve, true, ['deriveBits'])
  return { publicKey, privateKey }
}

test('a notice is encrypted as the standard’s example is, and its browser reads it', async () => {
  const { text, auth, browserPublic, salt, serverPublic, body } = example
  const keys = { publicKey: bytes(browserPublic), secret: bytes(auth) }
  const own = await pairOf(serverPublic, example.serverPrivate)
  const sealed = await encryptNotice(text, keys, { salt: bytes(salt), own })
  expect(Buffer.from(sealed).toString('base64url')).toBe(body)
  const browser = await pairOf(browserPublic, example.browserPrivate)
  expect(await decrypt(bytes(body), browser, bytes(auth))).toBe(text)
  expect(await decrypt(await encryptNotice('你好', keys), browser, bytes(auth))).toBe('你好')
})

test('a server signs with keys that it makes once, for each push service', async () => {
  let kept: string | null = null
  const store = {
    keys: async (make: () => Promise<string>) => (kept ??= await make()),
  } as unknown as Parameters<typeof createVapid>[0]
  const open = () => createVapid(store, 'https://chat.example.org', () => 1_000_000_000_000)
  const [vapid, restarted] = [open(), open()]
  expect(await restarted.publicKey()).toBe(await vapid.publicKey())
  const endpoint = new URL('https://push.example.org/abc')
  const header = await vapid.authorization(endpoint)
  const [, token = '', key = ''] = /^vapid t=([\w.-]+), k=([\w-]+)$/.exec(header) ?? []
  const [head = '', claims = '', signature = ''] = token.split('.')
  expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toEqual({
    aud: 'https://push.example.org',
    exp: 1_000_043_200,
    sub: 'https://chat.example.org',
  })
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const signer = await crypto.subtle.importKey('raw', bytes(key), algorithm, true, ['verify'])
  const signed = Buffer.from(`${head}.${claims}`)
  expect(await crypto.subtle.verify(algorithm, signer, bytes(signature), signed)).toBe(true)
  expect(await vapid.authorization(new URL('https://other.example.org'))).not.toBe(header)
})

test('only the internet is contacted, whatever the address looks like', () => {
  for (const open of ['8.8.8.8', '142.250.1.1', '2607:f8b0:4005::1', '::ffff:8.8.8.8'])
    expect([open, isPublic(open)]).toEqual([open, true])
  for (const closed of [
    ...['127.0.0.1', '10.1.2.3', '172.16.0.1', '192.168.1.1', '169.254.169.254', '0.0.0.0'],
    ...['100.64.0.1', '192.0.2.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::1', '::', 'fe80::1', 'fc00::1', 'ff02::1', '2001:db8::1', '2002:7f00:1::', '64:ff9b::1'],
    ...['::ffff:127.0.0.1', '::ffff:10.0.0.1', '::ffff:7f00:1', '::127.0.0.1', 'localhost', ''],
  ])
    expect([closed, isPublic(closed)]).toEqual([closed, false])
})

test('an address that leads to a machine nearby is no address of a push service', async () => {
  expect(parseEndpoint('https://fcm.googleapis.com/fcm/send/abc')?.host).toBe('fcm.googleapis.com')
  for (const refused of [
    ...[
      'http://push.example.org/a',
      'https://127.0.0.1/a',
      'https://[::1]/a',
      'https://2130706433/',
    ],
    ...[
      'https://0x7f.1/a',
      'https://[::ffff:7f00:1]/',
      'https://ada:x@push.example.org/',
      'file:///',
    ],
    ...['', 'push', `https://push.example.org/${'a'.repeat(1_000)}`],
  ])
    expect([refused, parseEndpoint(refused)]).toEqual([refused, null])
  const sent = { headers: {}, body: new Uint8Array(), signal: AbortSignal.timeout(5_000) }
  // A name of this machine, which is resolved first.
  expect(await post(new URL('https://localhost/a'), sent)).toBeNull()
})
