import type { HoldCode, RoomHold, Switches } from '../shared/holds'
import type { Notify, Person as User, RoomKind, SystemLine } from '../shared/protocol'
import type { Rank, ServerRole } from '../shared/rights'

/**
 * The values that the Store takes and gives. Times are integers in milliseconds since 1970, and
 * their names end in `At`.
 */
export type { Notify, Rank, RoomHold, RoomKind, ServerRole, Switches, SystemLine, User }

/** Why a write changed nothing. */
export type Refused<Code extends string> = { refused: Code }

/**
 * Why somebody may not do something: it takes a host of the room, a role on the server, or a higher
 * rank than the person has to whom it is done (src/shared/rights.ts).
 */
export type NoRight = 'host_only' | 'role_missing' | 'rank_equal'

/** How newcomers come in: freely, with a password, by invitation only, or after asking. */
export type DoorMode = 'open' | 'password' | 'links' | 'ask'

/** How many rooms there may be (src/server/limits.ts). */
export type RoomLimits = {
  all: number
  perPerson: number
  conversationsPerPerson: number
  emptyPerPerson: number
  invitationsPerPerson: number
  invitationsPerInviter: number
}

/** A member who became the host of a room, because it had none who was present. */
export type Heir = { room: number; user: number }

/** A person who has left, and who owns their rooms now. */
export type Departure = { user: User; heirs: Heir[] }

/** Who acts in which room; whether they may is asked in the statement that acts. */
export type Member = { roomId: number; userId: number }

/** How somebody is put out of a room: for good, they may not come back. */
export type Removal = { isForGood: boolean; reason: string }

/** A room as one member saw it. Only the store makes one, for those who are in it then. */
export type Room = {
  id: number
  kind: RoomKind
  name: string
  topic: string
  createdAt: number
  /** When the last message was posted, or the room was made. */
  activeAt: number
  revision: number
  /** People who have not left. */
  members: number
  readSeq: number
  /** Messages of others after the read marker, tombstones left out. */
  unread: number
  /** When the first of them was posted; null when there are none. */
  unreadSince: number | null
  /** How many of them mention the member. */
  mentions: number
  /** What the member is there, by their role in the room or on the server. */
  rank: Rank
  /** What makes a sound for the member. */
  notify: Notify
  /** Whether the member sees the lines of who comes and goes. */
  showsComings: boolean
  /** What its hosts have set, and what keeps the member from writing; null without any. */
  hold: RoomHold | null
  /** The two people of a direct room, the member first; null in every other room. */
  pair: [User, User] | null
  /** The other people of a direct room for more than two, a group; null in every other room. */
  group: User[] | null
  /** When it was closed for good; null while people write in it. */
  archivedAt: number | null
}

/** What somebody who is not in a room may see of it: it is open, or they are invited. */
export type RoomPreview = Pick<Room, 'id' | 'kind' | 'name' | 'topic' | 'members'> & {
  /** Nobody new comes in. */
  isLocked: boolean
}

/** A person is asked into a room, by whom, and why (may be empty). */
export type Invitation = { room: RoomPreview; by: User; why: string; invitedAt: number }

/** The same as the room's members see it. */
export type PendingInvitation = Omit<Invitation, 'room'> & { user: User }

/** A room as its new member sees it, and who asked them in; not new: they were in it already. */
export type Joined = { room: Room; invitedBy: User | null; isNew: boolean }

/** What became of an invitation; `user` is null for somebody who does not exist. */
export type InviteOutcome = {
  user: User | null
  /** False for somebody who declined lately: they do not hear of it. */
  isShown: boolean
  outcome:
    | 'invited'
    | 'already_member'
    | 'already_invited'
    | 'unknown'
    | 'left'
    | 'invitations_full'
    | 'own_invitations_full'
    | 'kept_out'
}

/** Somebody who may be invited, or is there or invited already. */
export type Candidate = User & { standing: 'member' | 'invited' | null }

