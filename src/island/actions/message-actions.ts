import { placeOf } from '../ui/rows'
import type { App, MessageTools } from '../app'
import { useLoaded } from '../lazy'
import { quotedOf } from '../timeline/quotes'
import { otherOf } from '../timeline/rows'
import { showToast } from '../ui/toast'

export function withTools({ page, tools }: App, use: (tools: MessageTools) => void): void {
  useLoaded(page, tools, use)
}

/** Edits my last message; false when there is none on the page. */
export function editLast(app: App): boolean {
  const own = document.querySelector('#timeline > .msg--own:not(.msg--pending)')
  if (own !== null) withTools(app, (tools) => tools.editLast())
  return own !== null
}

/** Replies to a message; the reply to a private one is private. */
export function reply({ composer, page, timeline }: App, row: HTMLElement): void {
  const { room } = placeOf(row)
  const isPrivate = row.closest('.private-note') !== null
  // The row may be of a list that is not on the page any more.
  if (!isPrivate && room !== timeline.room()) return
  const before = composer.addressee()?.room ?? timeline.room()
  if (before !== room) {
    // A private text must not go to somebody else.
    if (composer.addressee() !== null && !composer.isEmpty())
      return showToast(page.words.privateFirst)
    composer.setAddressee(isPrivate ? { ...otherOf(page, row), room, isPinned: false } : null)
  }
  composer.setReply(quotedOf(row))
}

/** Marks everything from this message on as unread, on all devices. */
export function markUnread(app: App, row: HTMLElement): void {
  const { connection, newLine, page, readMarker, timeline } = app
  const { room, seq } = placeOf(row)
  if (room !== timeline.room()) return
  if (!connection.send({ type: 'unread', room, seq })) return showToast(page.words.notConnected)
  readMarker.pause()
  newLine.openAt(seq, Number(row.dataset.at))
  showToast(page.words.markedUnread)
}

/** The text of an unsaved edit goes into the composer before its row is removed. */
export function rescueEdits({ composer, page }: App, root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>('.editor')) {
    if (field.value === field.defaultValue || !composer.isEmpty()) continue
    composer.insert(field.value)
    showToast(page.words.editLost)
  }
}
