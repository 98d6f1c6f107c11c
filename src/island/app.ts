import type { Asks } from './messages/asks'
import type { Clock } from './ui/clock'
import type { Composer } from './composer/composer'
import type { Connection } from './net/connection'
import type { Drafts } from './composer/drafts'
import type { EmojiPanel } from './lazy/emoji'
import type { History } from './device/history'
import type { Device } from './lazy/device'
import type { Media } from './lazy/media'
import type { Panel } from './lazy/panel'
import type { Palette } from './lazy/search'
import type { MessageTools } from './lazy/tools'
import type { Mute } from './people/mute'
import type { NewLine } from './timeline/new-line'
import type { Outbox } from './messages/outbox'
import type { Page } from './ui/page'
import type { Reading } from './timeline/reading'
import type { Rooms } from './rooms/rooms'
import type { Sound } from './device/sound'
import type { Storage } from './ui/storage'
import type { SuggestionList } from './composer/suggestions'
import type { Switching } from './rooms/switching'
import type { Timeline } from './timeline/timeline'
import type { Title } from './ui/title'
import type { Typing } from './composer/typing'

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
