import type { App } from '../app'
import { element } from '../ui/dom'
import { canKeep } from '../ui/storage'
import { showToast } from '../ui/toast'

/** Pages reload at different moments within this time. */
export const renewMs = 5_000
/** After a reload the next comes so much later at the earliest, and each time twice as late… */
const againMs = 60_000
/** …so many times. */
const doublingsMax = 5

/**
 * Hears the build of the server that answers. When it is another one, rows may be published for
 * its script, so the page reloads itself as soon as nothing would be lost and its reader follows
 * the end. While the nodes of a server have two builds, or a cache between keeps serving the old
 * page, that does not help at once: it is tried again later and later.
 */
export function createRenewal({ page, storage, ...app }: App): (build: string) => void {
  let heard = page.build
  let isRenewing = false
  const renewLater = (): void => {
    const { tries, at } = lastRenewal()
    const rest = tries && at + waitAfter(tries) - Date.now()
    setTimeout(renew, Math.max(0, rest) + Math.random() * renewMs)
  }
  const renew = (): void => {
    isRenewing = heard !== page.build
    if (!isRenewing) return
    const isReachable = app.connection.send({ type: 'ping' })
    if (hasUnsavedState() || !app.timeline.isFollowing() || !isReachable) return renewLater()
    noteRenewal()
    location.reload()
  }
  return (build) => {
    heard = build
    if (build === page.build) return
    if (page.build.startsWith('dev-')) return location.reload()
    showToast(page.words.newerVersion)
    if (isRenewing || !canKeep(storage)) return
    isRenewing = true
    renewLater()
  }
}

const waitAfter = (tries: number): number => againMs * 2 ** Math.min(tries - 1, doublingsMax)

/** In the one value of a tab that outlives its page where browsers refuse to store. */
function lastRenewal(): { tries: number; at: number } {
  const [, tries = 0, at = 0] = /^renewed (\d+) (\d+)$/.exec(window.name)?.map(Number) ?? []
  // Long ago, or by another clock: that was another update.
  return Math.abs(Date.now() - at) > 2 * waitAfter(tries) ? { tries: 0, at: 0 } : { tries, at }
}

function noteRenewal(): void {
  window.name = `renewed ${lastRenewal().tries + 1} ${Date.now()}`
}

/** Whether a reload would lose something that is on the page and not on the server. */
function hasUnsavedState(): boolean {
  const open = 'dialog[open], [popover]:popover-open, .msg--editing, .msg--pending, #tray > li'
  const { value } = element('content', HTMLTextAreaElement)
  const isSelecting = getSelection()?.isCollapsed === false
  const players = [...document.querySelectorAll<HTMLMediaElement>('audio, video')]
  const isPlaying = players.some(({ paused }) => !paused)
  return value.trim() !== '' || document.querySelector(open) !== null || isSelecting || isPlaying
}
