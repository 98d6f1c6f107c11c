import type { Paths } from '../src/shared/paths'
import type { Words } from './words'
import type { DoorMode, ServerSettings } from '../src/store/store'
import type { Language } from '../src/shared/languages'

/** What every view knows about its request and its server. */
export type View = {
  paths: Paths
  words: Words
  language: Language
  preferences: Preferences
  /** The name of this server, chosen by its operator or its owners. */
  serverName: string
  /** What owners say to people who come in; may be empty. */
  welcome: string
  /** To whom people may write privately. */
  privateMessages: ServerSettings['privateMessages']
  /** How newcomers come in. */
  door: DoorMode
  /** What is sent is a whole page, not a part of one that a script asks for. */
  isPage: boolean
  /** Scheme and host under which other devices reach it. */
  sharedOrigin: () => string
  /** Where somebody on plain HTTP gets HTTPS; null when they have it, or it is not offered. */
  httpsPath: string | null
  /** Tells this server from others that are reached under the same origin. */
  instance: string
  /** Identifies the build of scripts and styles, so that a page notices a newer one. */
  build: string
  uploadBytesMax: number
  /** URLs of the built files; their names change with their content. */
  assets: {
    css: string
    htmx: string
    island: string
    offline: string
    icon: string
    iconUnread: string
    licences: string
    /** Files that the script loads lazily, by name. */
    lazy: Record<string, string>
  }
}

/** Preferences of this browser; `src/http/routes/preferences.tsx` lists the allowed values. */
export type Preferences = {
  theme: 'auto' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  /** What the Enter key does; `auto`: it sends, except on a phone. */
  enter: 'auto' | 'sends' | 'line'
}
