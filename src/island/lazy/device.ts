import type { App, Device } from '../app'
import { openDeviceCopy } from '../device/device-copy'
import { dressDownloads, dressExport } from '../device/export-here'
import { dressHistory, dressSettings, watchPreferences } from '../device/settings'
import { createSound } from '../device/sound'
import { welcomeBack } from '../device/welcome-back'

/** Preferences, sound and the device copy; each choice takes effect at once. */
export function create(app: App): Device {
  welcomeBack(app.page, app.storage)
  watchPreferences(app)
  const copy = openDeviceCopy(app)
  app.sound = createSound(app.page, app.storage)
  app.deviceCopy = copy
  return {
    decorate() {
      dressSettings(app)
      dressHistory(app, copy)
      dressExport(app, copy)
      dressDownloads()
    },
  }
}
