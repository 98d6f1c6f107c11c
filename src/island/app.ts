import type {
  ChatEvent,
  InvitationOnWire,
  Named,
  RefusedEvent,
  RoomSummary,
  SystemEvent,
} from '../shared/protocol'
import type { Addressee, Draft, Drafts } from './composer/drafts'
import type { Typing } from './composer/typing'
import type { Outbox, OutboxEntry, OutboxFile, Requests } from './messages/outbox'
import type { Connection } from './net/connection'
import type { Muted } from './people/muted'
import type { Rooms } from './rooms/rooms'
import type { Positions } from './timeline/positions'
import type { Clock } from './ui/clock'
import type { Page, Title } from './ui/page'
import type { Quoted } from './ui/shape'
import type { Storage } from './ui/storage'

export type { OutboxEntry, OutboxFile, Quoted }

/**
 * Everything that lives on the page of a room. Parts know each other only through these types;
 * `main.ts` makes them, and the recipes in `actions/` use several of them.
 */
export type App = {
  page: Page
  storage: Storage
  clock: Clock
  title: Title
  connection: Connection
  requests: Requests
  outbox: Outbox
  drafts: Drafts
  composer: Composer
  positions: Positions
  timeline: Timeline
  newLine: NewLine
  readMarker: ReadMarker
  rooms: Rooms
  switcher: RoomSwitcher
  muted: Muted
  /** What is typed while an act is on its way belongs to it (ui/held-keys.ts). */
  holdKeys: (act: Promise<unknown>) => Promise<void>
  /** Null until the device part has been fetched. */
  sound: Sound | null
  deviceCopy: DeviceCopy | null
} & LazyParts

/** Parts that are fetched when they are first used; each rejects without a connection. */
export type LazyParts = {
  code: () => Promise<void>
  device: () => Promise<Device>
  emoji: () => Promise<EmojiPanel>
  faces: () => Promise<Faces>
  hold: () => Promise<Hold>
  lines: () => Promise<Lines>
  media: () => Promise<Media>
  network: () => Promise<Network>
  panel: () => Promise<Panel>
  people: () => Promise<PeopleList>
  reading: () => Promise<Reading>
  search: () => Promise<Palette>
  suggestions: () => Promise<SuggestionList>
  tools: () => Promise<MessageTools>
}

/** What the composer hands over on Enter. */
export type Composed = Draft & Pick<OutboxEntry, 'room' | 'files'>

export type Composer = {
  setConnected: (isConnected: boolean) => void
  /** The room on the page, or the other person there, has another name, or they have left. */
  refresh: () => void
  setRoom: () => void
  setAddressee: (to: Addressee | null) => void
  addressee: () => Addressee | null
  setReply: (to: Quoted | null) => void
  reply: () => Quoted | null
  /** Nothing is sent while the recipient is being chosen. */
  setChoosing: (isChoosing: boolean) => void
  setTray: (tray: Tray) => void
  insert: (text: string) => void
  /** Inserts a mention of somebody who was chosen. */
  mention: (name: string) => void
  /** Nobody could be reached under a name that was chosen: it stands first again. */
  restoreAt: (name: string) => void
  /** The text begins with an @ for which nobody was chosen: it is not sent. */
  isUnaddressed: () => boolean
  /** It was to be sent all the same, so the people are offered once more. */
  isAsking: () => boolean
  /** The text that begins with an @ is meant for everybody in the room. */
  addressEverybody: () => void
  isEmpty: () => boolean
  focus: () => void
}

/** The files chosen for the next message of a room. */
export type Tray = {
  isEmpty: () => boolean
  take: () => OutboxFile[]
  setRoom: (room: number) => void
}

/** Keeps what the reader did, and where they were, when the list changes. */
export type Keeper = {
  /** Before a row becomes its next version; the returned function is called after that. */
  row: (known: HTMLElement, next: HTMLElement) => () => void
  /** Where the reader is in the history, or where this message is; null at the end. */
  place: (seq?: number) => Place | null
  /** The place that a step of the browser's history remembers. */
  noted: (state: unknown) => Place | null
  /** The next list is shown at this place. */
  showNextAt: (place: Place | null) => void
  /** Shows the list that has come at its place; false when it has none. */
  isShown: () => boolean
  /** Shows a place again; false when it is not on the page. */
  toPlace: (place: Place) => boolean
}

