/**
 * The socket's protocol, both directions. On `chatroom.json` each server frame is an array of
 * `ChatEvent`; on `chatroom.html` a frame is HTML (it begins with `<`) or such an array (`[`).
 */

import type { RoomHold } from './holds'

/**
 * What keeps a person from being taken for another one: they have left, or took a name a short time
 * ago that somebody else had just before.
 */
type PersonMark = 'left' | 'new'

/** A person as others see them. `avatar`: the name of a ready-made picture, or the id of a file. */
export type Person = { id: number; nickname: string; avatar: string; mark: PersonMark | null }

/** A person in a sentence. */
export type Named = Omit<Person, 'avatar'>

/** A person of a system line; `by`: who invited them. */
export type SystemPerson = Named & { by: Named | null }

export const lineKinds = [
  'joined',
  'left',
  'removed',
  'renamed',
  'topic',
  'nickname',
  // Switches of the room: who may write, milliseconds between messages, whether it is locked.
  'writers',
  'slow',
  'locked',
  // It became public or invite-only, got a host, was archived (`yes`) or came back.
  'kind',
  'host',
  'archive',
] as const

/** What happened in a room besides messages: a line between them, with a place and a revision. */
export type SystemLine = {
  kind: (typeof lineKinds)[number]
  /** Who joined, left, was removed or became a host: the first of `count` people. */
  people: SystemPerson[]
  count: number
  /** The room's name, topic or kind, the nickname or a switch, before and after. */
  from: string
  to: string
}

export type RoomKind = 'open' | 'closed' | 'direct'

/** Which messages of a room make a sound. */
export type Notify = 'all' | 'mentions' | 'nothing'

export type PresenceState = 'online' | 'away' | 'offline'

// --- From the client ---------------------------------------------------------------------------

/** `client_id`: the sender's own id of the request; the same id again is never done twice. */
export type ClientFrame =
  | {
      type: 'message.post'
      room: number
      client_id: string
      content: string
      attachments?: string[]
      reply_to?: number | null
      /** Of a private message: the room in which it was written and is shown, too. */
      written_in?: number | null
    }
  | { type: 'message.edit'; room: number; seq: number; content: string; client_id: string }
  | { type: 'message.delete'; room: number; seq: number; client_id: string }
  | {
      type: 'reaction.set'
      room: number
      seq: number
      emoji: string
      active: boolean
      client_id: string
    }
  /** Moves the read marker forward to `seq`. */
  | { type: 'read'; room: number; seq: number }
  /** Moves the read marker back to before `seq`. */
  | { type: 'unread'; room: number; seq: number }
  | { type: 'typing'; room: number; active: boolean }
  /** The state of this tab. */
  | { type: 'presence'; state: 'online' | 'away' }
  /** The last revision known per room; answered with the changes since, then `caught_up`. */
  | { type: 'resume'; epoch: string; rooms: Record<string, number> }
  | { type: 'ping' }

// --- From the server ---------------------------------------------------------------------------

type MessageEvent = {
  type: 'message' | 'message.changed'
  room: number
  seq: number
  revision: number
  client_id: string
  sender: Person
  /** The other person in a direct room. */
  recipient: Person | null
  content: string
  /** Ids of the people it mentions and of the author it answers; 0 stands for everybody. */
  mentions: number[]
  timestamp: string
  edited: string | null
  attachments: AttachmentOnWire[]
  reply_to: number | null
  reactions: { emoji: string; people: number[] }[]
}

/** `sender`: who did it. A line that has changed comes again, with a later revision. */
export type SystemEvent = SystemLine & {
  type: 'system'
  room: number
  seq: number
  revision: number
  sender: Person
  timestamp: string
}

export type AttachmentOnWire = {
  id: string
  name: string
  type: string
  size: number
  /** Of pictures, upright, in pixels. */
  width: number | null
  height: number | null
  description: string
  url: string
}

export type RoomSummary = {
  id: number
  name: string
  kind: RoomKind
  revision: number
  read_seq: number
  unread: number
  mentions: number
  online: number
  /** Of who is online and who of them is away (shared/presence.ts). */
  checksum: number
  notify: Notify
  role: 'host' | 'member'
  /** What its hosts have set, and what keeps one from writing there; null without any. */
  hold: RoomHold | null
  /** Whether the lines of who comes and goes are shown. */
  comings: boolean
  /** Closed for good: it can be read. */
  archived: boolean
  /** The other person of a direct room. */
  recipient: Person | null
}

