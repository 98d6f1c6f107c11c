import { createAnnouncer } from './announcer'
import { listen, receiveRow } from './arrivals'
import { watchAway } from './away'
import { createClock } from './clock'
import { createComposer } from './composer'
import { connect } from './connection'
import { createConnectionBar } from './connection-bar'
import { openDrafts } from './drafts'
import { watchKeys } from './keyboard'
import { watchMentions } from './mention'
import { createMessageTools } from './message-tools'
import { openMute } from './mute'
import { createNewLine } from './new-line'
import { openOutbox, type Outbox } from './outbox'
import { announce, element, fill, type Page, readPage } from './page'
import { watchPanel } from './panel'
import type { Parts } from './parts'
import { watchPeopleSearch } from './people'
import { createReading } from './reading'
import { createRooms, markCurrent } from './rooms'
import { forgetOnLogOut, startSignIn, welcomeBack } from './sign-in'
import { watchHiding } from './slips'
import { createSound } from './sound'
import { openStorage, type Storage } from './storage'
import { createSwitching } from './switching'
import { createTimeline, type TimelineListener } from './timeline'
import { createTitle } from './title'
import { showToast } from './toast'
import { createTyping } from './typing'

/** The browser's side: what must be instant. Everything else is HTML and htmx. */
const page = readPage()
const storage = openStorage(page)
if (document.getElementById('sign-in') !== null) startSignIn(storage)
else if (page.user !== null && document.getElementById('timeline') !== null) {
  const parts: Parts = assemble(page, storage, page.user.id, () => parts)
  start(parts)
}

/** Makes the parts; they know of each other through `parts`, which is asked for late. */
function assemble(page: Page, storage: Storage, userId: number, parts: () => Parts): Parts {
  const clock = createClock(page)
  const title = createTitle(page)
  const mute = openMute(page, storage)
  const timeline = createTimeline(page, clock, listenToTimeline(page, parts))
  const { room } = timeline
  const drafts = openDrafts(page.user?.nickname ?? '', storage)
  const rooms = createRooms(page, title.setUnread)
  const composer = createComposer(page, drafts, {
    onSend: (message) => post(parts(), message),
    onChange: (target, text) => parts().typing.changed(target, text),
    onUp: () => parts().tools.editLast(),
  })
  return {
    page,
    storage,
    clock,
    connection: null,
    timeline,
    outbox: createOutbox(userId, parts, storage),
    composer,
    drafts,
    rooms,
    switching: createSwitching(page, timeline, {
      onSwitched: () => followRoom(parts()),
      unreadOf(room) {
        const { read_seq: readSeq = 0, unread = 0 } = rooms.find(room) ?? {}
        return { readSeq, unread, since: rooms.unreadSince(room) }
      },
      focus: composer.focus,
    }),
    reading: createReading(
      {
        room,
        isAtEnd: timeline.isFollowing,
        readSeq: () => rooms.find(room())?.read_seq ?? 0,
      },
      (where, seq) => void send(parts(), { type: 'read', room: where, seq }),
      () => rooms.look(room(), parts().reading.isWatched()),
    ),
    newLine: createNewLine(page, clock, {
      onMarkRead: () => markRead(parts()),
      loadOlder: timeline.loadOlder,
    }),
    title,
    typing: createTyping(page, room, (frame) => send(parts(), frame)),
    tools: createMessageTools(page, (frame) => send(parts(), frame)),
    mute,
    sound: createSound(page, storage),
  }
}

function listenToTimeline(page: Page, parts: () => Parts): TimelineListener {
  const announceRows = createAnnouncer(page)
  return {
    onGap(room, after) {
      const frame = { type: 'resume', epoch: page.epoch, rooms: { [room]: after } }
      // Not asked because not connected: the next greeting compares again.
      if (!send(parts(), frame)) parts().timeline.positions.interrupted()
    },
    onRow: (row) => receiveRow(parts(), row),
    onArrival: (rows) =>
      announceRows(rows.filter((row) => !parts().mute.has(Number(row.dataset.user)))),
    onGrown() {
      parts().newLine.grown()
      parts().reading.check()
    },
    dress: (root) => parts().mute.dress(root),
    onFresh(isJump) {
      const { newLine, outbox, reading, timeline } = parts()
      for (const entry of outbox.entries(timeline.room())) timeline.showPending(entry)
      followRoom(parts())
      if (isJump) newLine.drop()
      else newLine.open()
      reading.check()
    },
  }
}