export type Timeline = {
  room: () => number
  /** Puts a published row into its place; true for a new one, which `append` adds with others. */
  receive: (row: HTMLElement) => boolean
  /** `others`: how many are by other people; `behind`: how many more wait in the inbox. */
  append: (rows: HTMLElement[], others: number, behind: number) => void
  remove: (room: number, seq: number) => void
  /** Removes a row while that can be undone; gives the way back. */
  hide: (row: HTMLElement) => () => void
  /** Shows or updates the row of an unsent message at the end; null when it is there for good. */
  showPending: (entry: OutboxEntry, isNew: boolean) => HTMLElement | null
  dropPending: (clientId: string) => void
  markSent: (clientId: string) => void
  hasEnd: () => boolean
  isFollowing: () => boolean
  toEnd: () => void
  jumpToEnd: () => Promise<boolean>
  /** Scrolls to a message and highlights it; false when it is not on the page. */
  toMessage: (seq: number) => boolean
  /** Fetches a fresh list; false without an answer. */
  reload: () => Promise<boolean>
  /** Null until there is something to keep. */
  keeper: () => Keeper | null
  /** Scrolls a row to so far below the top. */
  toRow: (row: HTMLElement, px: number) => void
  start: () => void
  keepBy: (keeper: Keeper) => void
  /** From now on system lines are written by this, when the list has changed. */
  foldBy: (fold: () => void) => void
}

/** A row, and how far it is below the top of the list. */
export type Place = { room: number; seq: number; top: number }

/** Of the bar that tells how many unread messages are above. */
export type BarState = 'shown' | 'read' | 'gone'

/** The line before the first unread message, fixed when a room is opened. */
export type NewLine = {
  open: () => void
  openAt: (seq: number, at: number) => void
  grown: () => void
  drop: () => void
  /** The room was read: the bar goes in a moment. */
  read: () => void
  /** The reader has answered: the bar goes. */
  leave: (deleted?: string) => void
  seek: () => void
}

/** Decides when a room counts as read. */
export type ReadMarker = {
  check: () => void
  isWatched: () => boolean
  /** Nothing counts as read until the room is reopened. */
  pause: () => void
  resume: () => void
}

export type RoomSwitcher = {
  open: (room: number) => Promise<void>
  openAt: (room: number, seq: number) => Promise<void>
  /** The room before or after this one in the list; `isUnread` skips rooms without unread. */
  step: (direction: 1 | -1, isUnread: boolean) => void
}

/** A room, and perhaps a message in it. */
export type Address = { room: number; seq?: number }

export type SoundKind = 'talk' | 'mention' | 'private'

/** What a notice tells, of a message where there is one; `isMeant`: it calls the reader. */
export type Notice = {
  title: string
  text: string
  room: number
  seq: number | null
  isMeant: boolean
}

/** Plays a sound, and shows a notice where they are switched on; one tab of the browser does. */
export type Sound = {
  play: (kind: SoundKind, notice: Notice) => void
  /** For a message that arrived, if the reader wants to hear about it. */
  hear: (row: HTMLElement) => void
}

/** The copy of messages in this browser, for reading without the server and for search. */
type DeviceCopy = {
  changed: (room: number, revision: number) => void
  onEvent: (event: ChatEvent) => void
  setRooms: () => void
  openRoom: (room: number) => CopiedRoom | null
  /** Messages that contain all words, newest first. */
  search: (words: string) => DeviceHit[]
  rename: (user: number, name: string, hasLeft: boolean) => void
}

export type CopiedRoom = {
  show: () => void
  /** The server did not answer: shows all of the copy. */
  stay: () => void
}

export type DeviceHit = Pick<Quoted, 'room' | 'seq' | 'text'> & {
  roomName: string
  sender: string
  at: number
}

