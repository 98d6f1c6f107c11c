import type { ChatEvent } from '../../shared/protocol'
import type { App } from '../app'
import { removePerson, setPresence } from '../people/people'
import { element } from '../ui/dom'

/** An event of the server, and the parts of the page that it changes. */
export function receiveEvent(app: App, event: ChatEvent): void {
  app.deviceCopy?.onEvent(event)
  const { outbox, page, positions, requests, rooms, timeline, typing } = app
  switch (event.type) {
    case 'accepted':
      requests.onAccepted(event)
      return outbox.onAccepted(event)
    case 'refused':
      // Without an id it refuses a resume, which is repeated later.
      if (event.client_id === null) positions.interrupted()
      if (requests.onRefused(event)) return
      return outbox.onRefused(event)
    case 'message.removed':
      positions.heard(event.room, event.revision)
      return timeline.remove(event.room, event.seq)
    case 'caught_up':
      return positions.caughtUp(event.room, event.after, event.revision)
    case 'presence':
      return setPresence(page, event.user, event.state)
    case 'online':
      return rooms.setOnline(event.room, event.count)
    case 'typing':
      return typing.onTyping(event.room, event.user, event.active)
    case 'read':
      return rooms.setRead(event.room, event.seq, event.unread, event.mentions)
    case 'reload':
      return void (event.room === timeline.room() && timeline.reload())
    case 'pong':
      for (const [room, head] of Object.entries(event.heads)) positions.compare(Number(room), head)
      return
    default:
      return receiveRoomEvent(app, event)
  }
}

function receiveRoomEvent(app: App, event: ChatEvent): void {
  const { page, rooms, switcher, timeline } = app
  switch (event.type) {
    case 'room':
      rooms.set(event.room)
      return rooms.refresh()
    case 'room.left':
      rooms.forget(event.room)
      if (event.room === timeline.room()) switcher.leave()
      return rooms.refresh()
    case 'room.changed':
      if (event.room === timeline.room()) renameRoom(app, event.name, event.topic)
      return rooms.refresh()
    case 'member.left':
      if (event.room === timeline.room()) removePerson(page, event.user)
  }
}

function renameRoom({ title }: App, name: string, topic: string): void {
  const head = element('head', HTMLElement)
  head.querySelector('h1 bdi')?.replaceChildren(name)
  head.querySelector('p')?.replaceChildren(topic)
  const { dataset } = element('timeline', HTMLElement)
  dataset.name = name
  dataset.title = `#${name}`
  title.setRoom()
}