/** A person is asked into a room. `why` may be empty. */
export type InvitationOnWire = {
  room: { id: number; name: string; kind: RoomKind; topic: string; members: number }
  by: Person
  why: string
  timestamp: string
}

export type ChatEvent =
  | MessageEvent
  | SystemEvent
  | RemovedEvent
  | HelloEvent
  | AcceptedEvent
  | RefusedEvent
  /** Of people in small rooms, and of the other person of a private conversation. */
  | { type: 'presence'; user: number; state: PresenceState }
  /** How many people are online in each room; a checksum shows that a list of them is not right. */
  | { type: 'online'; rooms: Record<string, [count: number, checksum: number]> }
  /** To everybody: a person has another name or picture, or has left. */
  | { type: 'person.changed'; user: Person }
  | { type: 'typing'; room: number; user: number; active: boolean }
  | { type: 'read'; room: number; seq: number; unread: number; mentions: number }
  /** To one person: a new room of theirs, or a change that only they see. */
  | { type: 'room'; room: RoomSummary }
  /** To one person: they are not in it any more; `deleted`: its name, where nobody is. */
  | { type: 'room.left'; room: number; deleted?: string }
  /** To one person: they are invited, or not any more. One that is accepted ends with `room`. */
  | { type: 'invitation'; invitation: InvitationOnWire }
  | { type: 'invitation.ended'; room: number }
  /** To a room: what it is called and about, and what it is. */
  | {
      type: 'room.changed'
      room: number
      name: string
      topic: string
      kind: RoomKind
      archived: boolean
    }
  /** To a room: somebody became a host there, or is not one any more. */
  | { type: 'member.changed'; room: number; user: number }
  | { type: 'member.joined'; room: number; user: Person; state: PresenceState }
  | { type: 'member.left'; room: number; user: number }
  /** To the session that made a link for another device: it was opened, answered or used. */
  | { type: 'device.link' }
  /** To one person: there is something to read at `/notices`, or not any more. */
  | { type: 'notice' }
  /** To those who may let people in: somebody asks, or does not any more. */
  | { type: 'door' }
  | { type: 'pong'; heads: Record<string, number> }
  | { type: 'reload'; room: number }
  /** All changes of this room after `after` up to `revision` have been sent. */
  | { type: 'caught_up'; room: number; after: number; revision: number }

/** `sender` and `mentions`: whose it was and whom it called, for those who had not read it. */
export type RemovedEvent = {
  type: 'message.removed'
  room: number
  seq: number
  revision: number
  sender: number
  mentions: number[]
}

type HelloEvent = {
  type: 'hello'
  epoch: string
  build: string
  user: Person
  rooms: RoomSummary[]
  /** How many invitations wait for an answer. */
  invitations: number
  /** To whom the person may write privately. */
  private_messages: 'everybody' | 'hosts' | 'off'
}

export type AcceptedEvent = {
  type: 'accepted'
  client_id: string
  room: number
  seq: number
  revision: number
  timestamp: string
  /** Present when the same id was accepted before with another text, which is kept. */
  already_sent_as?: string
}

export type RefusedEvent = {
  type: 'refused'
  client_id: string | null
  code: string
  reason: string
  retry_ms?: number
}

/** The cookie that asks the script of the next page to delete what it kept. */
export function leftCookie(instance: string): string {
  return `chatroom_${instance}_left`
}

/** What the push service brings to a device, encrypted. */
export type PushedNotice = {
  title: string
  body: string
  /** Of the message. */
  path: string
  room: number
  language: string
  /** The message is private, or mentions the person. */
  isMeant: boolean
  /** Unread messages that are meant for the person, in all rooms. */
  badge: number
  /** Rooms with unread messages: notices of others are over. */
  unread: number[]
}

/** What the server tells the service worker, in front of its script. */
export type WorkerSettings = {
  base: string
  build: string
  /** What the page needs that is shown when the server is away. */
  files: string[]
  icon: string
  badge: string
  shellCache: string
  sharedCache: string
}

/**
 * What a page tells the service worker: its language, in which the page for later is kept; or that
 * the session has ended, true when it was ended here.
 */
export type WorkerRequest = string | boolean

/** The cache of what other apps have shared, which the page of a room takes. */
export function sharedCacheOf(instance: string): string {
  return `chatroom.${instance}.shared`
}
