import type { PushedNotice } from '../../src/shared/protocol'
import type { Person } from './client'
import type { RunningServer } from './server'
import { waitUntil } from './wait'

/** What came to a device: the request as it was, and the notice as its browser reads it. */
export type Pushed = { headers: Headers; bytes: Uint8Array; text: string; notice: PushedNotice }

export type Device = {
  endpoint: string
  fields: { endpoint: string; p256dh: string; auth: string }
  pushed: Pushed[]
  /** Waits until so many notices have come. */
  has: (count: number) => Promise<PushedNotice[]>
}

export type PushReceiver = {
  port: number
  /** Requests so far, also refused ones. */
  requests: () => number
  newDevice: () => Promise<Device>
  /** How the next requests are answered; with null they are taken. */
  answerBy: (answer: (() => Response | null | Promise<null>) | null) => void
  [Symbol.asyncDispose]: () => Promise<void>
}

const curve = { name: 'ECDH', namedCurve: 'P-256' }

/** A push service with the browsers behind it: what is sent to a device is decrypted. */
export function openPushReceiver(): PushReceiver {
  const devices = new Map<string, (request: Request) => Promise<void>>()
  let answer: (() => Response | null | Promise<null>) | null = null
  let requests = 0
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      requests += 1
      const answered = (await answer?.()) ?? null
      if (answered !== null) return answered
      const take = devices.get(new URL(request.url).pathname)
      if (take === undefined) return new Response(null, { status: 410 })
      await take(request)
      return new Response(null, { status: 201 })
    },
  })
  return {
    port: server.port ?? 0,
    requests: () => requests,
    answerBy: (next) => void (answer = next),
    async newDevice() {
      const path = `/${crypto.randomUUID()}`
      const own = await crypto.subtle.generateKey(curve, true, ['deriveBits'])
      const auth = crypto.getRandomValues(new Uint8Array(16))
      const point = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey))
      const endpoint = `http://127.0.0.1:${server.port}${path}`
      const pushed: Pushed[] = []
      devices.set(path, async (request) => {
        const bytes = await request.bytes()
        const text = await decrypt(bytes, own, auth)
        pushed.push({ headers: request.headers, bytes, text, notice: JSON.parse(text) })
      })
      const fields = { endpoint, p256dh: base64url(point), auth: base64url(auth) }
      const has = async (count: number): Promise<PushedNotice[]> => {
        await waitUntil(() => pushed.length >= count, `${count} notices`)
        return pushed.map(({ notice }) => notice)
      }
      return { endpoint, fields, pushed, has }
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  }
}

/** Subscribes a device as the page does; gives the status. */
export async function subscribe(
  server: Pick<RunningServer, 'origin'>,
  person: Person,
  device: { fields: object },
  choices: object = {},
): Promise<number> {
  const { status } = await fetch(`${server.origin}/devices/push`, {
    method: 'POST',
    headers: {
      Cookie: person.cookie,
      Origin: new URL(server.origin).origin,
      'Content-Type': 'application/json',
    },
    body: JSON.stringify({ ...device.fields, ...choices }),
  })
  return status
}

/** What a browser does with the body (RFC 8291, RFC 8188), written from the other side. */
export async function decrypt(
  body: Uint8Array,
  own: CryptoKeyPair,
  auth: Uint8Array,
): Promise<string> {
  const salt = body.slice(0, 16)
  const keyLength = body[20] ?? 0
  const sender = body.slice(21, 21 + keyLength)
  const theirs = await crypto.subtle.importKey('raw', sender, curve, true, [])
  const shared = await crypto.subtle.deriveBits(
    { name: 'ECDH', public: theirs },
    own.privateKey,
    256,
  )
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', own.publicKey))
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), point, sender])
  const secret = await hkdf(new Uint8Array(shared), auth, info, 32)
  const bits = await hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16)
  const iv = await hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12)
  const key = await crypto.subtle.importKey('raw', bits, 'AES-GCM', false, ['decrypt'])
  const sealed = body.slice(21 + keyLength)
  const plain = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed))
  const end = plain.lastIndexOf(2)
  return new TextDecoder().decode(plain.slice(0, end))
}

async function hkdf(
  input: Uint8Array<ArrayBuffer>,
  salt: Uint8Array,
  info: Uint8Array,
  bytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const key = await crypto.subtle.importKey('raw', input, 'HKDF', false, ['deriveBits'])
  const wanted = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(salt), info }
  return new Uint8Array(await crypto.subtle.deriveBits(wanted as HkdfParams, key, bytes * 8))
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
