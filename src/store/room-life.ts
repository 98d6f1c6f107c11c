import type { NoRight, Refused, Room, RoomsWanted } from './rows'

/** What a room shows to everybody in it, and may change. */
export type RoomFacts = Pick<Room, 'name' | 'topic' | 'kind' | 'archivedAt'>

/** Who acts on a room: one of its members, or somebody with a role on the server by a session. */
export type RoomActor = { userId: number } | { acting: Uint8Array; reason: string }

/** Why somebody may not act on a room. */
export type NoRoomRight = NoRight | 'room_missing' | 'not_signed_in'

/** A room as people with a role on the server see it, who need not be in it. */
export type AdministeredRoom = Pick<
  Room,
  'id' | 'kind' | 'name' | 'members' | 'activeAt' | 'archivedAt'
> & {
  messages: number
  /** Names of some of its hosts, as one text; empty without any. */
  hosts: string
}

/** What went when a portion of a deleted room was erased, and whether that was the last one. */
export type Erased = { room: number; files: string[]; isLast: boolean }

/**
 * What becomes of rooms that somebody made. Who acts, and what they may do, is part of each
 * statement; `first_room` for the one that everybody joins.
 */
export type RoomLife = {
  /** Makes a room open, when no open one has its name, or one by invitation; members stay. */
  setKind(
    by: RoomActor,
    room: number,
    kind: 'open' | 'closed',
    at: number,
  ): Promise<RoomFacts | Refused<NoRoomRight | 'first_room' | 'room_name_taken'>>
  /** Makes a member a host, or takes that back where another host stays. */
  setHost(
    by: RoomActor,
    room: number,
    wanted: { user: number; isHost: boolean },
    at: number,
  ): Promise<{ isNew: boolean } | Refused<NoRoomRight | 'person_missing' | 'host_needed'>>
  /** Makes a room read-only, or undoes it. */
  archive(
    by: RoomActor,
    room: number,
    isArchived: boolean,
    at: number,
  ): Promise<RoomFacts | Refused<NoRoomRight | 'first_room'>>
  /**
   * Begins to delete a room whose name was typed: from then on only its members see it, until
   * `dropMembers` has let them go; its reports go at once. Gives its name, and who was invited.
   */
  delete(
    by: RoomActor,
    room: number,
    name: string,
    at: number,
  ): Promise<
    | { name: string; uninvited: number[]; isReported: boolean }
    | Refused<NoRoomRight | 'first_room' | 'room_name_differs'>
  >
  /** A page of the rooms that the person of a session may administer; empty for everybody else. */
  administered(acting: Uint8Array, wanted: RoomsWanted): Promise<AdministeredRoom[]>
  /** The next members of a deleted room, who are not in it any more. */
  dropMembers(room: number): Promise<number[]>
  /** Erases a portion of the deleted rooms; null when there is nothing left of them. */
  erase(): Promise<Erased | null>
}
