import { dressDownloads, dressExport } from '../device/export-here'
import { openHistory } from '../device/history'
import type { DeviceHit, Parts } from '../app'
import { createSound } from '../device/sound'
import { welcomeBack } from '../device/welcome-back'
import { dressHistory, dressSettings, watchPreferences } from '../device/settings'

/** What this browser chose for itself. */
export type Device = {
  /** Fills in what the panel shows of this device. */
  dress: () => void
}

/** Takes over the forms of preferences: each choice takes effect at once. */
export function createDevice(parts: Parts): Device {
  welcomeBack(parts.page, parts.storage)
  watchPreferences(parts)
  parts.sound = createSound(parts.page, parts.storage)
  parts.history = openHistory(parts)
  parts.findOnDevice = (text) => findHere(parts, text)
  return {
    dress() {
      dressSettings(parts)
      dressHistory(parts)
      dressExport(parts)
      dressDownloads()
    },
  }
}

/** Of rooms that are still mine; what was kept is named as it is called now. */
function findHere({ history, rooms }: Parts, text: string): DeviceHit[] {
  return (history?.search(text) ?? []).flatMap(({ room, seq, name, text }) => {
    const roomName = rooms.find(room)?.name
    return roomName === undefined ? [] : [{ room, seq, roomName, sender: name, text }]
  })
}