/** Connects what was made with the reader and with the server. */
function start(parts: Parts): void {
  const { composer, mute, outbox, page, storage, switching, timeline } = parts
  const mentions = watchMentions(page, composer)
  const openRoom = (room: number): void => void switching.open(room)
  const panel = watchPanel(page, composer, { openRoom, toggleMute: mute.toggle })
  watchKeys(page, switching, {
    openPanel: (path) => void panel.open(path),
    leaveMode() {
      if (mentions.close()) return true
      const wasPrivate = composer.addressee() !== null
      if (wasPrivate) composer.setAddressee(null)
      return wasPrivate
    },
    markRead: () => markRead(parts),
    toEnd: timeline.toEnd,
    toUnread: parts.newLine.seek,
  })
  watchHiding(storage)
  watchPeopleSearch()
  const away = watchAway((frame) => send(parts, frame))
  const setBar = createConnectionBar(page, () => parts.connection?.retryNow())
  const state = (isOpen: boolean): void => {
    setBar(isOpen)
    composer.setConnected(isOpen)
  }
  parts.connection = connect(page, listen(parts, { greeted: away.greeted, state }))
  onRowButton((action, clientId) => {
    if (action === 'retry') return outbox.retry(clientId)
    outbox.discard(clientId)
    composer.focus()
  })
  forgetOnLogOut(storage, outbox.size, page.words.logOutUnsent)
  welcomeBack(page, storage)
  timeline.start()
}

function send({ connection }: Parts, frame: object): boolean {
  return connection?.send(frame) === true
}

function post(
  { outbox, timeline, typing }: Parts,
  { room, text, to }: { room: number; text: string; to: { name: string } | null },
): void {
  const writtenIn = room === timeline.room() ? null : timeline.room()
  timeline.showPending(outbox.post({ room, content: text, writtenIn, to: to?.name ?? '' }))
  outbox.flush()
  typing.stopped()
}

function markRead(parts: Parts): void {
  const { newLine, timeline } = parts
  const room = timeline.room()
  newLine.drop()
  send(parts, { type: 'read', room, seq: timeline.positions.known(room) })
}

/** Another list is on the page, perhaps of another room: what stands around it follows. */
function followRoom({ composer, drafts, page, timeline, title, typing }: Parts): void {
  const room = timeline.room()
  if (Number(element('composer', HTMLElement).dataset.room) !== room) {
    typing.stopped()
    typing.clear()
    composer.setRoom()
  }
  markCurrent(room)
  drafts.mark()
  const name = element('timeline', HTMLElement).dataset.title ?? ''
  title.setRoom(name)
  element('log', HTMLElement).setAttribute(
    'aria-label',
    fill(page.words.messagesIn, { room: name }),
  )
}

function createOutbox(userId: number, parts: () => Parts, storage: Storage): Outbox {
  return openOutbox(userId, storage, () => parts().connection, {
    onChange(entry) {
      parts().timeline.showPending(entry)
      if (entry.state === 'failed') announce(parts().page.words.failedAlert, 'alert')
    },
    onSent(entry, accepted) {
      const { timeline } = parts()
      // Answered, but the row itself may have been lost with a connection.
      if (accepted === null) return timeline.dropPending(entry.clientId)
      timeline.positions.compare(accepted.room, accepted.revision)
      if (accepted.room !== timeline.room()) timeline.settlePending(entry.clientId)
    },
    onDiscard: (entry) => parts().timeline.dropPending(entry.clientId),
    onStorageFull: () => showToast(parts().page.words.storageFull),
    onSlow(ms) {
      showToast(fill(parts().page.words.fast, { s: Math.max(1, Math.ceil(ms / 1000)) }))
    },
  })
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
