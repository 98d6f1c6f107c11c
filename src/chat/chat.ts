import type { Language } from '../../views/words'
import type { Config } from '../config'
import type { Log } from '../server/log'
import type { Paths } from '../shared/paths'
import type { FileStore } from '../store/files'
import type { Store, User } from '../store/store'
import type { Presence } from './people/presence'

/** Somebody recognised at a door: the person, the browser, where from, in which language. */
export type Visitor = {
  user: User
  /** Hash of the session's token, in hexadecimal: names the browser without being its key. */
  session: string
  address: string
  language: Language
}

/** Who gets a published frame. Publishing goes to open sockets only; the store is the truth. */
export type Audience = 'everyone' | { room: number } | { user: number }

/**
 * One event for all, rendered at most once per subprotocol and only when somebody listens; an
 * empty string is not sent.
 */
export type Frame = { html: () => string; json: () => string }

/** Everything a verb needs, handed in; tests hand in another. */
export type Chat = {
  config: Config
  paths: Paths
  store: Store
  /** The bytes of what people send besides words. */
  files: FileStore
  /** Throws `storage_full` when the disk has no more room than what is there needs. */
  requireSpace: () => void
  presence: Presence
  /** Names the build of scripts and styles that pages are made with. */
  build: string
  log: Log
  /** Wall clock in milliseconds; decoration only, order is the room's revision. */
  now: () => number
  publish: (audience: Audience, frame: Frame) => void
  /** Tells a room something that may be missed: whoever has bytes waiting is left out. */
  whisper: (room: number, text: string) => void
  /** From now on the open sockets of this person hear the room… */
  admit: (userId: number, room: number) => void
  /** …and from now on they hear nothing of it. */
  expel: (userId: number, room: number) => void
  /** Closes the sockets of an ended session. */
  hangUp: (session: string) => void
}
