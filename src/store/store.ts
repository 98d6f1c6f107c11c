import type {
  AppendOutcome,
  Attachment,
  Candidate,
  ChangeOutcome,
  Changes,
  Departure,
  Heir,
  Invitation,
  InviteOutcome,
  Joined,
  ListedPerson,
  ListedRoom,
  Member,
  Message,
  MessageEdit,
  MessageRemoval,
  NamedUser,
  NewAttachment,
  NewMessage,
  NewRoom,
  NewSession,
  NewUser,
  NoRight,
  Notify,
  PendingInvitation,
  PeopleMatch,
  PeopleWanted,
  Profile,
  ReactionChange,
  Refused,
  Removal,
  Room,
  RoomHead,
  RoomName,
  RoomPreview,
  RoomsWanted,
  ServerRole,
  StoredFiles,
  User,
} from './rows'
import type { Acts, BrowserRefusal } from './acts'
import type { Administration } from './administration'
import type { DeviceLinks, DeviceStore } from './device-links'
import type { DoorRefusal, DoorStore, Pass } from './door'
import type { RoomFacts, RoomLife } from './room-life'
import type { Space } from './files'
import type { Closed, Holds } from './holds'
import type { NodeStore } from './nodes'
import type { PushStore } from './push-store'
import type { Reports } from './reports'
import type { ExportPage, RoomExtent, SearchOutcome, SearchQuery } from './search/query'

