import type { Paths } from '../src/shared/paths'
import type { Language, Words } from './words'

/** What every page knows about its request: where things are, and what to call them. */
export type View = {
  paths: Paths
  words: Words
  language: Language
  preferences: Preferences
  /** The name of this installation, chosen by whoever runs it. */
  house: string
  /** Tells this installation from all others that a browser knows. */
  houseId: string
  /** Names the build of scripts and styles: a page learns when the server has another. */
  build: string
  /** The largest file that may be sent. */
  uploadBytesMax: number
  /** Addresses of the built files; their names change with their content. */
  assets: {
    css: string
    htmx: string
    island: string
    icon: string
    iconUnread: string
    licences: string
    /** What the script fetches later, by name. */
    lazy: Record<string, string>
  }
}

/** Preferences of this browser; `src/http/routes/preferences.tsx` lists the allowed values. */
export type Preferences = {
  theme: 'auto' | 'light' | 'dark'
  density: 'comfortable' | 'compact'
  /** What the Enter key does; auto: it sends, except on a phone. */
  enter: 'auto' | 'sends' | 'line'
}
