import type { Claim, Device, NewClaim, NewSession, NoRight, Refused, User } from './rows'

/**
 * Links that add a device. That the session which made a link has not ended, nor its person left,
 * is part of each statement.
 */
export type DeviceLinks = {
  /** Makes the link of a session, in place of the one before. */
  make(acting: Uint8Array, linkHash: Uint8Array, at: number): Promise<boolean>
  /** Whose device it would add; null for a link that is unknown, claimed, withdrawn or old. */
  find(linkHash: Uint8Array, at: number): Promise<User | null>
  /** The first browser claims it; gives the person and the session that made it, or null. */
  claim(wanted: NewClaim): Promise<{ user: number; session: Uint8Array } | null>
  /** The link of the session that acts, and who has claimed it. */
  ofSession(acting: Uint8Array, at: number): Promise<{ claim: Claim | null } | null>
  /** The session that acts allows the claim of its link. */
  allow(acting: Uint8Array, claimHash: Uint8Array, at: number): Promise<boolean>
  /** Ends the link of the session that acts, while this claim, or null for none, is on it. */
  end(acting: Uint8Array, claimHash: Uint8Array | null): Promise<boolean>
  /** What a browser waits for; null when that will never be. */
  waiting(claimHash: Uint8Array, at: number): Promise<{ user: User; claim: Claim } | null>
  /**
   * Uses up a link whose claim was allowed: adds a session, and ends the one that the browser
   * had. `maker`: the session that made the link; `ended`: devices that became too many.
   */
  enter(
    claimHash: Uint8Array,
    session: NewSession,
    replaced: Uint8Array | null,
  ): Promise<{ user: User; maker: Uint8Array; ended: Uint8Array[] } | null>
}

/** Links with which somebody comes back who has lost all devices. */
export type WayBacks = {
  /** Makes the link with which somebody comes back, in place of the one before. */
  makeWayBack(
    acting: Uint8Array,
    person: number,
    linkHash: Uint8Array,
    told: { reason: string; at: number },
  ): Promise<User | Refused<NoRight | 'not_signed_in' | 'person_missing' | 'person_banned'>>
  /** Whom a link brings back; null for one that is unknown, used, replaced or old. */
  findWayBack(linkHash: Uint8Array, at: number): Promise<User | null>
  /**
   * Uses up such a link: adds a session, and ends the one that the browser had. `ended`: sessions
   * of devices that became too many.
   */
  takeWayBack(
    linkHash: Uint8Array,
    session: NewSession,
    replaced: Uint8Array | null,
  ): Promise<{ user: User; ended: Uint8Array[] } | null>
}

/** Of the person whose session acts, which is part of each statement. */
export type DeviceStore = {
  /** The one that acts first, then by when they were seen. */
  list(acting: Uint8Array): Promise<Device[]>
  /** Ends one other session, or with null all others; gives the hashes of their tokens. */
  end(acting: Uint8Array, id: number | null): Promise<Uint8Array[]>
  /** Sets the hash of the recovery code, in place of the one before. */
  setCode(acting: Uint8Array, hash: string, at: number): Promise<boolean>
  /** When the code was made; null without one. */
  codeMadeAt(acting: Uint8Array): Promise<number | null>
  /** The hash of the code of the person who has a name, if they have one. */
  findCode(skeleton: string): Promise<{ id: number; hash: string } | null>
  /**
   * Spends a code that was found, adds a session, and ends the one that the browser had before;
   * null when the code is spent. `ended`: sessions of devices that became too many.
   */
  recover(
    code: { id: number; hash: string },
    session: NewSession,
    replaced: Uint8Array | null,
  ): Promise<{ user: User; ended: Uint8Array[] } | null>
}
