import type { Parts } from '../app'
import { quotedOf } from '../timeline/quotes'
import { placeOf } from '../timeline/rows'
import { send } from '../actions/send'
import { otherOf } from '../timeline/slips'
import { showToast } from '../ui/toast'

/** Answers a message; the answer to a private one stays between the two. */
export function reply({ composer, page, timeline }: Parts, row: HTMLElement): void {
  const room = Number(row.dataset.room)
  const isPrivate = row.closest('.slip') !== null
  // A row of a list that is not on the page any more.
  if (!isPrivate && room !== timeline.room()) return
  const before = composer.addressee()?.room ?? timeline.room()
  if (before !== room) {
    // Words that were meant for somebody else stay with them.
    if (composer.addressee() !== null && !composer.isEmpty())
      return showToast(page.words.privateFirst)
    const to = isPrivate ? { ...otherOf(page, row), room, isPinned: false } : null
    composer.setAddressee(to)
  }
  composer.setReply(quotedOf(row))
}

/** Everything from this message on is new again, here and on all devices, until one comes back. */
export function markUnread(parts: Parts, row: HTMLElement): void {
  const { newLine, page, reading, timeline } = parts
  const { room, seq } = placeOf(row)
  if (room !== timeline.room()) return
  if (!send(parts, { type: 'unread', room, seq })) return showToast(page.words.notConnected)
  reading.pause()
  newLine.openAt(seq, Number(row.dataset.at))
  showToast(page.words.markedUnread)
}

/** Words of an edit that was not saved go into the field, or into its draft, not away. */
export function rescueEdits({ composer, page }: Parts, root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLTextAreaElement>('.editor')) {
    if (field.value === field.defaultValue || !composer.isEmpty()) continue
    composer.insert(field.value)
    showToast(page.words.editLost)
  }
}
