import type { LoggedAct } from '../shared/rights'
import type {
  DoorMode,
  NoRight,
  PeopleWanted,
  Refused,
  ServerRole,
  StoredFiles,
  User,
} from './rows'

/** What owners set for the whole server; empty texts are not set. */
export type ServerSettings = {
  /** Shown in the pages, unless a flag sets it. */
  name: string
  /** A line above the sign-in form and in an empty room. */
  welcome: string
  roomMakers: 'everybody' | 'moderators'
  /** Who may write privately to whom; moderators and owners may always, and are answered. */
  privateMessages: 'everybody' | 'hosts' | 'off'
  door: DoorMode
}

/** An act by virtue of a role, for the log; without an actor the operator did it. */
export type NewAct = {
  at: number
  actor: number | null
  act: LoggedAct
  person?: number | null
  room?: number | null
  detail?: string
  reason?: string
}

type Named = Pick<User, 'id' | 'nickname'>

/** An act in the log; the room may have another name now, or be deleted. */
export type ListedAct = {
  id: number
  at: number
  act: LoggedAct
  actor: Named | null
  person: Named | null
  room: number | null
  /** Null for a room by invitation that the reader is not told of. */
  roomName: string | null
  detail: string
  reason: string
}

/** What takes space. The rooms and the people are those that take most. */
export type StorageUse = {
  /** Without a room: all private conversations. */
  rooms: (StoredFiles & { room: number | null; name: string })[]
  people: (StoredFiles & { user: User })[]
  all: StoredFiles
  /** Uploads that no message uses, which are removed after some time. */
  unused: StoredFiles & { oldestAt: number | null }
  databaseBytes: number
}

/** Somebody in the list of those with a role. */
export type AdministeredPerson = { user: User; role: ServerRole; seenAt: number; folded: string }

/**
 * What people with a role do on the server. The session that acts is the first argument, and the
 * role of its person is part of each statement; lists are empty for everybody else.
 */
export type Administration = {
  settings(): Promise<ServerSettings>
  /** Changes some settings; gives all of them. */
  configure(
    acting: Uint8Array,
    wanted: Partial<ServerSettings>,
    at: number,
  ): Promise<ServerSettings | Refused<NoRight | 'not_signed_in'>>
  /** Gives somebody a role on the server; `user` is null when they have it already. */
  setRole(
    acting: Uint8Array,
    person: number,
    role: ServerRole,
    told: { reason: string; at: number },
  ): Promise<
    | { user: User | null }
    | Refused<NoRight | 'not_signed_in' | 'person_missing' | 'person_banned' | 'owner_needed'>
  >
  hasOwner(): Promise<boolean>
  /** Whether the person of a session is the only owner of a server with other people. */
  isNeeded(acting: Uint8Array): Promise<boolean>
  isOwnerLink(linkHash: Uint8Array): Promise<boolean>
  /** Makes the link with which somebody becomes an owner, in place of the one before. */
  offerOwnership(linkHash: Uint8Array, at: number): Promise<void>
  /** Uses up that link: the person of the session is an owner. Null when it is not the link. */
  claimOwnership(acting: Uint8Array, linkHash: Uint8Array, at: number): Promise<User | null>
  /** What takes space; null for those who may not read it. */
  storage(acting: Uint8Array): Promise<StorageUse | null>
  /** A page of the log before an act, the newest first. */
  acts(acting: Uint8Array, before: number | null, limit: number): Promise<ListedAct[]>
  /** A page of all people by name, with their roles. */
  people(acting: Uint8Array, wanted: Omit<PeopleWanted, 'without'>): Promise<AdministeredPerson[]>
}
