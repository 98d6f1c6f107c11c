import type { ChatEvent } from '../../shared/protocol'
import { createPaths } from '../../shared/paths'
import type { Listener } from '../net/connection'
import { hear } from './events'
import { isRemembered } from '../timeline/insert'
import { type LazyParts, loadLazy, whenThere } from '../lazy'
import { fillIn } from '../timeline/live-row'
import type { Parts } from '../app'
import { receivePeople } from '../people/people'
import { createRenewal } from './renewal'
import { isMeant } from '../rooms/rooms'
import { isLoggingOut } from '../people/sign-in'
import { noticeOf } from '../device/sound'
import { limits } from '../../shared/limits'

/** What the connection brings, and where on the page it goes. */
export function listen(
  parts: Parts,
  on: { greeted: () => void; state: (isOpen: boolean) => void },
): Listener {
  const { page, timeline, outbox, rooms } = parts
  const renew = createRenewal(parts)
  let isFirst = true
  return {
    onHello(hello) {
      if (hello.epoch !== page.epoch) return location.reload()
      if (hello.build !== page.build) renew(hello.build)
      rooms.greet(hello.rooms)
      parts.history?.greeted()
      comparePositions(parts, hello)
      outbox.flush()
      on.greeted()
      if (!isFirst) withFaces(parts, (faces) => faces.renewSoon(parts))
      isFirst = false
    },
    onEvent(event) {
      hear(parts, event)
      parts.history?.onEvent(event)
    },
    onHtml(html, behind) {
      const { rows, people, changed } = parse(html)
      for (const row of rows) fillIn(page, row)
      if (changed.length > 0) changePeople(parts, changed)
      parts.history?.heard(rows)
      if (rows.length > 0) timeline.receive(rows, behind)
      if (people.length > 0) receivePeople(page, people)
    },
    onState(isOpen) {
      on.state(isOpen)
      if (isOpen) return
      outbox.interrupted()
      parts.asks.interrupted()
      timeline.positions.interrupted()
    },
    onSignedOut() {
      // Whoever logs out here waits for the answer, which takes the cookies away.
      if (!isLoggingOut()) location.assign(createPaths(page.base).home())
    },
  }
}

/** Somebody has another name or picture; rooms kept in memory are fetched anew. */
function changePeople(parts: Parts, changed: HTMLElement[]): void {
  parts.switching.forgetAll()
  withFaces(parts, (faces) => faces.changePeople(parts, changed))
}

function withFaces({ page }: Parts, work: (faces: LazyParts['faces']) => void): void {
  whenThere(() => loadLazy(page, 'faces'), work)
}

/** Every message that is heard, of whatever room, perhaps not for the first time. */
export function receiveRow(parts: Parts, row: HTMLElement): void {
  const { rooms, switching, timeline, typing } = parts
  typing.arrived(Number(row.dataset.user))
  const { writtenIn } = row.dataset
  // It belongs between rows that are kept in memory: that room is fetched anew.
  if (writtenIn !== undefined && Number(writtenIn) !== timeline.room()) {
    switching.forget(Number(writtenIn))
  }
  const room = Number(row.dataset.room)
  if (document.getElementById(`room-${room}`) === null) rooms.refresh()
  if (rooms.heard(row)) callFor(parts, row)
}

/** A sound for what is meant for me, unless I am reading it or do not want to hear of it. */
function callFor({ mute, page, reading, rooms, sound, timeline }: Parts, row: HTMLElement): void {
  const room = rooms.find(Number(row.dataset.room))
  const isRead = room?.id === timeline.room() && reading.isWatched()
  if (room === undefined || isRead || mute.has(Number(row.dataset.user))) return
  const meant = isMeant(page, row, room)
  if (room.notify === 'nothing' || (room.notify === 'mentions' && !meant)) return
  const kind = room.kind === 'direct' ? 'private' : meant ? 'mention' : 'talk'
  sound?.call(kind, noticeOf(page, row, room))
}

/** What was missed is replayed; when that is more than a page keeps, a fresh page is cheaper. */
function comparePositions({ timeline }: Parts, hello: ChatEvent & { type: 'hello' }): void {
  for (const { id, revision } of hello.rooms) {
    const behind = revision - timeline.positions.known(id)
    const isFar = behind > limits.catchUpBrowserRevisionsMax || isRemembered()
    if (id === timeline.room() && isFar) void timeline.reload()
    else timeline.positions.compare(id, revision)
  }
}

/** Sorts published HTML by what it is: rows of messages, lines of people. */
function parse(html: string): Record<'rows' | 'people' | 'changed', HTMLElement[]> {
  const template = document.createElement('template')
  template.innerHTML = html // lint: parsed, never shown
  const published = [...template.content.children].filter((part) => part instanceof HTMLElement)
  return {
    rows: published.filter((part) => part.matches('article')),
    people: published.filter((part) => part.matches('.person')),
    changed: published.filter((part) => part.matches('.person-changed')),
  }
}
