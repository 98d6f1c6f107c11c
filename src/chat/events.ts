import type { ProblemCode } from '../errors'
import type { Message, Room, User } from '../store/store'

/** What travels on `chatroom.json` and as JSON over HTTP: see the wire in ARCHITECTURE.md. */
export type MessageEvent = {
  type: 'message' | 'message.changed'
  room: number
  seq: number
  revision: number
  client_id: string
  sender: User
  recipient: User | null
  content: string
  timestamp: string
  edited: string | null
  attachments: never[]
  reply_to: number | null
}

export type RoomSummary = {
  id: number
  name: string
  kind: Room['kind']
  revision: number
  read_seq: number
  unread: number
  mentions: number
  online: number
}

export type ChatEvent =
  | MessageEvent
  | { type: 'message.removed'; room: number; seq: number; revision: number }
  | { type: 'hello'; epoch: string; build: string; user: User; rooms: RoomSummary[] }
  | AcceptedEvent
  | RefusedEvent
  | { type: 'presence'; user: number; state: PresenceState }
  | { type: 'read'; room: number; seq: number }
  | { type: 'pong'; heads: Record<string, number> }
  | { type: 'reload'; room: number }
  /** Everything of this room after `after` up to `revision` has been said. */
  | { type: 'caught_up'; room: number; after: number; revision: number }

export type AcceptedEvent = {
  type: 'accepted'
  client_id: string
  room: number
  seq: number
  revision: number
  timestamp: string
  /** Present when this id had been accepted before with another text, which stands. */
  already_sent_as?: string
}

export type RefusedEvent = {
  type: 'refused'
  client_id: string | null
  code: ProblemCode
  reason: string
  retry_ms?: number
}

export type PresenceState = 'online' | 'away' | 'offline'

/** A stored message as the event that tells of its newest state, seen from revision `after`. */
export function toEvent(message: Message, after = 0): ChatEvent {
  const { room, seq, revision } = message
  if (message.deletedAt !== null) return { type: 'message.removed', room, seq, revision }
  return {
    type: seq > after ? 'message' : 'message.changed',
    room,
    seq,
    revision,
    client_id: message.clientId,
    sender: message.sender,
    recipient: null,
    content: message.content,
    timestamp: new Date(message.createdAt).toISOString(),
    edited: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    attachments: [],
    reply_to: message.replyTo,
  }
}
