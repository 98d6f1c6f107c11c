import type { Server } from 'bun'
import type { Audience, Publication, Publish } from '../chat/publication'
import { type Connections, type SocketState, type Subprotocol, topicOf } from './connections'

/** With more sockets in a room, its authors get their answers before the others are told. */
const largeRoomMin = 1_000
/** How long the others wait: the answers are on their way then. */
const othersWaitMs = 10

/** Publications of a large room that wait, the oldest first. */
type Waiting = {
  publications: Rendered[]
  /** How many of them the authors of some have already. */
  given: Map<number, number>
  timer: Timer
}

type Rendered = (subprotocol: Subprotocol) => string

/** Publishing, in order for each room. */
export type Publishing = {
  publish: Publish
  /** Publishes what waits in a room, or in all. */
  flush: (room?: number) => void
}

/**
 * Makes what publishes to the sockets of `servers`. In a large room a publication with authors is
 * sent to them at once, with everything that waits before it, and a moment later to the others:
 * handing a message to 4,000 sockets takes longer than storing it.
 */
export function createPublishing(
  servers: () => Iterable<Server<SocketState>>,
  connections: Pick<Connections, 'countIn' | 'ofUser'>,
  { largeMin, waitMs }: { largeMin: number; waitMs: number } = {
    largeMin: largeRoomMin,
    waitMs: othersWaitMs,
  },
): Publishing {
  const rooms = new Map<number, Waiting>()

  const ofUserIn = (room: number, userId: number) =>
    connections.ofUser(userId).filter((socket) => socket.data.rooms.has(room))

  const waitIn = (room: number): Waiting => {
    const timer = setTimeout(() => flush(room), waitMs)
    const waiting = { publications: [], given: new Map<number, number>(), timer }
    rooms.set(room, waiting)
    return waiting
  }

  const give = (room: number, { publications, given }: Waiting, userId: number): void => {
    const next = publications.slice(given.get(userId) ?? 0)
    given.set(userId, publications.length)
    for (const socket of ofUserIn(room, userId)) {
      const texts = next.map((publication) => publication(socket.data.subprotocol))
      for (const text of texts) if (text !== '') socket.send(text)
    }
  }

  const flushRoom = (room: number, waiting: Waiting): void => {
    clearTimeout(waiting.timer)
    rooms.delete(room)
    const authors = [...waiting.given.keys()].flatMap((userId) => ofUserIn(room, userId))
    for (const userId of waiting.given.keys()) give(room, waiting, userId)
    // They have everything, so the topic is published without them.
    for (const socket of authors) socket.unsubscribe(topicOf({ room }, socket.data.subprotocol))
    for (const publication of waiting.publications) publishNow(servers(), { room }, publication)
    for (const socket of authors) socket.subscribe(topicOf({ room }, socket.data.subprotocol))
  }

  const flush = (room?: number): void => {
    for (const [id, waiting] of rooms) if (room === undefined || id === room) flushRoom(id, waiting)
  }

  const publish: Publish = (audience, publication, authors = []) => {
    const rendered = renderOnce(publication)
    if (audience === 'everyone') flush()
    const room = typeof audience === 'object' && 'room' in audience ? audience.room : null
    if (room === null) return publishNow(servers(), audience, rendered)
    if (authors.length === 0 || connections.countIn(room) < largeMin) {
      flush(room)
      return publishNow(servers(), audience, rendered)
    }
    const waiting = rooms.get(room) ?? waitIn(room)
    waiting.publications.push(rendered)
    for (const userId of authors) give(room, waiting, userId)
  }

  return { publish, flush }
}

/** Renders at most once per subprotocol. */
function renderOnce(publication: Publication): Rendered {
  const texts = new Map<Subprotocol, string>()
  return (subprotocol) => {
    const text = texts.get(subprotocol) ?? publication[subprotocol]()
    texts.set(subprotocol, text)
    return text
  }
}

/** Renders nothing that nobody is subscribed to. */
function publishNow(
  servers: Iterable<Server<SocketState>>,
  audience: Audience,
  rendered: Rendered,
): void {
  for (const subprotocol of ['html', 'json'] as const) {
    const topic = topicOf(audience, subprotocol)
    for (const server of servers) {
      if (server.subscriberCount(topic) === 0) continue
      const text = rendered(subprotocol)
      if (text !== '') server.publish(topic, text)
    }
  }
}
