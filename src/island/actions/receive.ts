import type { ChatEvent, RemovedEvent, RoomSummary, SystemEvent } from '../../shared/protocol'
import type { App } from '../app'
import { ifLoaded } from '../lazy'
import { completeRow } from '../timeline/rows'
import { announceRows, list, placeOf, revisionOf } from '../ui/rows'
import { lineOf, makeSystemRow } from '../ui/system-rows'
import { onGrown, showHold } from './rooms'

/** A frame of HTML arrived: rows of messages, or changes of people. */
export function receiveHtml(app: App, html: string, behind: number): void {
  const template = document.createElement('template')
  template.innerHTML = html // lint: parsed, never shown
  const published = [...template.content.children].filter((part) => part instanceof HTMLElement)
  const rows = published.filter((part) => part.matches('article'))
  const changed = published.filter((part) => part.matches('.person-changed'))
  app.clock.check()
  if (changed.length > 0) ifLoaded(app.faces, (faces) => faces.changePeople(changed))
  if (rows.length > 0) receiveMessages(app, rows, behind)
}

/** Messages of one room arrived, oldest first; `behind` more of them wait in the inbox. */
function receiveMessages(app: App, rows: HTMLElement[], behind: number): void {
  const { deviceCopy, muted, page, people, positions, rooms, timeline } = app
  const fresh: HTMLElement[] = []
  for (const row of rows) {
    completeRow(page, row)
    const { room } = placeOf(row)
    positions.heard(room, revisionOf(row))
    deviceCopy?.changed(room, revisionOf(row))
    if (document.getElementById(`room-${room}`) === null) rooms.refresh()
    if (rooms.count(row)) app.sound?.hear(row)
    if (timeline.receive(row)) fresh.push(row)
  }
  ifLoaded(people, ({ typing }) =>
    rows.forEach(({ dataset }) => typing.arrived(Number(dataset.user))),
  )
  const others = fresh.filter((row) => Number(row.dataset.user) !== page.user?.id)
  const heard = others.filter((row) => !muted.has(Number(row.dataset.user)))
  announceRows(page, heard)
  if (fresh.length > 0) timeline.append(fresh, others.length, behind)
  onGrown(app)
}

/** A line between the messages: it is not unread, makes no sound and is not read out. */
function receiveLine({ clock, positions, timeline }: App, event: SystemEvent): void {
  clock.check()
  positions.heard(event.room, event.revision)
  const row = makeSystemRow(lineOf(event))
  if (timeline.receive(row)) timeline.append([row], 0, 0)
}

function receiveRemoval({ positions, rooms, timeline }: App, event: RemovedEvent): void {
  positions.heard(event.room, event.revision)
  rooms.countRemoved(event)
  timeline.remove(event.room, event.seq)
}

/** An event of the server, and the parts of the page that it changes. */
export function receiveEvent(app: App, event: ChatEvent): void {
  app.deviceCopy?.onEvent(event)
  const { outbox, positions, requests, rooms, timeline } = app
  const isHere = 'room' in event && event.room === timeline.room()
  switch (event.type) {
    case 'accepted':
      requests.onAccepted(event)
      return outbox.onAccepted(event)
    case 'refused':
      // Without an id it refuses a resume, which is repeated later.
      if (event.client_id === null) positions.interrupted()
      ifLoaded(app.hold, (hear) => hear(event))
      return requests.onRefused(event) ? undefined : outbox.onRefused(event)
    case 'system':
      ifLoaded(app.hold, (hear) => hear(event))
      return receiveLine(app, event)
    case 'message.removed':
      return receiveRemoval(app, event)
    case 'caught_up':
      return positions.caughtUp(event.room, event.after, event.revision)
    case 'presence':
    case 'online':
    case 'typing':
    case 'member.joined':
    case 'member.left':
    case 'member.changed':
      return ifLoaded(app.people, ({ receive }) => receive(event))
    case 'read':
      rooms.setRead(event)
      return app.readMarker.check()
    case 'reload':
      return void (isHere && timeline.reload())
    case 'pong':
      for (const [room, head] of Object.entries(event.heads)) positions.compare(Number(room), head)
      return
    case 'invitation':
      ifLoaded(app.panel, ({ invited }) => invited(event.invitation))
      return rooms.refresh()
    case 'invitation.ended':
      ifLoaded(app.panel, ({ invitationOver }) => invitationOver(event.room))
      return rooms.refresh()
    case 'room':
      return onOwnRoom(app, event.room)
    case 'room.left':
      rooms.forget(event.room)
      if (isHere) ifLoaded(app.reading, ({ leave }) => leave(event.deleted))
      return rooms.refresh()
    case 'room.changed':
      ifLoaded(app.faces, ({ changeRoom }) => changeRoom(event))
      return rooms.refresh()
    case 'device.link':
    case 'door':
    case 'notice':
      return ifLoaded(app.panel, ({ renewDevices }) => renewDevices())
  }
}

/** One got a room, or one's role in it or choices for it changed. */
function onOwnRoom(app: App, room: RoomSummary): void {
  const { panel, rooms, timeline } = app
  const { comings, id, role } = room
  rooms.set(room)
  ifLoaded(panel, ({ invitationOver }) => invitationOver(id))
  if (id === timeline.room()) {
    Object.assign(list().dataset, { comings, role })
    showHold(app, room)
  }
  rooms.refresh()
}
