import type {
  BrowserMarks,
  Departure,
  Heir,
  Member,
  NoRight,
  Refused,
  ServerRole,
  UniqueName,
  User,
} from './rows'
import type { WayBacks } from './device-links'
import type { Removed } from './reports'
import type { RoomFacts } from './room-life'

/** Why nobody may sign in in a browser. */
export type BrowserRefusal = 'banned' | 'network_refused'

/** Why and when something is done by virtue of a role. */
type Told = { reason: string; at: number }

type NoAct = Refused<NoRight | 'not_signed_in' | 'person_missing' | 'person_banned'>

/** A ban, as it is shown to those who may undo it. */
export type Ban = { user: User; by: string | null; reason: string; bannedAt: number }

/** Somebody to whom people with a role do something. */
export type ActedOn = {
  user: User
  role: ServerRole
  ban: Pick<Ban, 'reason' | 'bannedAt'> | null
  /** Messages of theirs are being deleted. */
  isPurging: boolean
}

/**
 * What a step of a purge deleted. `freed`: ids of files that no message has any more; `untitled`:
 * rooms that have lost their topic.
 */
export type PurgeStep = {
  removed: Removed[]
  freed: string[]
  untitled: (RoomFacts & { room: number })[]
}

/**
 * What people with a role do to others. The session that acts is the first argument; its person's
 * right is part of each transaction, which also writes the log.
 */
export type Acts = WayBacks & {
  /** Empty for those who may not see it. */
  find(acting: Uint8Array, person: number): Promise<ActedOn | null>
  /** A page of those who are banned, the newest first. */
  banned(acting: Uint8Array, before: number | null, limit: number): Promise<Ban[]>
  /**
   * Lets somebody leave whose name stays held, and remembers their browsers, and for `addressMs`
   * the networks that they use. `uninvited`: whose invitations by them have ended.
   */
  ban(
    acting: Uint8Array,
    person: number,
    networks: { addresses: string[]; addressMs: number },
    told: Told,
  ): Promise<(Departure & { uninvited: { room: number; user: number }[] }) | NoAct>
  /** Brings somebody back, as a member; their sessions have ended. */
  unban(
    acting: Uint8Array,
    person: number,
    told: Told,
  ): Promise<{ user: User; heirs: Heir[] } | NoAct>
  /** The ban that keeps a browser out, or null. */
  banOf(marks: BrowserMarks): Promise<Pick<Ban, 'user' | 'reason'> | null>
  /** Why a browser in which nobody is signed in may not sign somebody new in, or null. */
  refusalOf(marks: BrowserMarks, at: number): Promise<BrowserRefusal | null>
  /** Begins to delete what somebody wrote since then. `freed`: ids of files without a message. */
  purge(
    acting: Uint8Array,
    person: number,
    since: number,
    told: Told,
  ): Promise<{ user: User; freed: string[] } | NoAct>
  /** Deletes the next portion of the purges that were begun; null when nothing is left. */
  purgeNext(at: number): Promise<PurgeStep | null>
  /** Gives somebody another name, who may be banned; the old one is refused to them for a week. */
  rename(
    acting: Uint8Array,
    person: number,
    name: UniqueName & { nickname: string },
    told: Told,
  ): Promise<User | NoAct | Refused<'name_taken'>>
  /** Those who may not come back into a room; empty for people who may not change that. */
  keptOut(host: Member): Promise<User[]>
  letBack(host: Member, userId: number, at: number): Promise<'room_missing' | NoRight | null>
}
