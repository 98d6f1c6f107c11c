import type { Piece } from './excerpt'
import type { Message, RoomKind } from '../rows'

export type { Piece }

export type Has = 'link' | 'image' | 'file'

/** What somebody looks for; everything that is given must fit. */
export type SearchQuery = {
  /** Who asks: nothing is found in rooms they are not in. */
  user: number
  /** Each stands somewhere in the text, to the letter but for case, width and accents. */
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

/** A message that was found, the room in which it stands, and what was said around it. */
export type Hit = {
  message: Message
  kind: RoomKind
  roomName: string
  excerpt: Piece[]
  before: Line | null
  after: Line | null
}

/** The beginning of a message, and who said it. */
export type Line = { name: string; text: string }

export type SearchPage = {
  /** Newest first. */
  hits: Hit[]
  /** Where the next page begins; null when there is none. */
  next: Place | null
  /** False when time ran out: there may be more than `next` leads to at once. */
  isAll: boolean
  /** With the first page only: how many there are, in how many rooms; `more`: at least so many. */
  count: { messages: number; rooms: number; more: boolean } | null
}

/** `place_missing`: there is no such place for this person to go on from. */
export type SearchOutcome = SearchPage | { refused: 'busy' | 'place_missing' }

/** How much there is to export, and from when to when. */
export type RoomExtent = { count: number; firstAt: number | null; lastAt: number | null }

/** Some messages of a room in order, none of them deleted; `end` when there is nothing after. */
export type ExportPage = { messages: Message[]; end: boolean }