export type * from './push-store'
export type * from './acts'
export type * from './administration'
export type * from './reports'
export type * from './door'
export type * from './room-life'
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
  /** Random; marks the folder with the files of this database. */
  filesId: string
  /** What several processes on one database ask; null where one has it to itself. */
  nodes: NodeStore | null
  users: {
    /**
     * Makes a person with a session, in the first room, and ends the session that the browser had
     * before. What they show at the door (`nothing` unless given) is checked, and used up;
     * in some browsers nobody may sign in (`acts.refusalOf`).
     */
    join(
      user: NewUser,
      session: NewSession,
      replaced: Uint8Array | null,
      pass?: Pass,
    ): Promise<User | Refused<'name_taken' | BrowserRefusal | DoorRefusal>>
    isNameFree(folded: string, skeleton: string): Promise<boolean>
    find(id: number): Promise<User | null>
    /**
     * Changes name or picture of the person of a session. `freed`: ids of pictures that are not
     * used any more.
     */
    change(
      acting: Uint8Array,
      profile: Profile,
      at: number,
    ): Promise<
      { user: User; freed: string[] } | Refused<'name_taken' | 'name_refused' | 'not_signed_in'>
    >
    /** Those of these people who are in the room, by name. */
    among(room: Room, ids: number[]): Promise<User[]>
    /** The hosts of the room. */
    hostsOf(room: Room): Promise<number[]>
    /** The people in the room, by name. */
    membersOf(room: Room, wanted: PeopleWanted): Promise<ListedPerson[]>
    /** Some people who are not in the room: the first of those who joined the server last. */
    outside(room: Room, limit: number): Promise<User[]>
    /** The first of all people, by name. */
    everybody(limit: number): Promise<User[]>
    /** The people whose folded names begin with a text, by name. */
    named(beginning: string, limit: number): Promise<ListedPerson[]>
    /** The people whose names fit what was typed, the best first (shared/rank-name.ts). */
    match(wanted: PeopleMatch): Promise<User[] | Refused<'room_missing'>>
    /** The people of the room with these folded names, and the author, who must be in it. */
    namedIn(roomId: number, author: number, folded: string[]): Promise<NamedUser[]>
  }
  /** Of people who have not left: nobody else has a session. */
  sessions: {
    findUser(tokenHash: Uint8Array): Promise<User | null>
    /** The same with the role on the server. */
    find(tokenHash: Uint8Array): Promise<{ user: User; role: ServerRole } | null>
    /** Gives a session another token; null when the session has ended. */
    renew(tokenHash: Uint8Array, session: NewSession): Promise<User | null>
    /**
     * Ends a session; the person keeps the name. Without `isLast` the only session of a person
     * stays. False when nothing ended.
     */
    end(tokenHash: Uint8Array, at: number, isLast?: boolean): Promise<boolean>
    /**
     * The person of a session leaves: all their sessions end, and the name becomes free. The only
     * owner of a server with other people stays.
     */
    leave(tokenHash: Uint8Array, at: number): Promise<Departure | Refused<'owner_last'> | null>
    /** A session is in use: written at most once a day. */
    see(tokenHash: Uint8Array, at: number): Promise<void>
    /**
     * Ends the sessions that were not used for so long, and lets people leave of whom no device
     * was seen for so long; gives those.
     */
    sweep(times: { unusedMs: number; keepNamesMs: number }, at: number): Promise<Departure[]>
  }
  devices: DeviceStore
  deviceLinks: DeviceLinks
  push: PushStore
  /** Membership, and the role where it counts, are part of every statement, read or write. */
  rooms: {
    /**
     * The rooms of a person, at most `limit`: the `current` one, those with unread messages, then
     * where something was said last. Direct rooms without messages are listed for nobody.
     */
    ofUser(userId: number, limit: number, current: number | null): Promise<Room[]>
    /** How many rooms that is in all. */
    count(userId: number): Promise<number>
    /** A page of the same rooms without counts. */
    own(userId: number, wanted: RoomsWanted): Promise<ListedRoom[]>
    /** The only way to a room: null when it does not exist or the person is not in it. */
    find(userId: number, roomId: number): Promise<Room | null>
    /** The same without counts, for a tenth of the cost. */
    head(userId: number, roomId: number): Promise<RoomHead | null>
    /** The newest revision of each of the person's rooms; cheap, for heartbeats. */
    heads(userId: number): Promise<{ id: number; revision: number }[]>
    /** Moves the read marker forward to `seq`; false when it is there already. */
    markRead(member: Member, seq: number): Promise<boolean>
    /** A page of the open rooms, also of those the person is not in. */
    open(userId: number, wanted: RoomsWanted): Promise<ListedRoom[]>
    /** The id of the room that everybody joins. */
    first(): Promise<number>
    /** Makes a room with its host as member; its name may be that of no open room. */
    create(
      room: NewRoom,
    ): Promise<
      | Room
      | Refused<
          | 'role_missing'
          | 'room_name_taken'
          | 'rooms_too_many'
          | 'rooms_full'
          | 'own_rooms_full'
          | 'not_signed_in'
        >
    >
    /** Joins an open room. */
    join(
      userId: number,
      roomId: number,
      at: number,
    ): Promise<Joined | Refused<'room_missing' | 'own_rooms_full' | 'kept_out' | Closed>>
    /**
     * Joins a room as somebody who is invited. The person who invited them may have left it.
     */
    accept(
      userId: number,
      roomId: number,
      at: number,
    ): Promise<Joined | Refused<'invitation_over' | 'own_rooms_full' | 'kept_out' | Closed>>
    /** Ends a membership; null when the person is not in the room, or the room is direct. */
    leave(member: Member, at: number): Promise<{ heir: Heir | null } | null>
    /**
     * The host removes somebody else, and with them the invitations that they made; gives those
     * who are not invited any more. `person_missing` also in a direct room.
     */
    remove(
      host: Member,
      userId: number,
      at: number,
      how?: Removal,
    ): Promise<{ uninvited: number[] } | Refused<'room_missing' | NoRight | 'person_missing'>>
    /**
     * Changes the name of a room, as its host, to one that no open room has, and its topic, as any
     * member; null leaves it as it is. Gives both as they are then.
     */
    change(
      member: Member,
      name: RoomName | null,
      topic: string | null,
      at: number,
    ): Promise<RoomFacts | Refused<'room_missing' | NoRight | 'room_name_taken' | 'room_archived'>>
    /** Moves the read marker back to before `seq`. */
    markUnread(member: Member, seq: number): Promise<void>
    /** What makes a sound, and whether who comes and goes is shown; null leaves it as it is. */
    setNotify(
      member: Member,
      notify: Notify | null,
      showsComings: boolean | null,
    ): Promise<'room_missing' | null>
    /**
     * Finds or makes the direct room of two people. Null when there was none and either is unknown
     * or has left, or the server's setting forbids it. It is listed with its first message.
     */
    direct(userId: number, otherId: number, at: number): Promise<Room | null>
    /** The same for more people, the first of whom asks, at most `groupMax` in all. */
    group(people: number[], at: number): Promise<Room | null>
  }
  /** What becomes of rooms. */
  roomLife: RoomLife
  administration: Administration
  /** What keeps people from writing or coming in; the right is part of each transaction. */
  holds: Holds
  acts: Acts
  reports: Reports
  /** How newcomers come in. */
  door: DoorStore
  invitations: {
    /** A member asks people into a room that is not direct; an outcome for each of them. */
    invite(
      by: Member,
      users: number[],
      why: string,
      at: number,
    ): Promise<InviteOutcome[] | Refused<'room_missing' | Closed>>
    /** Those of a person, the newest first. */
    of(userId: number, limit: number): Promise<Invitation[]>
    count(userId: number): Promise<number>
    /** Null when the room does not exist, or is closed and the person is not invited. */
    preview(
      userId: number,
      roomId: number,
    ): Promise<{ room: RoomPreview; invitation: Invitation | null } | null>
    /** Hides it from its person, and others into the room for a day; false when there was none. */
    decline(userId: number, roomId: number, at: number): Promise<boolean>
    /** Takes one back, as who made it or as a host; false when there was none. */
    withdraw(by: Member, userId: number): Promise<boolean>
    /** A page of those of a room, for its members, by person. */
    pending(member: Member, after: number, limit: number): Promise<PendingInvitation[]>
    /** Those of these people who have not left, in their order; none for strangers. */
    candidates(member: Member, users: number[]): Promise<Candidate[]>
  }
  messages: {
    /** Stores all in one transaction; gives the outcomes in the same order. */
    append(batch: NewMessage[]): Promise<AppendOutcome[]>
    /** Replaces the text of an own message; the same text changes nothing. */
    edit(edit: MessageEdit): Promise<ChangeOutcome>
    /** Deletes an own message or, for the host of the room, any. Leaves an empty tombstone. */
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
  /**
   * Lines such as "Ana joined": rows among the messages, which are written in the transaction of
   * what they tell. They cannot be edited, deleted, answered, reacted to or found.
   */
  systemLines: {
    /** Those that were written or changed since this was last asked, by revision. */
    take(): Promise<Message[]>
    /** Adds people who came or went shortly after others to the line of those. */
    gather(): Promise<void>
  }
  /** What was written while the clock was wrong. */
  times: {
    /** The id of the newest message; the latest time of the last hundred, null without any. */
    newest(): Promise<{ id: number; at: number | null }>
    /**
     * Moves the times of messages after an id, and of unused files, that lie between two moments;
     * gives the number of messages. Pages load again when they connect next, as after a restore.
     */
    correct(wrong: { afterId: number; from: number; to: number; byMs: number }): Promise<number>
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
  /** Null where one node has the database for itself. */
  assets: KeptAssets | null
  /** Writes one row, for the health check. Throws what SQLite throws. */
  probe(): Promise<void>
  /** Of the disk with the database. */
  space(): Promise<Space>
  close(): Promise<void>
}

/** Files for the browser of all builds that run, for nodes that have another build. */
export type KeptAssets = {
  /** Keeps these for another day, and drops what nobody kept; gives those that are missing. */
  keep(names: string[], at: number): Promise<string[]>
  put(name: string, bytes: Uint8Array, at: number): Promise<void>
  /** The names of all that are there. */
  names(): Promise<string[]>
  find(name: string): Promise<Uint8Array<ArrayBuffer> | null>
}
