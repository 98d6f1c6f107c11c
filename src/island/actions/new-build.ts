import type { App } from '../app'
import { element } from '../ui/dom'
import { canKeep } from '../ui/storage'
import { showToast } from '../ui/toast'

let isRenewing = false
/** Pages reload at different moments within this time. */
export const renewMs = 5_000

/**
 * The server was updated. Rows may be published for the next script, so the page reloads itself
 * once, as soon as nothing would be lost and its reader follows the end.
 */
export function onNewBuild({ page, storage, ...app }: App, build: string): void {
  if (page.build.startsWith('dev-')) return location.reload()
  showToast(page.words.newerVersion)
  // A cache between may keep serving the old page: without this it would reload for ever.
  if (isRenewing || window.name === build || !canKeep(storage)) return
  isRenewing = true
  const renewLater = (): void => void setTimeout(renew, Math.random() * renewMs)
  const renew = (): void => {
    const isReachable = app.connection.send({ type: 'ping' })
    if (hasUnsavedState() || !app.timeline.isFollowing() || !isReachable) return renewLater()
    // The one value of a tab that outlives its page where browsers refuse to store.
    window.name = build
    location.reload()
  }
  renewLater()
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
