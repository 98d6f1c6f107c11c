import type { ProblemCode } from '../errors'
import { housePaths } from '../paths'
import type { Attachment, Message, Notify, Room, User } from '../store/store'

/** What travels on `chatroom.json` and as JSON over HTTP: see the wire in ARCHITECTURE.md. */
export type MessageEvent = {
  type: 'message' | 'message.changed'
  room: number
  seq: number
  revision: number
  client_id: string
  sender: User
  /** The other person in a direct room. */
  recipient: User | null
  content: string
  /** Ids of those it names and of whom it answers; 0 is everybody. */
  mentions: number[]
  timestamp: string
  edited: string | null
  attachments: AttachmentOnWire[]
  reply_to: number | null
  reactions: { emoji: string; people: number[] }[]
}

export type AttachmentOnWire = Omit<Attachment, 'preview'> & { url: string }

export type RoomSummary = {
  id: number
  name: string
  kind: Room['kind']
  revision: number
  read_seq: number
  unread: number
  mentions: number
  online: number
  notify: Notify
  /** The other person of a direct room. */
  recipient: User | null
}

export type ChatEvent =
  | MessageEvent
  | { type: 'message.removed'; room: number; seq: number; revision: number }
  | { type: 'hello'; epoch: string; build: string; user: User; rooms: RoomSummary[] }
  | AcceptedEvent
  | RefusedEvent
  | { type: 'presence'; user: number; state: PresenceState }
  | { type: 'online'; room: number; count: number }
  /** To everybody: somebody's name or picture is another one from now on. */
  | { type: 'person.changed'; user: User }
  | { type: 'typing'; room: number; user: number; active: boolean }
  | { type: 'read'; room: number; seq: number; unread: number; mentions: number }
  /** To one person: a room of theirs is new, or something about it that is theirs alone. */
  | { type: 'room'; room: RoomSummary }
  | { type: 'room.left'; room: number }
  /** To a room: its name or topic, and who is in it. */
  | { type: 'room.changed'; room: number; name: string; topic: string }
  | { type: 'member.joined'; room: number; user: User; state: PresenceState }
  | { type: 'member.left'; room: number; user: number }
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
    recipient: message.recipient,
    content: message.content,
    mentions: message.called,
    timestamp: new Date(message.createdAt).toISOString(),
    edited: message.editedAt === null ? null : new Date(message.editedAt).toISOString(),
    attachments: message.attachments.map(toWire),
    reply_to: message.replyTo,
    reactions: message.reactions.map(({ emoji, people }) => ({
      emoji,
      people: people.map(({ id }) => id),
    })),
  }
}

/** A file as scripts learn of it. */
export function toWire(attachment: Attachment): AttachmentOnWire {
  const { id, name, type, size, width, height, description } = attachment
  const url = housePaths.attachment(id, name)
  return { id, name, type, size, width, height, description, url }
}

/** A room as the lists of its members show it; a direct room is called after the other person. */
export function toSummary(room: Room, online: number): RoomSummary {
  const recipient = room.pair?.[1] ?? null
  return {
    id: room.id,
    name: recipient?.nickname ?? room.name,
    kind: room.kind,
    revision: room.revision,
    read_seq: room.readSeq,
    unread: room.unread,
    mentions: room.mentions,
    online,
    notify: room.notify,
    recipient,
  }
}