/** The newest revision of a room, and its people if it is direct. */
export type RoomHead = Pick<Room, 'id' | 'revision' | 'pair'>

/** A room in the list of open rooms, or of one's own. */
export type ListedRoom = Pick<Room, 'id' | 'kind' | 'name' | 'topic' | 'members' | 'activeAt'> & {
  isMember: boolean
  /** Nobody new comes in. */
  isLocked: boolean
  /** The other person of a direct room. */
  other: User | null
}

/**
 * Which rooms of a list: those whose name contains `part`, after a place in the list, the one
 * where something was said last first.
 */
export type RoomsWanted = {
  part: string
  after: Pick<ListedRoom, 'activeAt' | 'id'> | null
  limit: number
  /** Of open rooms: those that are archived, or the others. */
  isArchived?: boolean
}

/**
 * Which people of a list: those whose folded name contains `part`, after a place in the list, and
 * none of `without`.
 */
export type PeopleWanted = {
  part: string
  after: Pick<ListedPerson, 'folded' | 'id'> | null
  without: number[]
  limit: number
}

/** Who looks for which people: of a room, or of the whole server. `wanted` is `wantedName`. */
export type PeopleMatch = { asker: number; room: number | null; wanted: string; limit: number }

export type ListedPerson = User & { folded: string }

/** The two forms of a name that are unique (chat/people/name.ts). */
export type UniqueName = { folded: string; skeleton: string }

/** How names are compared (chat/people/name.ts); another version compares in another way. */
export type NameRules = {
  version: string
  ofPerson: (name: string) => UniqueName
  ofRoom: (name: string) => UniqueName
}

export type RoomName = UniqueName & { name: string }

export type NewRoom = RoomName & {
  kind: 'open' | 'closed'
  topic: string
  host: number
  createdAt: number
}

/** A file of a message, or a profile picture. Its bytes are in the file store. */
export type Attachment = {
  id: string
  name: string
  /** Found in the bytes, not the type that the sender named. */
  type: string
  size: number
  /** Of pictures, in pixels, upright. */
  width: number | null
  height: number | null
  /** Nine colours of three hexadecimal digits each, or empty. */
  preview: string
  /** The alternative text. */
  description: string
}

export type NewAttachment = Attachment & { owner: number; createdAt: number }

/** A profile picture whose bytes are stored; its owner may be a person who joins with it. */
export type NewFace = Omit<NewAttachment, 'owner'>

/** A mention in a text, in code units; user 0 is everybody. */
export type Mention = { user: number; start: number; length: number }

/** The beginning of an answered message. */
export type Quote = { sender: User; content: string }

/** One emoji under a message, and its people in their order. */
export type Reaction = { emoji: string; people: Omit<User, 'avatar'>[] }

export type Message = {
  room: number
  seq: number
  revision: number
  clientId: string
  sender: User
  content: string
  /** The `seq` of the message it answers. */
  replyTo: number | null
  /** The message it answers; null when there is none, or it was deleted. */
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
  /** What a system line tells, which is a row among the messages without a text; else null. */
  system: SystemLine | null
  createdAt: number
  editedAt: number | null
  deletedAt: number | null
}

/** A system line to be written: what happened in a room, and who did it. */
export type NewLine = Pick<SystemLine, 'kind'> & {
  room: number
  author: number
  at: number
  /** Who joined, left or was removed, and who invited them. */
  person?: number
  by?: number | null
  from?: string
  to?: string
}

export type NewMessage = Pick<
  Message,
  'room' | 'clientId' | 'content' | 'replyTo' | 'mentions' | 'createdAt'
> & {
  author: number
  /** Ids of its uploads; empty for nearly all messages. */
  attachments: string[]
  /** The room in which the author wrote this private message; null everywhere else. */
  writtenIn: number | null
  /** The session that sends it, which must not have ended when it is stored. */
  session?: Uint8Array
}

/** Why somebody may not write in a room, and when it makes sense to try again. */
export type HeldBack = { code: HoldCode; retryMs?: number }

