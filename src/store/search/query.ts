import type { Piece } from '../../shared/excerpt'
import type { Message, RoomKind, User } from '../rows'

export type { Piece }

export type Has = 'link' | 'image' | 'file'

/** A search; every condition that is given must hold. */
export type SearchQuery = {
  /** The searcher, who finds only messages of their rooms. */
  user: number
  /** Each must be in the text, except for case, width and accents. */
  words: string[]
  sender: number | null
  room: number | null
  /** Not before `since`, and before `until`, in milliseconds. */
  since: number | null
  until: number | null
  has: Has[]
  /** The place of the last one seen: the next page begins after it. */
  after: Place | null
  limit: number
}

export type Place = { room: number; seq: number }

/** A message that was found, its room, and the messages around it. */
export type Hit = {
  message: Message
  kind: RoomKind
  roomName: string
  excerpt: Piece[]
  before: Line | null
  after: Line | null
}

/** The beginning of a message, and who said it. */
export type Line = Pick<User, 'nickname' | 'mark'> & { text: string }

export type SearchPage = {
  /** Newest first. */
  hits: Hit[]
  /** Where the next page begins; null when there is none. */
  next: Place | null
  /** False when time ran out before all messages were searched. */
  isAll: boolean
  /** With the first page only: how many hits in how many rooms; `more`: at least so many. */
  count: { messages: number; rooms: number; more: boolean } | null
}

/**
 * A page and the milliseconds it took. `place_missing`: the searcher cannot see the place `after`;
 * `busy`: it waited too long; `replaced`: the same person searched again meanwhile.
 */
export type SearchOutcome =
  (SearchPage & { ms: number }) | { refused: 'busy' | 'place_missing' | 'replaced' }

/** How much there is to export at a revision of the room, and from when to when. */
export type RoomExtent = {
  count: number
  revision: number
  firstAt: number | null
  lastAt: number | null
}

/** Messages of a room in order, without deleted ones; `end` when there are no more. */
export type ExportPage = { messages: Message[]; end: boolean }
