import { fill } from '../../shared/text'
import type { App, Device } from '../app'
import { openDeviceCopy } from '../device/device-copy'
import { decorateExport } from '../device/export-here'
import { decorateCopySettings, decorateSettings, watchPreferences } from '../device/settings'
import { createSound } from '../device/sound'
import { showToast } from '../ui/toast'

/** Preferences, sound and the device copy; each choice takes effect at once. */
export function create(app: App): Device {
  welcomeBack(app)
  watchPreferences(app)
  const copy = openDeviceCopy(app)
  app.sound = createSound(app.page, app.storage)
  app.deviceCopy = copy
  return {
    decorate() {
      decorateSettings(app)
      decorateCopySettings(app, copy)
      decorateExport(app, copy)
    },
  }
}

const pauseMs = 30 * 60_000

/** Greets a person who comes back after a while. */
function welcomeBack({ page, storage }: App): void {
  const seenAt = Number(storage.read('seen'))
  storage.write('seen', Date.now())
  if (page.user === null || !(seenAt > 0) || Date.now() - seenAt < pauseMs) return
  showToast(fill(page.words.welcomeBack, { name: page.user.nickname }))
}
