import type { Asks } from './asks'
import type { Clock } from './clock'
import type { Composer } from './composer'
import type { Connection } from './connection'
import type { Drafts } from './drafts'
import type { EmojiPanel } from './late/emoji'
import type { History } from './history'
import type { Device } from './late/device'
import type { Media } from './late/media'
import type { Panel } from './late/panel'
import type { Palette } from './late/search'
import type { MessageTools } from './late/tools'
import type { Mute } from './mute'
import type { NewLine } from './new-line'
import type { Outbox } from './outbox'
import type { Page } from './page'
import type { Reading } from './reading'
import type { Rooms } from './rooms'
import type { Sound } from './sound'
import type { Storage } from './storage'
import type { SuggestionList } from './suggestions'
import type { Switching } from './switching'
import type { Timeline } from './timeline'
import type { Title } from './title'
import type { Typing } from './typing'

/** Everything that lives on the page of a room, handed to whatever connects two of them. */
export type Parts = {
  page: Page
  storage: Storage
  clock: Clock
  /** Null until the page has asked for its first socket. */
  connection: Connection | null
  timeline: Timeline
  outbox: Outbox
  asks: Asks
  composer: Composer
  drafts: Drafts
  rooms: Rooms
  switching: Switching
  reading: Reading
  newLine: NewLine
  title: Title
  typing: Typing
  mute: Mute
  /** How this browser calls, and what it keeps of the talk; null until their part has come. */
  sound: Sound | null
  history: History | null
  /** Fetched when they are first wanted; reject without a connection. */
  emoji: () => Promise<EmojiPanel>
  device: () => Promise<Device>
  media: () => Promise<Media>
  panel: () => Promise<Panel>
  suggestions: () => Promise<SuggestionList>
  tools: () => Promise<MessageTools>
  search: () => Promise<Palette>
  /** Messages that this browser kept itself, newest first; none until their part has come. */
  findOnDevice: FindOnDevice
}

/** A message that was kept in this browser, as the palette lists it. */
export type DeviceHit = {
  room: number
  seq: number
  roomName: string
  sender: string
  text: string
}

export type FindOnDevice = (text: string) => DeviceHit[]