/** Until when somebody is muted in a room, why, and by whom. */
export type Mute = { until: number; reason: string; by: User }

export type AppendRefusal =
  | HoldCode
  | 'not_signed_in'
  | 'room_missing'
  | 'person_left'
  | 'conversations_full'
  | 'client_id_reused'
  | 'reply_missing'
  | 'attachment_missing'

/** `repeat`: the client id was used before; `message` is the first one with this id. */
/** `begins`: the people of a group conversation whose first message it is. */
/** `members`: the version of the room's members, where several nodes use the database. */
export type AppendOutcome =
  | { status: 'accepted'; message: Message; repeat: boolean; begins?: number[]; members?: number }
  | { status: 'refused'; code: AppendRefusal; retryMs?: number }

/** A person who can be mentioned. */
export type NamedUser = { id: number; folded: string; mayMentionAll: boolean }

export type MessagePlace = { room: number; seq: number }

/** Which message, and when it is changed. */
type MessageChange = MessagePlace & { at: number }

export type MessageEdit = MessageChange & {
  author: number
  content: string
  /** There is nothing to read in it: refused where the message has no files. */
  isEmpty?: boolean
  /** The mentions of the new text, given the message as it is before. */
  mentions: (before: Message) => Mention[]
}

export type MessageRemoval = MessageChange & { user: number }

/** One person's emoji on a message, set or removed. */
export type ReactionChange = MessageChange & {
  user: number
  emoji: string
  isActive: boolean
  /** Different emoji, and reactions in all, that a message may have. */
  kindsMax: number
  reactionsMax: number
}

/**
 * `message_missing` also for messages of others and in rooms of others. `freed`: the ids of files
 * that no message has any more; `recounted`: who is mentioned only before or only after an edit.
 */
export type ChangeOutcome =
  | {
      status: 'changed' | 'unchanged'
      message: Message
      freed?: string[]
      recounted?: number[]
    }
  | {
      status: 'refused'
      code:
        | HoldCode
        | 'message_missing'
        | 'message_empty'
        | 'person_left'
        | 'reactions_full'
        | 'reactions_many'
      retryMs?: number
    }

/** The messages that changed after a revision, in their newest state, oldest change first. */
export type Changes = { messages: Message[]; revision: number; more: boolean }

export type Profile = UniqueName & {
  nickname: string
  /** The name of a ready-made avatar, or the id of an own picture. */
  avatar: string
  /** The own picture when it is new. */
  face: NewFace | null
}

/** A device as it is shown to its person: what it is in short words, empty when unknown. */
export type Device = {
  id: number
  browser: string
  system: string
  addedAt: number
  /** To a day. */
  seenAt: number
  /** The one that asks. */
  isThis: boolean
}

/** What tells a browser again in which somebody was banned. */
export type BrowserMarks = {
  /** Hash of the cookie that it keeps for years. */
  browserHash: Uint8Array | null
  /** Hash of the cookie of the session that it had, which may have ended. */
  sessionBefore: Uint8Array | null
  /** The key under which its network is rate limited. */
  address: string
}

/** A session that begins, or gets another token. */
export type NewSession = Pick<Device, 'browser' | 'system'> & {
  tokenHash: Uint8Array
  at: number
} & Partial<BrowserMarks>

/** A browser that opened a link, to become a device of the person whose session made the link. */
export type Claim = Pick<Device, 'browser' | 'system'> & {
  /** Hash of the token that the browser waits with. */
  hash: Uint8Array
  /** Shown by both devices. */
  number: number
  isAllowed: boolean
}

export type NewClaim = Pick<Claim, 'browser' | 'system' | 'number'> & {
  linkHash: Uint8Array
  claimHash: Uint8Array
  at: number
}

export type NewUser = Omit<Profile, 'face'> & { face?: NewFace | null; createdAt: number }

/** How many files there are, and their bytes together. */
export type StoredFiles = { files: number; bytes: number }
