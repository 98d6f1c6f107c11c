/**
 * The Store: everything a verb may ask of the database, and the rows it gets. Asynchronous in its
 * types so that a second engine can stand beside SQLite and pass the same tests (test/store/).
 * Times are integers in milliseconds since 1970, ending `At`.
 */

export type User = { id: number; nickname: string; avatar: string }

export type RoomKind = 'open' | 'closed' | 'direct'

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

export type Notify = 'all' | 'mentions' | 'nothing'

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

/** A place in a text where somebody is named, in code units; user 0 is everybody. */
export type Mention = { user: number; start: number; length: number }

export type Message = {
  room: number
  seq: number
  revision: number
  clientId: string
  sender: User
  content: string
  replyTo: number | null
  mentions: Mention[]
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
  /** The room in which the author wrote this private message; null everywhere else. */
  writtenIn: number | null
  createdAt: number
}

export type AppendRefusal = 'room_missing' | 'client_id_reused' | 'reply_missing'

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

/** `message_missing` also for what is another's or in a room one is not in. */
export type ChangeOutcome =
  | { status: 'changed' | 'unchanged'; message: Message }
  | { status: 'refused'; code: 'message_missing' }

/** What happened in a room after a revision: the newest state of each message, oldest first. */
export type Changes = { messages: Message[]; revision: number; more: boolean }

export type NewUser = {
  nickname: string
  folded: string
  skeleton: string
  avatar: string
  createdAt: number
}

export type Store = {
  /** Random per database: another epoch means that every known position is worthless. */
  epoch: string
  /** Tells this house from all others for ever, a restored backup included. */
  house: string
  users: {
    /** Makes a person with a session and a place in the first room; null: the name is taken. */
    join(user: NewUser, tokenHash: Uint8Array): Promise<User | null>
    isNameFree(folded: string, skeleton: string): Promise<boolean>
    find(id: number): Promise<User | null>
    /** Everybody who shares the room, by nickname. */
    inRoom(room: Room): Promise<User[]>
    /** Everybody who holds a name, by nickname. */
    everybody(): Promise<User[]>
    /** Of these folded names, those that people of the room hold; the author must be in it. */
    namedIn(roomId: number, author: number, folded: string[]): Promise<NamedUser[]>
  }
  sessions: {
    findUser(tokenHash: Uint8Array): Promise<User | null>
    /** Another browser, or a new token for this one. */
    add(userId: number, tokenHash: Uint8Array, createdAt: number): Promise<void>
    /** Ends a session; with the last one the name becomes free. True when it was the last. */
    end(tokenHash: Uint8Array, endedAt: number): Promise<boolean>
  }
  rooms: {
    ofUser(userId: number): Promise<Room[]>
    /** The only way to a room: null for not-existing and not-member alike. */
    find(userId: number, roomId: number): Promise<Room | null>
    /** The newest revision of each of the person's rooms: cheap, for heartbeats. */
    heads(userId: number): Promise<{ id: number; revision: number }[]>
    markRead(room: Room, userId: number, seq: number): Promise<void>
    /** Every open room, also those the person is not in. */
    open(userId: number): Promise<OpenRoom[]>
    /** The room everybody is in. */
    first(): Promise<number>
    /** How many rooms this person has made. */
    countMade(userId: number): Promise<number>
    /** Makes a room and its owner's place in it; null: an open room has this name. */
    create(room: NewRoom): Promise<Room | null>
    /** A place in an open room; null when there is no such open room. */
    join(userId: number, roomId: number, at: number): Promise<Room | null>
    /** Gives somebody a place; the room as they see it, null for nobody or a direct room. */
    invite(room: Room, userId: number, at: number): Promise<Room | null>
    /** Takes a place away, of oneself or of another; false when there was none to take. */
    leave(room: Room, userId: number): Promise<boolean>
    /** False when another open room has this name. */
    rename(room: Room, name: Pick<NewRoom, 'name' | 'folded' | 'skeleton'>): Promise<boolean>
    setTopic(room: Room, topic: string): Promise<void>
    setNotify(room: Room, userId: number, notify: Notify): Promise<void>
    /** Finds or makes the one direct room of two people; null when the other is nobody. */
    direct(userId: number, otherId: number, at: number): Promise<Room | null>
  }
  messages: {
    /** One transaction for all of them, outcomes in the order given. */
    append(batch: NewMessage[]): Promise<AppendOutcome[]>
    /** New words for an own message, at the room's next revision; the same words change nothing. */
    edit(edit: MessageEdit): Promise<ChangeOutcome>
    /** Leaves a tombstone without words, of an own message or, for the owner, of any. */
    remove(removal: MessageRemoval): Promise<ChangeOutcome>
    /** The `limit` messages before `before` (null: the newest), oldest first, no tombstones. */
    before(room: Room, before: number | null, limit: number): Promise<Message[]>
    /** Private messages of this person that were written in `room`, from one place to another. */
    slips(room: Room, userId: number, from: number, before: number | null): Promise<Message[]>
    changesAfter(room: Room, revision: number, limit: number, unitsMax: number): Promise<Changes>
  }
  /** Writes and reads one row, for the health check. Throws when the disk does not obey. */
  probe(): Promise<void>
  close(): Promise<void>
}
