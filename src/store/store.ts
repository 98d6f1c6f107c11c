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
}

export type Message = {
  room: number
  seq: number
  revision: number
  clientId: string
  sender: User
  content: string
  replyTo: number | null
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
  createdAt: number
}

export type AppendRefusal = 'room_missing' | 'client_id_reused' | 'reply_missing'

/** `repeat`: the id was known already; `message` is the first one, whatever was sent this time. */
export type AppendOutcome =
  | { status: 'accepted'; message: Message; repeat: boolean }
  | { status: 'refused'; code: AppendRefusal }

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
  }
  messages: {
    /** One transaction for all of them, outcomes in the order given. */
    append(batch: NewMessage[]): Promise<AppendOutcome[]>
    /** The `limit` messages before `before` (null: the newest), oldest first, no tombstones. */
    before(room: Room, before: number | null, limit: number): Promise<Message[]>
    changesAfter(room: Room, revision: number, limit: number, unitsMax: number): Promise<Changes>
  }
  /** Writes and reads one row, for the health check. Throws when the disk does not obey. */
  probe(): Promise<void>
  close(): Promise<void>
}
