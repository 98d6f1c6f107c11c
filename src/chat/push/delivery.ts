import { faultOf } from '../../server/log'
import type { Chat } from '../chat'
import { parseEndpoint, post } from './destination'
import { encryptNotice } from './encrypt'
import { writeNotice } from './notice'
import type { Vapid } from './vapid'

/** A device that is off so long is not told any more. */
const keptSeconds = 24 * 60 * 60
const retryMsMax = 60 * 60_000

/** `gone`: the device is not told any more; `failed`: the push service could not take it. */
export type Delivered =
  { status: 'sent' | 'over' | 'gone' | 'refused' } | { status: 'failed'; retryMs: number | null }

/** Makes the function that tells a device of a message, if it still may be told. Never throws. */
export function createDelivery(chat: Chat, vapid: Vapid, signal: AbortSignal) {
  const { log, paths, store } = chat
  return async (wish: { session: number; room: number; seq: number }): Promise<Delivered> => {
    try {
      // Asked as late as possible: meanwhile people leave rooms, log out, and read.
      const notice = await store.push.notice(wish)
      if (notice === null) return { status: 'over' }
      const endpoint = parseEndpoint(notice.endpoint)
      if (endpoint === null) return await drop(chat, notice.endpoint, 'destination')
      const body = await encryptNotice(writeNotice(paths, wish, notice), notice)
      const isUrgent = notice.isDirect === 1 || notice.isCalled === 1
      const headers = {
        Authorization: await vapid.authorization(endpoint),
        'Content-Encoding': 'aes128gcm',
        'Content-Type': 'application/octet-stream',
        TTL: String(keptSeconds),
        Urgency: isUrgent ? 'high' : 'normal',
        // Of one room a device that was off gets the newest only.
        Topic: topicOf(store.instance, wish.room),
      }
      const answer = await post(endpoint, { headers, body, signal })
      if (answer === null) return await drop(chat, notice.endpoint, 'destination')
      return await judge(chat, notice.endpoint, answer)
    } catch (fault) {
      if (!signal.aborted) log('push.failed', { where: 'delivery', fault: faultOf(fault) })
      return { status: 'failed', retryMs: null }
    }
  }
}

type Answer = { status: number; retryAfter: string | null }

async function judge(chat: Chat, endpoint: string, answer: Answer): Promise<Delivered> {
  const { status, retryAfter } = answer
  if (status >= 200 && status < 300) return { status: 'sent' }
  if (status === 404 || status === 410) return await drop(chat, endpoint, 'push service')
  if (status === 429 || status >= 500) return { status: 'failed', retryMs: retryMsOf(retryAfter) }
  chat.log('push.refused', { code: status })
  return { status: 'refused' }
}

async function drop(chat: Chat, endpoint: string, where: string): Promise<Delivered> {
  chat.log('push.dropped', { where })
  await chat.store.push.drop(endpoint)
  return { status: 'gone' }
}

/** Seconds or a date; null for anything else. */
function retryMsOf(text: string | null): number | null {
  const ms = /^\d+$/.test(text ?? '') ? Number(text) * 1000 : Date.parse(text ?? '') - Date.now()
  return ms > 0 ? Math.min(ms, retryMsMax) : null
}

/** The push service must not learn which room it is. */
function topicOf(instance: string, room: number): string {
  const hash = new Bun.CryptoHasher('sha256').update(`${instance} ${room}`).digest()
  return hash.subarray(0, 24).toString('base64url')
}
