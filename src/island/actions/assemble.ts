import { createAnnouncer } from '../ui/announcer'
import { receiveRow } from './arrivals'
import { createAsks } from '../messages/asks'
import { createClock } from '../ui/clock'
import { createComposer, type Sent } from '../composer/composer'
import { openDrafts } from '../composer/drafts'
import { openEmoji } from '../emoji/emoji-button'
import { openMute } from '../people/mute'
import { loadLazy, whenThere, whenWanted } from '../lazy'
import { createNewLine } from '../timeline/new-line'
import { openOutbox, type Outbox } from '../messages/outbox'
import type { OutboxEntry } from '../messages/outbox-entry'
import { announce, element, fill, type Page, type Person } from '../ui/page'
import type { Parts } from '../app'
import { createReading } from '../timeline/reading'
import { createRooms, markCurrent } from '../rooms/rooms'
import { markUnread, reply, rescueEdits } from '../messages/row-acts'
import { send } from './send'
import type { Storage } from '../ui/storage'
import { createSwitching } from '../rooms/switching'
import { createTimeline, type TimelineListener } from '../timeline/timeline'
import { createTitle } from '../ui/title'
import { showToast } from '../ui/toast'
import { createTyping } from '../composer/typing'

/** Makes the parts; they know of each other through `parts`, which is asked for late. */
export function assemble(page: Page, storage: Storage, person: Person, parts: () => Parts): Parts {
  const clock = createClock(page)
  const title = createTitle(page)
  const mute = openMute(page, storage)
  const timeline = createTimeline(page, clock, listenToTimeline(page, parts))
  const { room } = timeline
  const drafts = openDrafts(person, storage)
  const rooms = createRooms(page, title.setUnread)
  const composer = createComposer(page, drafts, {
    onSend: (message) => post(parts(), message),
    onChange: (target, text) => parts().typing.changed(target, text),
    onUp: () => editLast(parts()),
  })
  return {
    page,
    storage,
    clock,
    connection: null,
    timeline,
    outbox: createOutbox(person.id, parts, storage),
    asks: createAsks(page, (frame) => send(parts(), frame)),
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
      remembered: (room) => parts().history?.remembered(room) ?? null,
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
    mute,
    sound: null,
    history: null,
    findOnDevice: () => [],
    ...createLazy(page, parts),
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
    onPending: (row, entry) => whenThere(parts().media, (media) => media.dress(row, entry)),
    onArrival: (rows) =>
      announceRows(rows.filter((row) => !parts().mute.has(Number(row.dataset.user)))),
    onGrown() {
      parts().newLine.grown()
      parts().reading.check()
    },
    onLeaving: (root) => rescueEdits(parts(), root),
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

type LazyNames = 'device' | 'emoji' | 'media' | 'panel' | 'search' | 'suggestions' | 'tools'

function createLazy(page: Page, parts: () => Parts): Pick<Parts, LazyNames> {
  return {
    device: whenWanted(async () => {
      const { createDevice } = await loadLazy(page, 'device')
      return createDevice(parts())
    }),
    emoji: whenWanted(async () => {
      const { createEmojiPanel } = await loadLazy(page, 'emoji')
      return createEmojiPanel(page, parts().storage, parts().composer)
    }),
    media: whenWanted(async () => (await loadLazy(page, 'media')).createMedia(page, parts())),
    panel: whenWanted(async () => {
      const { createPanel } = await loadLazy(page, 'panel')
      const { composer, device, mute, switching } = parts()
      const openRoom = (room: number): void => void switching.open(room)
      return createPanel(page, composer, {
        openRoom,
        toggleMute: mute.toggle,
        onShown: () => whenThere(device, (it) => it.dress()),
      })
    }),
    suggestions: whenWanted(async () => {
      const { createSuggestions } = await loadLazy(page, 'suggest')
      return createSuggestions(page, parts().composer, parts().emoji)
    }),
    search: whenWanted(async () => {
      const { createPalette } = await loadLazy(page, 'search')
      const { switching } = parts()
      return createPalette(page, {
        openRoom: (room) => void switching.open(room),
        openAt: (room, seq) => void switching.openAt(room, seq),
        findOnDevice: (text) => parts().findOnDevice(text),
      })
    }),
    tools: whenWanted(async () => {
      const { createMessageTools } = await loadLazy(page, 'tools')
      return createMessageTools(page, {
        ask: parts().asks.ask,
        reply: (row) => reply(parts(), row),
        markUnread: (row) => markUnread(parts(), row),
        chooseEmoji: (row, pick) => openEmoji(parts(), row, pick),
        hide: parts().timeline.hide,
      })
    }),
  }
}

/** Changes the last message of my own; false when there is none on the page. */
function editLast({ page, tools }: Parts): boolean {
  const own = document.querySelector('#timeline > .msg--own:not(.msg--pending)')
  if (own !== null)
    tools().then(
      (it) => it.editLast(),
      () => showToast(page.words.notConnected),
    )
  return own !== null
}

function post({ outbox, timeline, typing }: Parts, { room, text, files, to, reply }: Sent): void {
  const writtenIn = room === timeline.room() ? null : timeline.room()
  const entry = { room, content: text, files, writtenIn, to: to?.name ?? '', reply }
  timeline.showPending(outbox.post(entry))
  outbox.flush()
  typing.stopped()
}

/** Everything said in the room on the screen has been read. */
export function markRead(parts: Parts): void {
  const { newLine, reading, timeline } = parts
  const room = timeline.room()
  newLine.drop()
  reading.resume()
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
      forgetFiles(parts(), entry)
      // Answered, but the row itself may have been lost with a connection.
      if (accepted === null) return timeline.dropPending(entry.clientId)
      timeline.positions.compare(accepted.room, accepted.revision)
      if (accepted.room !== timeline.room()) timeline.settlePending(entry.clientId)
    },
    onDiscard(entry) {
      parts().timeline.dropPending(entry.clientId)
      forgetFiles(parts(), entry)
    },
    onFiles: (entry) => whenThere(parts().media, (media) => media.upload(entry)),
    onStorageFull: () => showToast(parts().page.words.storageFull),
    onSlow(ms) {
      showToast(fill(parts().page.words.fast, { s: Math.max(1, Math.ceil(ms / 1000)) }))
    },
  })
}

/** Of a message that is sent, or never will be, this browser needs no bytes any more. */
function forgetFiles({ media }: Parts, entry: OutboxEntry): void {
  if (entry.files.length > 0) whenThere(media, (it) => it.forget(entry))
}
