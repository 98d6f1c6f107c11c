import { element } from '../ui/page'
import type { Parts } from '../app'
import { send } from './send'
import { canKeep } from '../ui/storage'
import { showToast } from '../ui/toast'

/** Pages of an older server reload within this, so not all at one moment. */
export const renewMs = 5_000

/**
 * Makes what a page does when the server was updated. What comes next may be made for the next
 * script (live-row.ts), so a page on which nothing was begun renews itself, once, while its reader
 * follows the end. Whoever has begun something is asked to, and the page waits until it is done.
 */
export function createRenewal(parts: Parts): (build: string) => void {
  const { page, storage, timeline } = parts
  let isLooking = false
  const look = (build: string): void => {
    isLooking = true
    setTimeout(() => {
      // Without a server there is no page to take the place of this one.
      const isThere = send(parts, { type: 'ping' })
      if (isBegun() || !timeline.isFollowing() || !isThere) return look(build)
      // The one thing of a tab that outlives its page wherever browsers refuse to store.
      window.name = build
      location.reload()
    }, Math.random() * renewMs)
  }
  return (build) => {
    if (page.build.startsWith('dev-')) return location.reload()
    showToast(page.words.newerVersion)
    // Something between may keep the old page: it would be renewed for ever.
    if (!isLooking && window.name !== build && canKeep(storage)) look(build)
  }
}

/** Whether somebody would miss what is on the page and not on the server. */
function isBegun(): boolean {
  const begun = 'dialog[open], [popover]:popover-open, .msg--editing, .msg--pending, #tray > li'
  const { value } = element('content', HTMLTextAreaElement)
  const isSelecting = getSelection()?.isCollapsed === false
  const players = [...document.querySelectorAll<HTMLMediaElement>('audio, video')]
  const isPlaying = players.some(({ paused }) => !paused)
  const isWriting = value.trim() !== '' || document.querySelector(begun) !== null
  return isWriting || isSelecting || isPlaying
}
