import { announceRows, placeOf, revisionOf, textOf } from '../ui/rows'
import type { RoomSummary } from '../../shared/protocol'
import { fill } from '../../shared/text'
import type { App } from '../app'
import { ifLoaded } from '../lazy'
import { receivePeople } from '../people/people'
import { isMeant } from '../rooms/rooms'
import { completeRow } from '../timeline/rows'
import { onGrown } from './show-room'

/** A frame of HTML arrived: rows of messages, or changes of people. */
export function receiveHtml(app: App, html: string, behind: number): void {
  const template = document.createElement('template')
  template.innerHTML = html // lint: parsed, never shown
  const published = [...template.content.children].filter((part) => part instanceof HTMLElement)
  const rows = published.filter((part) => part.matches('article'))
  const people = published.filter((part) => part.matches('.person'))
  const changed = published.filter((part) => part.matches('.person-changed'))
  if (changed.length > 0) {
    ifLoaded(app.faces, (faces) => faces.changePeople(changed))
  }
  if (rows.length > 0) receiveMessages(app, rows, behind)
  if (people.length > 0) receivePeople(app.page, people)
}

/** Messages of one room arrived, oldest first; `behind` more of them wait in the inbox. */
function receiveMessages(app: App, rows: HTMLElement[], behind: number): void {
  const { deviceCopy, muted, page, positions, rooms, timeline, typing } = app
  const fresh: HTMLElement[] = []
  for (const row of rows) {
    completeRow(page, row)
    const { room } = placeOf(row)
    positions.heard(room, revisionOf(row))
    deviceCopy?.changed(room, revisionOf(row))
    typing.arrived(Number(row.dataset.user))
    if (document.getElementById(`room-${room}`) === null) rooms.refresh()
    if (rooms.count(row)) notify(app, row)
    if (timeline.receive(row)) fresh.push(row)
  }
  const others = fresh.filter((row) => Number(row.dataset.user) !== page.user?.id)
  announceRows(
    page,
    others.filter((row) => !muted.has(Number(row.dataset.user))),
  )
  if (fresh.length > 0) timeline.append(fresh, others.length, behind)
  onGrown(app)
}

/** A sound for a message that the reader does not see arrive and wants to hear about. */
function notify(app: App, row: HTMLElement): void {
  const { muted, page, readMarker, rooms, sound, timeline } = app
  const room = rooms.find(placeOf(row).room)
  const isSeen = room?.id === timeline.room() && readMarker.isWatched()
  if (room === undefined || isSeen || muted.has(Number(row.dataset.user))) return
  const meant = isMeant(page, row, room)
  if (room.notify === 'nothing' || (room.notify === 'mentions' && !meant)) return
  const kind = room.kind === 'direct' ? 'private' : meant ? 'mention' : 'talk'
  sound?.play(kind, { title: noticeTitle(app, row, room), text: textOf(row) })
}

function noticeTitle({ page }: App, row: HTMLElement, room: RoomSummary): string {
  const name = row.querySelector('.msg__meta bdi')?.textContent ?? ''
  return room.kind === 'direct' ? name : fill(page.words.noticeTitle, { name, room: room.name })
}
