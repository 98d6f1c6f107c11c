import type { RoomHold, Switches } from '../shared/holds'
import type { Member, Mute, NoRight, Refused } from './rows'

/** Why nobody new comes into a room. */
export type Closed = 'room_archived' | 'room_locked'

/** The part of the Store that keeps people from writing in rooms, or from coming in. */
export type Holds = {
  /** Changes switches of a room; gives all of them, and the revision from which they hold. */
  change(
    by: Member,
    wanted: Partial<Switches>,
    at: number,
  ): Promise<
    | { switches: Switches; revision: number }
    | Refused<'room_missing' | NoRight | 'room_archived' | 'first_room'>
  >
  /** Keeps a member of lower rank from writing in the room for so long. */
  mute(
    by: Member,
    person: number,
    told: { ms: number; reason: string; at: number },
  ): Promise<{ until: number } | Refused<'room_missing' | NoRight | 'person_missing'>>
  /** Undoes it; `isUndone`: there was something to undo. */
  unmute(
    by: Member,
    person: number,
    at: number,
  ): Promise<{ isUndone: boolean } | Refused<'room_missing' | NoRight>>
  /** Those of these people whom somebody may mute in the room, and who of them is muted. */
  mutable(
    by: Member,
    people: number[],
    at: number,
  ): Promise<{ person: number; mute: Mute | null }[]>
  /** Why the server's setting forbids a new conversation; null where it does not. */
  whyNotPrivate(userId: number, otherId: number): Promise<RoomHold['direct']>
  /** Whether somebody may write in the room, be it after a wait. */
  mayWrite(member: Member, at: number): Promise<boolean>
}
