import type {
  AppendOutcome,
  Attachment,
  ChangeOutcome,
  Changes,
  Member,
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
  Refused,
  Room,
  RoomHead,
  RoomName,
  StoredFiles,
  User,
} from './rows'
import type { ExportPage, RoomExtent, SearchOutcome, SearchQuery } from './search/query'

export type * from './rows'
export type * from './search/query'

/** Who reads, and the address in whose line they wait. */
export type Asker = { id: number; address: string }

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
    /** Changes name or picture. `freed`: ids of pictures that are not used any more. */
    change(
      id: number,
      profile: Profile,
    ): Promise<{ user: User; freed: string[] } | Refused<'name_taken' | 'not_signed_in'>>
    /** The people in the room, by nickname. */
    inRoom(room: Room): Promise<User[]>
    /** All people who have a name, by nickname. */
    everybody(): Promise<User[]>
    /** The people of the room with these folded names, and the author, who must be in it. */
    namedIn(roomId: number, author: number, folded: string[]): Promise<NamedUser[]>
  }
  /** Of people who have not left: nobody else has a session. */
  sessions: {
    findUser(tokenHash: Uint8Array): Promise<User | null>
    /** Gives a session another token; null when the session has ended. */
    renew(tokenHash: Uint8Array, newHash: Uint8Array, createdAt: number): Promise<User | null>
    /** Ends a session. The last one frees the name; true when it was the last. */
    end(tokenHash: Uint8Array, endedAt: number): Promise<boolean>
  }
  /** Membership, and the role where it counts, are part of every statement, read or write. */
  rooms: {
    ofUser(userId: number): Promise<Room[]>
    /** The only way to a room: null when it does not exist or the person is not in it. */
    find(userId: number, roomId: number): Promise<Room | null>
    /** The same without counts, for a tenth of the cost. */
    head(userId: number, roomId: number): Promise<RoomHead | null>
    /** The newest revision of each of the person's rooms; cheap, for heartbeats. */
    heads(userId: number): Promise<{ id: number; revision: number }[]>
    /** The names of the person's rooms; of a direct room that of the other person. No counts. */
    names(userId: number): Promise<{ id: number; name: string }[]>
    /** Moves the read marker forward to `seq`; false when it is there already. */
    markRead(member: Member, seq: number): Promise<boolean>
    /** All open rooms, also those the person is not in. */
    open(userId: number): Promise<OpenRoom[]>
    /** The id of the room that everybody joins. */
    first(): Promise<number>
    /** Makes a room with its owner as member; its name may be that of no open room. */
    create(
      room: NewRoom,
    ): Promise<Room | Refused<'room_name_taken' | 'rooms_too_many' | 'not_signed_in'>>
    /** Joins an open room; null when there is no such open room. */
    join(userId: number, roomId: number, at: number): Promise<Room | null>
    /** A member adds somebody to a room that is not direct; gives the room as they see it. */
    invite(
      member: Member,
      userId: number,
      at: number,
    ): Promise<Room | Refused<'room_missing' | 'person_missing'>>
    /** Ends a membership; false when the person is not in the room, or the room is direct. */
    leave(member: Member): Promise<boolean>
    /** The owner removes somebody else; `person_missing` also in a direct room. */
    remove(
      owner: Member,
      userId: number,
    ): Promise<'room_missing' | 'owner_only' | 'person_missing' | null>
    /** The owner gives the room a name that no open room has. */
    rename(
      owner: Member,
      name: RoomName,
    ): Promise<'room_missing' | 'owner_only' | 'room_name_taken' | null>
    setTopic(member: Member, topic: string): Promise<'room_missing' | null>
    /** Moves the read marker back to before `seq`. */
    markUnread(member: Member, seq: number): Promise<void>
    setNotify(member: Member, notify: Notify): Promise<'room_missing' | null>
    /** Finds or makes the direct room of two people; null when either is unknown. */
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
    /** The newest `limit` private messages of the person that were written between two places. */
    privateNotes(
      room: Room,
      userId: number,
      from: number,
      before: number | null,
      limit: number,
    ): Promise<Message[]>
    changesAfter(
      room: RoomHead,
      revision: number,
      limit: number,
      unitsMax: number,
    ): Promise<Changes>
  }
  attachments: {
    /** Records a file whose bytes are stored and which no message uses; false for nobody's. */
    add(attachment: NewAttachment): Promise<boolean>
    /** Finds a file of a message in the person's rooms, or an own unused one. */
    find(userId: number, id: string): Promise<Attachment | null>
    /** Finds a profile picture, which everybody may see. */
    findFace(id: string): Promise<Attachment | null>
    /** The files of this person, and of all. */
    stored(ownerId: number): Promise<{ own: StoredFiles; all: StoredFiles }>
    /** Deletes the rows of unused uploads from before this time; gives their ids. */
    dropUnused(before: number): Promise<string[]>
    /** Those of the ids that have no row. */
    unknown(ids: string[]): Promise<string[]>
  }
  /** How many messages the room has; null for people who left it since it was found. */
  measure(room: Room, userId: number): Promise<RoomExtent | null>
  /**
   * May take long, as the one below: runs on a thread of its own, where addresses take turns. Of
   * each person one search waits.
   */
  search(query: SearchQuery, address?: string): Promise<SearchOutcome>
  /** The messages after a place, of the room at its revision; null as above. */
  readOn(room: Room, asker: Asker, after: number, limit: number): Promise<ExportPage | null>
  /** Writes one row, for the health check. Throws what SQLite throws. */
  probe(): Promise<void>
  close(): Promise<void>
}
