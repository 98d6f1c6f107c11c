import { ChatError } from '../../server/errors'
import type { NewPushSubscription } from '../../store/store'
import type { Chat, Visitor } from '../chat'
import { parseEndpoint } from './destination'
import { importPoint } from './encrypt'

const mutedMax = 500

/**
 * Lets the device of a visitor be told of messages. Throws `bad_request` for what no browser sends,
 * and for an address that the server must not contact.
 */
export async function subscribeDevice(
  chat: Chat,
  { session, language }: Visitor,
  wanted: unknown,
): Promise<void> {
  const subscription = await parseSubscription(wanted, language)
  const acting = Uint8Array.fromHex(session)
  if (!(await chat.store.push.subscribe(acting, subscription))) throw new ChatError('not_signed_in')
}

async function parseSubscription(wanted: unknown, language: string): Promise<NewPushSubscription> {
  const fields = new Map<string, unknown>(Object.entries(wanted ?? {}))
  const endpoint = parseEndpoint(textOf(fields.get('endpoint')))
  const publicKey = bytesOf(fields.get('p256dh'), 65)
  const secret = bytesOf(fields.get('auth'), 16)
  const muted = fields.get('muted')
  if (endpoint === null || publicKey === null || secret === null) throw new ChatError('bad_request')
  // A key that is no point of the curve would fail at each notice.
  await importPoint(publicKey).catch(() => {
    throw new ChatError('bad_request')
  })
  const ids = Array.isArray(muted) ? muted.filter(isId).slice(0, mutedMax) : []
  const showsText = fields.get('text') === true
  const keys = { publicKey, secret }
  return { endpoint: endpoint.href, ...keys, language, showsText, muted: JSON.stringify(ids) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** The bytes of base64url, if there are so many; null for anything else. */
function bytesOf(value: unknown, length: number): Uint8Array | null {
  const text = textOf(value).replace(/=+$/, '')
  if (!/^[\w-]{1,200}$/.test(text)) return null
  const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
  return bytes.length === length ? bytes : null
}

function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}
