import { frameBytes } from '../fuzz/framing'
import type { Attack } from './attacks-thread'

/** What one client does to others, over connections of its own, for a while. */
export type Order = {
  attack: Attack
  port: number
  ms: number
  /** Who attacks: many sessions of one address. */
  cookies: string[]
  room: number
  /** The message that takes longest to draw and to send. */
  worst: number
}

/** What it did, and what became of it. */
export type Outcome = {
  tried: number
  /** Answers by their status. */
  statuses: Record<number, number>
  /** Requests without a body that were ended without an answer. */
  cut: number
}

export type IsOn = () => boolean
/** How often it was tried. */
export type Tried = Promise<number>

const address = '10.6.6.6'

/** The head of a request of the n-th attacker. */
export function head({ port, cookies }: Order, line: string, n = 0, more: string[] = []): string {
  return [
    `${line} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    `Cookie: ${cookies[n % cookies.length]}`,
    `X-Forwarded-For: ${address}`,
    ...more,
    '',
    '',
  ].join('\r\n')
}

export const upgrade = [
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
]

export const say = (frame: object): Uint8Array => frameBytes(Buffer.from(JSON.stringify(frame)))

export const post = (room: number, content: string): object => {
  const fresh = { client_id: crypto.randomUUID(), attachments: [], reply_to: null }
  return { type: 'message.post', room, content, ...fresh }
}
