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
  User,
} from './rows'
import type { ExportPage, RoomExtent, SearchOutcome, SearchQuery } from './search/query'

export type * from './rows'
export type * from './search/query'

/**
 * The Store: everything a verb may ask of the database. Asynchronous in its types so that a second
 * engine can stand beside SQLite and pass the same tests (test/store/).
 */
export type Store = {
  /** Random per database: another epoch means that every known position is worthless. */
  epoch: string
  /** Random per installation, kept by a restored backup: tells it from all others for ever. */
  instance: string
  users: {
    /** Makes a person with a session and a place in the first room; null: the name is taken. */
    join(user: NewUser, tokenHash: Uint8Array): Promise<User | null>
    isNameFree(folded: string, skeleton: string): Promise<boolean>
    find(id: number): Promise<User | null>
    /**
     * Another name or picture; null when the name is taken. `freed` are the pictures that nobody
     * has any more.
     */
    change(id: number, profile: Profile): Promise<{ user: User; freed: string[] } | null>
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
    /** The same without counts, for a tenth of the cost. */
    head(userId: number, roomId: number): Promise<RoomHead | null>
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
    /** Moves the read marker back to before a place, however far it was. */
    markUnread(room: Room, userId: number, seq: number): Promise<void>
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
    /** Sets or takes back one emoji of one person; what stands already changes nothing. */
    react(change: ReactionChange): Promise<ChangeOutcome>
    /** The `limit` messages before `before` (null: the newest), oldest first, no tombstones. */
    before(room: Room, before: number | null, limit: number): Promise<Message[]>
    /** The `limit` messages after `after`, oldest first, no tombstones. */
    after(room: Room, after: number, limit: number): Promise<Message[]>
    /** Private messages of this person that were written in `room`, from one place to another. */
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
    /** Records a file that is kept already and that nothing uses yet. */
    add(attachment: NewAttachment): Promise<void>
    /** Only what a message of one of the person's rooms has, or an own one before it is used. */
    find(userId: number, id: string): Promise<Attachment | null>
    /** A person's picture, which everybody here may see. */
    findFace(id: string): Promise<Attachment | null>
    /** Bytes kept for this person, and for all. */
    stored(ownerId: number): Promise<{ own: number; all: number }>
    /** Forgets what was uploaded before this moment and never used; their ids. */
    dropUnused(before: number): Promise<string[]>
    /** Of these ids those that no row has. */
    unknown(ids: string[]): Promise<string[]>
  }
  /** What may take long: read elsewhere, so that nobody else waits for it. */
  search(query: SearchQuery): Promise<SearchOutcome>
  /** How much there is in the room as it was found; null for who is put out. */
  measure(room: Room, userId: number): Promise<RoomExtent | null>
  /** The messages after a place, of the room as it was found; null for who is put out. */
  readOn(room: Room, userId: number, after: number, limit: number): Promise<ExportPage | null>
  /** Writes and reads one row, for the health check. Throws when the disk does not obey. */
  probe(): Promise<void>
  close(): Promise<void>
}
