import type {
  AppendOutcome,
  Attachment,
  ChangeOutcome,
  Changes,
  Message,
  MessageEdit,
  MessageRemoval,
  NamedUser,
  NewAttachment,
  NewMessage,
  NewRoom,
  NewUser,
  Notify,
  OpenRoom,
  ReactionChange,
  Profile,
  Room,
  RoomHead,
  RoomName,
  User,
} from './rows'
import type { ExportPage, RoomExtent, SearchOutcome, SearchQuery } from './search/query'

export type * from './rows'
export type * from './search/query'

/**
 * The interface to the database. Its functions are asynchronous so that a second engine beside
 * SQLite can implement them and pass the same tests (test/store/contract.ts).
 */
export type Store = {
  /** Random; a restore changes it, which makes every revision that browsers know worthless. */
  epoch: string
  /** Random; identifies the installation for ever, and a restore keeps it. */
  instance: string
  users: {
    /** Makes a person with a session, in the first room; null when the name is taken. */
    join(user: NewUser, tokenHash: Uint8Array): Promise<User | null>
    isNameFree(folded: string, skeleton: string): Promise<boolean>
    find(id: number): Promise<User | null>
    /** Changes name or picture; null when the name is taken. `freed`: ids of unused pictures. */
    change(id: number, profile: Profile): Promise<{ user: User; freed: string[] } | null>
    /** The people in the room, by nickname. */
    inRoom(room: Room): Promise<User[]>
    /** All people who have a name, by nickname. */
    everybody(): Promise<User[]>
    /** The people of the room with these folded names, and the author, who must be in it. */
    namedIn(roomId: number, author: number, folded: string[]): Promise<NamedUser[]>
  }
  sessions: {
    findUser(tokenHash: Uint8Array): Promise<User | null>
    /** Adds a session for another browser, or a new token for this one. */
    add(userId: number, tokenHash: Uint8Array, createdAt: number): Promise<void>
    /** Ends a session. The last one frees the name; true when it was the last. */
    end(tokenHash: Uint8Array, endedAt: number): Promise<boolean>
  }
  rooms: {
    ofUser(userId: number): Promise<Room[]>
    /** The only way to a room: null when it does not exist or the person is not in it. */
    find(userId: number, roomId: number): Promise<Room | null>
    /** The same without counts, for a tenth of the cost. */
    head(userId: number, roomId: number): Promise<RoomHead | null>
    /** The newest revision of each of the person's rooms; cheap, for heartbeats. */
    heads(userId: number): Promise<{ id: number; revision: number }[]>
    markRead(room: Room, userId: number, seq: number): Promise<void>
    /** All open rooms, also those the person is not in. */
    open(userId: number): Promise<OpenRoom[]>
    /** The id of the room that everybody joins. */
    first(): Promise<number>
    /** How many rooms the person has made. */
    countMade(userId: number): Promise<number>
    /** Makes a room with its owner as member; null when an open room has this name. */
    create(room: NewRoom): Promise<Room | null>
    /** Joins an open room; null when there is no such open room. */
    join(userId: number, roomId: number, at: number): Promise<Room | null>
    /** Adds a member; gives the room as they see it, null for unknown people and direct rooms. */
    invite(room: Room, userId: number, at: number): Promise<Room | null>
    /** Removes a member; false when the person is not in the room, or the room is direct. */
    leave(room: Room, userId: number): Promise<boolean>
    /** False when another open room has this name. */
    rename(room: Room, name: RoomName): Promise<boolean>
    setTopic(room: Room, topic: string): Promise<void>
    /** Moves the read marker back to before `seq`. */
    markUnread(room: Room, userId: number, seq: number): Promise<void>
    setNotify(room: Room, userId: number, notify: Notify): Promise<void>
    /** Finds or makes the direct room of two people; null when the other is unknown. */
    direct(userId: number, otherId: number, at: number): Promise<Room | null>
  }
  messages: {
    /** Stores all in one transaction; gives the outcomes in the same order. */
    append(batch: NewMessage[]): Promise<AppendOutcome[]>
    /** Replaces the text of an own message; the same text changes nothing. */
    edit(edit: MessageEdit): Promise<ChangeOutcome>
    /** Deletes an own message or, for the owner of the room, any. Leaves an empty tombstone. */
    remove(removal: MessageRemoval): Promise<ChangeOutcome>
    /** Sets or removes one emoji of one person. */
    react(change: ReactionChange): Promise<ChangeOutcome>
    /** The `limit` messages before `before` (null: the newest), oldest first, no tombstones. */
    before(room: Room, before: number | null, limit: number): Promise<Message[]>
    /** The `limit` messages after `after`, oldest first, no tombstones. */
    after(room: Room, after: number, limit: number): Promise<Message[]>
    /** Private messages of the person that were written in `room` between two of its places. */
    privateNotes(
      room: Room,
      userId: number,
      from: number,
      before: number | null,
    ): Promise<Message[]>
    changesAfter(
      room: RoomHead,
      revision: number,
      limit: number,
      unitsMax: number,
    ): Promise<Changes>
  }
  attachments: {
    /** Records a file whose bytes are stored and which no message uses yet. */
    add(attachment: NewAttachment): Promise<void>
    /** Finds a file of a message in the person's rooms, or an own unused one. */
    find(userId: number, id: string): Promise<Attachment | null>
    /** Finds a profile picture, which everybody may see. */
    findFace(id: string): Promise<Attachment | null>
    /** Bytes stored for this person, and for all. */
    stored(ownerId: number): Promise<{ own: number; all: number }>
    /** Deletes the rows of unused uploads from before this time; gives their ids. */
    dropUnused(before: number): Promise<string[]>
    /** Those of the ids that have no row. */
    unknown(ids: string[]): Promise<string[]>
  }
  /** May take long, as the two below: runs on a thread of its own. */
  search(query: SearchQuery): Promise<SearchOutcome>
  /** How many messages the room had when it was found; null for people who left it since. */
  measure(room: Room, userId: number): Promise<RoomExtent | null>
  /** The messages after a place, of the room when it was found; null as above. */
  readOn(room: Room, userId: number, after: number, limit: number): Promise<ExportPage | null>
  /** Writes one row, for the health check. Throws what SQLite throws. */
  probe(): Promise<void>
  close(): Promise<void>
}
