import type { Parts } from '../parts'
import { dressSettings, watchPreferences } from '../settings'

/** What this browser chose for itself. */
export type Device = {
  /** Fills in what the panel shows of this device. */
  dress: () => void
}

/** Takes over the forms of preferences: each choice takes effect at once. */
export function createDevice(parts: Parts): Device {
  watchPreferences(parts)
  return {
    dress() {
      dressSettings(parts)
    },
  }
}
