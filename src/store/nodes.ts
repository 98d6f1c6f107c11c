import type { Bus } from '../server/bus'
import type { Message, RoomKind, User } from './rows'

/** How far a room has come: its newest revision, and the version of its members. */
export type Position = { room: number; revision: number; members: number }

/** Somebody came into a room, or went, after what has this revision. */
export type MembershipChange = { version: number; revision: number; isIn: boolean; user: User }

/** What happened in a room since a position, as it was at one moment. */
export type Followed = Position & {
  /** The name that it had, once it is deleted. */
  deleted: string | null
  name: string
  topic: string
  kind: RoomKind
  archived: boolean
  /** By version. */
  changes: MembershipChange[]
  /** In their newest state, by revision; not all of them if there are `more`. */
  messages: Message[]
  more: boolean
}

/**
 * What another node has changed: somebody came into a room or went, their own view of a room, its
 * hosts, the first message of a conversation, sessions, a link for a device, a name or picture, …
 */
export type Hint = {
  id: number
  kind:
    | 'member'
    | 'own'
    | 'host'
    | 'begun'
    | 'invited'
    | 'uninvited'
    | 'notice'
    | 'reports'
    | 'door'
    | 'ended'
    | 'renewed'
    | 'link'
    | 'person'
  user: number
  room: number
  /** This node did it. */
  isOwn: boolean
}

/** What the nodes of one server ask the database that they share. */
export type NodeStore = {
  bus: Bus
  /** What came after these positions, at most so much of each room. */
  follow(positions: Position[], size: { rows: number; units: number }): Promise<Followed[]>
  /** How far these rooms have come. */
  heads(rooms: number[]): Promise<Position[]>
  /** The same of a person's rooms. */
  headsOf(userId: number): Promise<Position[]>
  peopleIn(room: number): Promise<number[]>
  /** Hints after one of them, in order. */
  hintsAfter(id: number): Promise<Hint[]>
  newestHint(): Promise<number>
  /** Whether some that came after it are not kept any more. */
  isForgotten(id: number): Promise<boolean>
  /** Whose markers in which rooms were moved in the last `ms`, of these people. */
  movedLately(users: number[], ms: number): Promise<{ user: number; room: number }[]>
  /** The epoch as it is now; `Store.epoch` is the same from then on. */
  readEpoch(): Promise<string>
  /** Takes a job for `ms`, or goes on with it; false while another node has it. */
  claim(job: string, ms: number): Promise<boolean>
  /** Forgets what each node has seen long ago. */
  tidy(): Promise<void>
}