/**
 * `decorate` fills in what a panel shows of this device; `renewPush` tells the server again whom it
 * mutes.
 */
export type Device = { decorate: () => void; renewPush: () => void }

/** Shows what is in the dialog for panels, and invitations. */
export type Panel = {
  /** `isInside`: something in the dialog requested it. */
  show: (isInside: boolean) => void
  /** Shows the way into a room; somebody who is in it already opens it. */
  offer: (address: Address, href: string) => void
  /** The places that show which device wants to be added; a closed dialog stays closed. */
  renewDevices: () => void
  invited: (invitation: InvitationOnWire) => void
  /** It is answered, or was taken back. */
  invitationOver: (room: number) => void
}

/** What a connection needs later. `lost`: no socket is open. */
export type Network = { lost: () => void }

/** The list of people beside the room, and its search. */
export type PeopleList = {
  /** Something was typed into the search. */
  show: () => void
  /** Somebody has come or gone: everybody is put where they belong. */
  arrange: () => void
  /** How many are online in a room; fetches the list if other people are on the page. */
  showOnline: (room: Pick<RoomSummary, 'id' | 'online' | 'checksum'>) => void
  receive: (event: ChatEvent) => void
  typing: Typing
  /** Fetches the list: soon if it is seen, else as soon as it is looked at. */
  renew: () => void
}

/** Opens the dialog that searches, at the address of a search. */
export type Palette = { open: (path: string) => void }

/** `look` asks what can complete the text before the caret, after an event of the field. */
export type SuggestionList = { look: (event: Event) => void }

export type EmojiPanel = {
  /** Opens at a button, or closes there; each chosen emoji is given to `pick`. */
  open: (opener: HTMLElement, pick: (emoji: string) => void) => void
  find: (query: string) => EmojiChoice[]
  named: (code: string) => EmojiChoice | null
}

/** In the reader's skin tone; `use` remembers that it was used, and gives it. */
export type EmojiChoice = { shown: string; label: string; code: string; use: () => string }

export type Faces = {
  /** These people have another name or picture: everywhere on this page. */
  changePeople: (changed: HTMLElement[]) => void
  /** This room has another name or topic, or is of another kind. */
  changeRoom: (event: ChatEvent & { type: 'room.changed' }) => void
  /** After an interruption: fetches who is here, at a random moment. */
  renewSoon: () => void
}

/**
 * Keeps the reader from writing where they may not. It is told what may have changed: a summary of
 * a room, a system line, a refusal; or nothing, to look at the list on the page.
 */
export type Hold = (news?: RoomSummary | SystemEvent | RefusedEvent) => void

/** Writes system lines; `rename` when a person has another name, or has left. */
export type Lines = { fold: () => void; rename: (user: Named) => void }

export type Media = {
  /** Adds files to the next message of a room. */
  addTo: (room: number, files: File[]) => void
  choose: () => void
  show: (picture: HTMLAnchorElement) => void
  /** Shows the files of an unsent message in its row, with progress. */
  decorate: (row: HTMLElement, entry: OutboxEntry) => void
  upload: (entry: OutboxEntry) => void
  forget: (entry: OutboxEntry) => void
}

export type Reading = {
  /**
   * After connecting: tells the server again that nobody uses the page. When the server has another
   * build, the page is renewed as soon as nothing would be lost.
   */
  hello: (hello: { build: string }) => void
  setBar: (state: BarState) => void
  /** The room on the page is not the person's any more. */
  leave: (deleted?: string) => void
  /** Moves the focus from region to region of the page. */
  nextRegion: (direction: 1 | -1) => void
  /** Shows or hides the list of people. */
  togglePeople: () => void
  /** Moves the focus by so many messages of the list. */
  walk: (step: number) => void
}

export type RowAction = 'edit' | 'reply' | 'react' | 'more'

export type MessageTools = {
  editLast: () => void
  act: (name: RowAction, row: HTMLElement) => void
  react: (row: HTMLElement, emoji: string) => void
}
