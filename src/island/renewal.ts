import { limits } from '../limits'
import { element } from './page'
import type { Parts } from './parts'
import { canKeep } from './storage'
import { showToast } from './toast'

/**
 * Makes what a page does when the server was updated. What comes next may be made for the next
 * script (live-row.ts), so a page on which nothing was begun renews itself, once, while its reader
 * follows the end. Whoever has begun something is asked to, and the page waits until it is done.
 */
export function createRenewal({ page, storage, timeline }: Parts): (build: string) => void {
  let timer: Timer | undefined
  const lookAgain = (build: string): void => {
    timer = setTimeout(() => {
      if (isBegun() || !timeline.isFollowing()) return lookAgain(build)
      // The one thing of a tab that outlives its page wherever browsers refuse to store.
      window.name = build
      location.reload()
    }, Math.random() * limits.renewMs)
  }
  return (build) => {
    if (page.build.startsWith('dev-')) return location.reload()
    showToast(page.words.newerVersion)
    // Something between may keep the old page: it would be renewed for ever.
    if (timer === undefined && window.name !== build && canKeep(storage)) lookAgain(build)
  }
}

/** Whether somebody would miss what is on the page and not on the server. */
function isBegun(): boolean {
  const begun = 'dialog[open], [popover]:popover-open, .msg--editing, .msg--pending, #tray > li'
  const { value } = element('content', HTMLTextAreaElement)
  const isSelecting = getSelection()?.isCollapsed === false
  return value.trim() !== '' || isSelecting || document.querySelector(begun) !== null
}
