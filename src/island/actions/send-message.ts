import type { AcceptedEvent } from '../../shared/protocol'
import type { App, Composed, OutboxEntry } from '../app'
import { ifLoaded } from '../lazy'
import { announce } from '../ui/dom'

/** Enter was pressed: the message is shown at once, stored in the browser, and sent. */
export function sendMessage(app: App, { room, text, files, to, reply }: Composed): void {
  const { clock, newLine, outbox, people, timeline } = app
  clock.check()
  newLine.leave()
  const writtenIn = room === timeline.room() ? null : timeline.room()
  const entry = outbox.post({ room, content: text, files, writtenIn, to: to?.name ?? '', reply })
  void showNew(app, entry)
  outbox.flush()
  ifLoaded(people, ({ typing }) => typing.stopped())
}

/** Shows a new message at the end of the room: without a connection, where the reader is. */
async function showNew(app: App, entry: OutboxEntry): Promise<void> {
  const { timeline } = app
  // A fresh list shows all unsent messages itself.
  if (!timeline.hasEnd() && (await timeline.jumpToEnd())) return
  showUnsent(app, entry, true)
}

/** Shows an unsent message of the room on the page; only a new one moves the reader to it. */
export function showUnsent(app: App, entry: OutboxEntry, isNew = false): void {
  const { media, timeline } = app
  if (entry.room !== timeline.room() && entry.writtenIn !== timeline.room()) return
  const row = timeline.showPending(entry, isNew)
  if (row !== null && entry.files.length > 0) ifLoaded(media, (it) => it.decorate(row, entry))
}

/** An unsent message has another state. */
export function onUnsentChanged(app: App, entry: OutboxEntry): void {
  showUnsent(app, entry)
  if (entry.state === 'failed') announce(app.page.words.failedAlert, 'alert')
}

/** The server has the message; without `accepted` another tab got the answer. */
export function onSent(app: App, entry: OutboxEntry, accepted: AcceptedEvent | null): void {
  const { positions, timeline } = app
  forgetFiles(app, entry)
  if (accepted === null) return timeline.dropPending(entry.clientId)
  // The row itself may have been lost with a connection.
  positions.compare(accepted.room, accepted.revision)
  if (accepted.room !== timeline.room()) timeline.markSent(entry.clientId)
}

/** Retry and Discard of a failed message. */
export function onFailedRow(app: App, action: string, clientId: string): void {
  const { composer, outbox, timeline } = app
  if (action === 'retry') return outbox.retry(clientId)
  const entry = outbox.discard(clientId)
  if (entry === null) return
  timeline.dropPending(clientId)
  forgetFiles(app, entry)
  composer.focus()
}

/** The bytes of a message that is sent, or never will be, are not needed in this browser. */
function forgetFiles({ media }: App, entry: OutboxEntry): void {
  if (entry.files.length > 0) ifLoaded(media, (it) => it.forget(entry))
}
