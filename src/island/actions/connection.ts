import { isFromDevice, list } from '../ui/rows'
import { limits } from '../../shared/limits'
import { pagePaths } from '../../shared/paths'
import type { ChatEvent } from '../../shared/protocol'
import type { App } from '../app'
import { ifLoaded } from '../lazy'
import { forget, isLoggingOut } from '../people/sign-in'
import { announce, element } from '../ui/dom'
import type { Page } from '../ui/page'
import { showHold } from './rooms'

/** The server has said hello: what was missed is requested, what waits is sent. */
export function onHello(app: App, hello: ChatEvent & { type: 'hello' }, isFirst: boolean): void {
  const { deviceCopy, faces, outbox, page, positions, rooms, timeline } = app
  // Another person has signed in, in another tab of this browser; or the data are other ones.
  if (hello.user.id !== page.user?.id || hello.epoch !== page.epoch) return location.reload()
  ifLoaded(app.reading, ({ hello: tell }) => tell(hello))
  rooms.setAll(hello.rooms)
  const shown = element('invitations', HTMLElement).dataset.count
  if (shown !== String(hello.invitations)) rooms.refresh()
  deviceCopy?.setRooms()
  // People came and went since the page was made, or while it had no connection.
  const here = hello.rooms.find(({ id }) => id === timeline.room())
  ifLoaded(app.people, ({ renew, showOnline }) => (here ? showOnline(here) : renew()))
  if (here) list().dataset.role = here.role
  list().dataset.private = hello.private_messages
  showHold(app, here)
  for (const { id, revision } of hello.rooms) {
    const behind = revision - positions.known(id)
    // When more was missed than a page keeps, a fresh page is cheaper than a replay.
    const isFar = behind > limits.catchUpBrowserRevisionsMax || isFromDevice()
    if (id === timeline.room() && isFar) void timeline.reload()
    else positions.compare(id, revision)
  }
  outbox.flush()
  if (!isFirst) ifLoaded(faces, ({ renewSoon }) => renewSoon())
}

/** Requests the changes of a room after a revision. */
export function requestChanges({ connection, page, positions }: App, room: number, after: number) {
  const isSent = connection.send({ type: 'resume', epoch: page.epoch, rooms: { [room]: after } })
  // The next hello compares again.
  if (!isSent) positions.interrupted()
}

export function onDisconnected({ outbox, positions, requests }: App): void {
  outbox.interrupted()
  requests.interrupted()
  positions.interrupted()
}

/**
 * The session has ended, and with it what this browser kept of it. During log-out the form's answer
 * has to remove the cookie first.
 */
export function onSignedOut({ page, storage }: App): void {
  if (isLoggingOut()) return
  forget(storage)
  location.assign(pagePaths(page.base).home())
}

/** Shorter interruptions are not shown. */
export const connectionBarMs = 2_000

/** Shows and hides the line that says that there is no connection. */
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
    // Every failed attempt calls this; the time counts from the first.
    if (!isOpen) return void (timer ??= setTimeout(show, connectionBarMs))
    clearTimeout(timer)
    timer = undefined
    bar.hidden = true
    if (wasShown) announce(page.words.reconnected, 'alert')
    wasShown = false
  }
}
