import { dressExport } from '../export-here'
import { openHistory } from '../history'
import type { Parts } from '../parts'
import { createSound } from '../sound'
import { dressHistory, dressSettings, watchPreferences } from '../settings'

/** What this browser chose for itself. */
export type Device = {
  /** Fills in what the panel shows of this device. */
  dress: () => void
}

/** Takes over the forms of preferences: each choice takes effect at once. */
export function createDevice(parts: Parts): Device {
  watchPreferences(parts)
  parts.sound = createSound(parts.page, parts.storage)
  parts.history = openHistory(parts)
  return {
    dress() {
      dressSettings(parts)
      dressHistory(parts)
      dressExport(parts)
    },
  }
}
