import type { DoorMode, NoRight, UniqueName, User } from './rows'

/** What a newcomer shows at the door. */
export type Pass =
  | { kind: 'nothing' }
  /** The stored hash of the password that they know. */
  | { kind: 'password'; hash: string }
  /** The hash of an invitation link or a code, of a request that was granted, of an owner link. */
  | { kind: 'link' | 'request' | 'owner'; hash: Uint8Array }

/** Why somebody does not come in. */
export type DoorRefusal =
  'password_wrong' | 'invitation_needed' | 'invitation_unusable' | 'must_ask' | 'request_over'

export type NewDoorLink = {
  linkHash: Uint8Array
  at: number
  expiresAt: number
  /** Null for any number. */
  uses: number | null
  room: number | null
  isCode: boolean
}

/** An invitation link that works. The room is null also when the maker cannot invite there now. */
export type DoorLink = {
  by: User
  /** Without a name for people who are not told of an invite-only room. */
  room: { id: number; name: string | null; kind: 'open' | 'closed' } | null
}

export type ListedDoorLink = DoorLink & {
  id: number
  madeAt: number
  expiresAt: number
  usesLeft: number | null
  uses: number
}

/** A newcomer who asks to come in. */
export type DoorRequest = {
  id: number
  nickname: string
  avatar: string
  /** What they said; may be empty. */
  line: string
  askedAt: number
}

export type NewDoorRequest = UniqueName &
  Pick<DoorRequest, 'nickname' | 'avatar' | 'line'> & {
    tokenHash: Uint8Array
    /** Of the same browser, which asks under another name. */
    replaced: Uint8Array | null
    from: Uint8Array
    at: number
  }

/** What a browser waits with. */
export type WaitingRequest = UniqueName &
  Pick<DoorRequest, 'nickname' | 'avatar'> & { isAllowed: boolean }

/**
 * How newcomers come in. Whether somebody may do what they do here is asked in each statement; the
 * session that acts is the first argument.
 */
export type DoorStore = {
  /** The hash of the password; null while there is none. */
  password(): Promise<string | null>
  /** Sets who comes in, and another password where one is given; gives why not. */
  configure(
    acting: Uint8Array,
    wanted: { mode: DoorMode; passwordHash: string | null },
    at: number,
  ): Promise<NoRight | 'not_signed_in' | 'password_short' | null>
  /** Makes an invitation link, or a code; gives why not. */
  makeLink(
    acting: Uint8Array,
    link: NewDoorLink,
  ): Promise<NoRight | 'not_signed_in' | 'room_missing' | 'links_full' | null>
  revokeLink(acting: Uint8Array, id: number, at: number): Promise<NoRight | 'not_signed_in' | null>
  /** Null for a link that is made up, used, revoked or old, or whose maker lost the right. */
  findLink(linkHash: Uint8Array, at: number): Promise<DoorLink | null>
  /**
   * Invites somebody who is here already to where a link leads. Who is in there, or invited, spends
   * nothing.
   */
  useLink(
    acting: Uint8Array,
    linkHash: Uint8Array,
    at: number,
  ): Promise<'not_signed_in' | 'invitation_unusable' | null>
  /** A page of the links that work, the newest first; empty for those who may not see them. */
  links(
    acting: Uint8Array,
    wanted: { at: number; before: number | null; limit: number },
  ): Promise<ListedDoorLink[]>
  /** Somebody asks to come in; gives why they cannot. */
  ask(request: NewDoorRequest): Promise<'request_over' | 'requests_full' | 'name_taken' | null>
  /** The request of a browser, by the hash of its token; null when it is over. */
  waiting(tokenHash: Uint8Array, at: number): Promise<WaitingRequest | null>
  withdraw(tokenHash: Uint8Array): Promise<boolean>
  /** Those that wait for an answer; none for those who may not answer. */
  requests(acting: Uint8Array, at: number): Promise<DoorRequest[]>
  /** Lets somebody in, or not; gives why not. */
  answer(
    acting: Uint8Array,
    id: number,
    isIn: boolean,
    at: number,
  ): Promise<NoRight | 'not_signed_in' | 'request_over' | null>
  /** Ends requests that are too old; whether there were any. */
  sweep(at: number): Promise<boolean>
  /** Who may let people in. */
  doorkeepers(): Promise<number[]>
}
