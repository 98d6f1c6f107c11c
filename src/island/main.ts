import type { ChatEvent } from '../chat/events'
import { limits } from '../limits'
import { createPaths } from '../paths'
import { createAnnouncer } from './announcer'
import { createClock } from './clock'
import { createComposer } from './composer'
import { type Connection, connect, type Listener } from './connection'
import { createConnectionBar } from './connection-bar'
import { openOutbox, type Outbox } from './outbox'
import { announce, fill, type Page, readPage } from './page'
import { receivePeople, setPresence } from './people'
import { forgetOnLogOut, showToast, startSignIn, welcomeBack } from './sign-in'
import { openStorage, type Storage } from './storage'
import { createTimeline, type Timeline } from './timeline'

/** The browser's side: what must be instant. Everything else is HTML and htmx. */
const page = readPage()
const storage = openStorage(page)
if (document.getElementById('sign-in') !== null) startSignIn(storage)
else if (page.user !== null && document.getElementById('timeline') !== null) {
  startRoom(page, storage, page.user.id)
}

type Room = { page: Page; timeline: Timeline; outbox: Outbox }

function startRoom(page: Page, storage: Storage, userId: number): void {
  let connection: Connection | null = null
  const timeline = createTimeline(page, createClock(page), {
    onGap(room, after) {
      const frame = { type: 'resume', epoch: page.epoch, rooms: { [room]: after } }
      // Not asked because not connected: the next greeting compares again.
      if (!connection?.send(frame)) timeline.positions.interrupted()
    },
    onArrival: createAnnouncer(page),
    onFresh() {
      for (const entry of outbox.entries(timeline.room())) timeline.showPending(entry)
    },
  })
  const outbox = createOutbox(page, storage, userId, timeline, () => connection)
  const room: Room = { page, timeline, outbox }
  const composer = createComposer(page, storage, (roomId, text) => {
    timeline.showPending(outbox.post(roomId, text))
    outbox.flush()
  })
  const setBar = createConnectionBar(page, () => connection?.retryNow())
  connection = connect(
    page,
    listen(room, (isOpen) => {
      setBar(isOpen)
      composer.setConnected(isOpen)
    }),
  )
  onRowButton((action, clientId) => {
    if (action === 'retry') return outbox.retry(clientId)
    outbox.discard(clientId)
    composer.focus()
  })
  const unsent = (): number => outbox.entries(timeline.room()).length
  forgetOnLogOut(storage, unsent, page.words.logOutUnsent)
  welcomeBack(page, storage)
  timeline.start()
}

function createOutbox(
  page: Page,
  storage: Storage,
  userId: number,
  timeline: Timeline,
  connection: () => Connection | null,
): Outbox {
  return openOutbox(userId, storage, connection, {
    onChange(entry) {
      timeline.showPending(entry)
      if (entry.state === 'failed') announce(page.words.failedAlert, 'alert')
    },
    onSent(entry, accepted) {
      // Answered, but the row itself may have been lost with a connection.
      if (accepted === null) timeline.dropPending(entry.clientId)
      else timeline.positions.compare(accepted.room, accepted.revision)
    },
    onDiscard: (entry) => timeline.dropPending(entry.clientId),
    onStorageFull: () => showToast(page.words.storageFull),
    onSlow: (ms) => showToast(fill(page.words.fast, { s: Math.max(1, Math.ceil(ms / 1000)) })),
  })
}

function listen(room: Room, onState: (isOpen: boolean) => void): Listener {
  const { page, timeline, outbox } = room
  return {
    onHello(hello) {
      if (hello.epoch !== page.epoch) return location.reload()
      if (hello.build !== page.build) offerReload(page)
      greet(timeline, hello)
      outbox.flush()
    },
    onEvent: (event) => hear(room, event),
    onHtml(html) {
      const { rows, people } = parse(html)
      if (rows.length > 0) timeline.receive(rows)
      if (people.length > 0) receivePeople(page, people)
    },
    onState(isOpen) {
      onState(isOpen)
      if (isOpen) return
      outbox.interrupted()
      timeline.positions.interrupted()
    },
    onSignedOut: () => location.assign(createPaths(page.base).home()),
  }
}

function hear({ page, timeline, outbox }: Room, event: ChatEvent): void {
  switch (event.type) {
    case 'accepted':
      return outbox.onAccepted(event)
    case 'refused':
      // Not about a message: a question for changes was refused, and is asked again later.
      if (event.client_id === null) timeline.positions.interrupted()
      return outbox.onRefused(event)
    case 'message.removed':
      return timeline.remove(event.room, event.seq, event.revision)
    case 'caught_up':
      return timeline.positions.caughtUp(event.room, event.after, event.revision)
    case 'presence':
      return setPresence(page, event.user, event.state)
    case 'reload':
      return void (event.room === timeline.room() && timeline.reload())
    case 'pong':
      for (const [room, head] of Object.entries(event.heads)) {
        timeline.positions.compare(Number(room), head)
      }
  }
}

/** What was missed is replayed; when that is more than a page keeps, a fresh page is cheaper. */
function greet(timeline: Timeline, hello: ChatEvent & { type: 'hello' }): void {
  for (const { id, revision } of hello.rooms) {
    const behind = revision - timeline.positions.known(id)
    if (id === timeline.room() && behind > limits.catchUpBrowserRevisionsMax) void timeline.reload()
    else timeline.positions.compare(id, revision)
  }
}

/** The server was updated; nobody is interrupted, only a developer's page reloads by itself. */
function offerReload(page: Page): void {
  if (page.build.startsWith('dev-')) location.reload()
  else showToast(page.words.newerVersion)
}

/** Sorts published HTML by what it is: rows of messages, lines of people. */
function parse(html: string): { rows: HTMLElement[]; people: HTMLElement[] } {
  const template = document.createElement('template')
  template.innerHTML = html // house: parsed, never shown
  const published = [...template.content.children].filter((part) => part instanceof HTMLElement)
  return {
    rows: published.filter((part) => part.matches('.msg')),
    people: published.filter((part) => part.matches('.person')),
  }
}

/** Retry and Discard stand on each failed row; one listener serves all. */
function onRowButton(act: (action: string, clientId: string) => void): void {
  document.addEventListener('click', ({ target }) => {
    const button =
      target instanceof Element ? target.closest<HTMLElement>('.msg [data-action]') : null
    const clientId = button?.closest('.msg')?.id.replace(/^message-\d+-/, '')
    if (button !== null && clientId !== undefined) act(button.dataset.action ?? '', clientId)
  })
}
