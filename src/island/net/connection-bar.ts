import { announce, element } from '../ui/dom'
import type { Page } from '../ui/page'

/** Shorter interruptions are not shown. */
export const connectionBarMs = 2_000

/** The thin line that says that we are not connected: after two seconds, and not at all before. */
export function createConnectionBar(page: Page, retryNow: () => void): (isOpen: boolean) => void {
  const bar = element('connection', HTMLElement)
  let timer: Timer | undefined
  let wasShown = false
  bar.querySelector('[data-action=reconnect]')?.addEventListener('click', retryNow)
  const show = (): void => {
    bar.hidden = false
    wasShown = true
    announce(page.words.disconnected, 'alert')
  }
  return (isOpen) => {
    // Each failed try says it again: the first counts.
    if (!isOpen) return void (timer ??= setTimeout(show, connectionBarMs))
    clearTimeout(timer)
    timer = undefined
    bar.hidden = true
    if (wasShown) announce(page.words.reconnected, 'alert')
    wasShown = false
  }
}
