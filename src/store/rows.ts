import type { Notify, Person as User, RoomKind } from '../shared/protocol'

/**
 * The rows a verb gets from the Store, and what it hands in. Times are integers in milliseconds
 * since 1970, ending `At`.
 */

export type { Notify, RoomKind, User }

/** A room as one member sees it. Only the store makes one, so holding it proves membership. */
export type Room = {
  id: number
  kind: RoomKind
  name: string
  topic: string
  createdAt: number
  revision: number
  readSeq: number
  /** Messages of others after the read marker, tombstones left out. */
  unread: number
  /** When the first of them was said; null when there are none. */
  unreadSince: number | null
  /** How many of them mention the member. */
  mentions: number
  role: 'owner' | 'member'
  /** What makes a sound for the member. */
  notify: Notify
  /** The two people of a direct room, the member first; null in every other room. */
  pair: [User, User] | null
}

/** The newest revision of a room, and its people if it is direct. */
export type RoomHead = Pick<Room, 'id' | 'revision' | 'pair'>

/** An open room as anybody sees it who may join. */
export type OpenRoom = {
  id: number
  name: string
  topic: string
  members: number
  isMember: boolean
}

export type NewRoom = {
  kind: 'open' | 'closed'
  name: string
  folded: string
  skeleton: string
  topic: string
  owner: number
  createdAt: number
}

/** A file that was sent with a message, or somebody's picture; its bytes lie in the file store. */
export type Attachment = {
  id: string
  name: string
  /** By our own reading of the bytes. */
  type: string
  size: number
  /** Of pictures, upright. */
  width: number | null
  height: number | null
  /** Nine colours, three hexadecimal digits each, or nothing. */
  preview: string
  /** What is on it, for those who cannot see it. */
  description: string
}

export type NewAttachment = Attachment & { owner: number; createdAt: number }

/** A person's own picture, kept already; whose it is, is known when its row is made. */
export type NewFace = Omit<NewAttachment, 'owner'>

/** A place in a text where somebody is named, in code units; user 0 is everybody. */
export type Mention = { user: number; start: number; length: number }

/** The beginning of an answered message. */
export type Quote = { sender: User; content: string }

/** One emoji under a message, and whose it is, the first first. */
export type Reaction = { emoji: string; people: Pick<User, 'id' | 'nickname'>[] }

export type Message = {
  room: number
  seq: number
  revision: number
  clientId: string
  sender: User
  content: string
  /** The place of the message it answers. */
  replyTo: number | null
  /** What was said there; null when it answers nothing, or what it answered is gone. */
  quote: Quote | null
  mentions: Mention[]
  attachments: Attachment[]
  /** The people it mentions and the author it answers; 0 stands for everybody. */
  notifiedUserIds: number[]
  reactions: Reaction[]
  /** The other person, in a direct room. */
  recipient: User | null
  /** Of a private message: the room it was written in, and that room's revision at the time. */
  writtenIn: number | null
  writtenAfter: number | null
  createdAt: number
  editedAt: number | null
  deletedAt: number | null
}

export type NewMessage = {
  room: number
  author: number
  clientId: string
  content: string
  replyTo: number | null
  mentions: Mention[]
  /** Ids of what was uploaded for it; empty for nearly all. */
  attachments: string[]
  /** The room in which the author wrote this private message; null everywhere else. */
  writtenIn: number | null
  createdAt: number
}

export type AppendRefusal =
  'room_missing' | 'client_id_reused' | 'reply_missing' | 'attachment_missing'

/** `repeat`: the id was known already; `message` is the first one, whatever was sent this time. */
export type AppendOutcome =
  | { status: 'accepted'; message: Message; repeat: boolean }
  | { status: 'refused'; code: AppendRefusal }

/** Somebody whose name may be written after an @. */
export type NamedUser = { id: number; folded: string; isOwner: boolean }

export type MessageEdit = {
  room: number
  seq: number
  author: number
  content: string
  mentions: Mention[]
  at: number
}

export type MessageRemoval = Pick<MessageEdit, 'room' | 'seq' | 'at'> & { user: number }

/** One person's emoji on a message, set or taken back. */
export type ReactionChange = {
  room: number
  seq: number
  user: number
  emoji: string
  isActive: boolean
  /** How many different ones a message may carry. */
  kindsMax: number
  at: number
}

/**
 * `message_missing` also for what is another's or in a room one is not in. `freed` are the files
 * that have no message any more.
 */
export type ChangeOutcome =
  | { status: 'changed' | 'unchanged'; message: Message; freed?: string[] }
  | { status: 'refused'; code: 'message_missing' | 'reactions_full' }

/** What happened in a room after a revision: the newest state of each message, oldest first. */
export type Changes = { messages: Message[]; revision: number; more: boolean }

export type Profile = {
  nickname: string
  folded: string
  skeleton: string
  /** A ready one, or the id of their own picture. */
  avatar: string
  /** The own picture, when it is a new one. */
  face: NewFace | null
}

export type NewUser = Omit<Profile, 'face'> & {
  face?: NewFace | null
  createdAt: number
}
