import type { ChatEvent } from '../../shared/protocol'
import { element } from '../ui/page'
import type { Parts } from '../app'
import { removePerson, setPresence } from '../people/people'

/** What the server says, to whom it belongs on this page. */
export function hear(parts: Parts, event: ChatEvent): void {
  const { asks, page, timeline, outbox, rooms, switching, typing } = parts
  switch (event.type) {
    case 'accepted':
      asks.onAccepted(event)
      return outbox.onAccepted(event)
    case 'refused':
      // Not about a message: a question for changes was refused, and is asked again later.
      if (event.client_id === null) timeline.positions.interrupted()
      if (asks.onRefused(event)) return
      return outbox.onRefused(event)
    case 'message.removed':
      switching.forgetSlips(event.room)
      return timeline.remove(event.room, event.seq, event.revision)
    case 'caught_up':
      return timeline.positions.caughtUp(event.room, event.after, event.revision)
    case 'presence':
      return setPresence(page, event.user, event.state)
    case 'online':
      return rooms.online(event.room, event.count)
    case 'typing':
      return typing.heard(event.room, event.user, event.active)
    case 'read':
      return rooms.read(event.room, event.seq, event.unread, event.mentions)
    case 'reload':
      switching.forget(event.room)
      return void (event.room === timeline.room() && timeline.reload())
    case 'pong':
      for (const [room, head] of Object.entries(event.heads)) {
        timeline.positions.compare(Number(room), head)
      }
      return
    default:
      return hearMembership(parts, event)
  }
}

function hearMembership(parts: Parts, event: ChatEvent): void {
  const { page, timeline, rooms, switching } = parts
  switch (event.type) {
    case 'room':
      rooms.set(event.room)
      return rooms.refresh()
    case 'room.left':
      rooms.forget(event.room)
      switching.forget(event.room)
      if (event.room === timeline.room()) switching.leave()
      return rooms.refresh()
    case 'room.changed':
      switching.forget(event.room)
      if (event.room === timeline.room()) rename(parts, event.name, event.topic)
      return rooms.refresh()
    case 'member.left':
      if (event.room === timeline.room()) removePerson(page, event.user)
  }
}

function rename({ title }: Parts, name: string, topic: string): void {
  const head = element('head', HTMLElement)
  head.querySelector('h1 bdi')?.replaceChildren(name)
  head.querySelector('p')?.replaceChildren(topic)
  const { dataset } = element('timeline', HTMLElement)
  dataset.name = name
  dataset.title = `#${name}`
  title.setRoom(dataset.title)
}
