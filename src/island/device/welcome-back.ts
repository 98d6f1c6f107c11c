import { fill } from '../../shared/text'
import type { Page } from '../ui/page'
import type { Storage } from '../ui/storage'
import { showToast } from '../ui/toast'

const pauseMs = 30 * 60_000

/** Greets somebody who comes back after a while, quietly. */
export function welcomeBack(page: Page, storage: Storage): void {
  const seenAt = Number(storage.read('seen'))
  storage.write('seen', Date.now())
  if (page.user === null || !(seenAt > 0) || Date.now() - seenAt < pauseMs) return
  showToast(fill(page.words.welcomeBack, { name: page.user.nickname }))
}
