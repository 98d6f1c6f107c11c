import { guard } from '../../server/guard'
import { faultOf } from '../../server/log'
import type { NodeStore } from '../../store/nodes'
import type { Chat, Nodes } from '../chat'
import type { PublishChanges } from '../publication'
import { publishMarker } from '../rooms/read-markers'
import { createFollower, type Here } from './follower'
import { actOn, enterRooms } from './hints'

/** How often is looked for what no message told: more often while none arrives. */
const pollMs = 1_000
const pollsWhileUp = 5
/** A job is taken over from a node that was silent for so long. */
const jobMs = 20_000

type Running = Nodes & {
  publishChanges: PublishChanges
  /** What this node looks for from time to time. */
  poll: () => Promise<void>
  stop: () => void
}

/**
 * Keeps this node in step with the others. Messages on the bus say where to look again; what such a
 * message would have said is found by polling, too. `onNewEpoch`: pages must start afresh.
 */
export function startNodes(
  chat: Chat,
  store: NodeStore,
  here: Here,
  onNewEpoch: () => void,
): Running {
  const { bus } = store
  const follower = createFollower(chat, store, here)
  const hints = createReading({ chat, store, here, follower })
  const poll = async (): Promise<void> => {
    const epoch = chat.store.epoch
    if ((await store.readEpoch()) !== epoch) onNewEpoch()
    for (const { room, revision, members } of await store.heads(follower.rooms()))
      follower.look(room, revision, members)
    await hints.read()
  }
  const tryTo = (work: () => Promise<void>): void => {
    work().catch((fault) => chat.log('nodes.failed', { fault: faultOf(fault) }))
  }
  let polls = 0
  const timer = setInterval(() => {
    polls += 1
    if (!bus.isUp() || polls % pollsWhileUp === 0) tryTo(poll)
  }, pollMs)
  const hear = (text: string): void => {
    const [kind, first, second] = text.split(' ')
    const [room, number] = [Number(first), Number(second)]
    if (kind === 'room') follower.look(room, number)
    else if (kind === 'read') tryTo(() => publishMarker(chat, number, room))
    else tryTo(hints.read)
  }
  bus.subscribe('hints', guard(chat.log, 'hints', hear), () => tryTo(poll))
  const say = createSaying(bus)

  return {
    publishChanges(span, publication, authors) {
      follower.publish(span, publication, authors)
      say(span.room, span.to)
    },
    look(room) {
      follower.look(room)
      tryTo(hints.read)
    },
    moved: (userId, room) => bus.send('hints', `read ${room} ${userId}`),
    enter: (userId) => enterRooms({ store, follower }, userId),
    does: (job) => store.claim(job, jobMs),
    poll,
    stop: () => clearInterval(timer),
  }
}

/** Reads the hints that were written since the last time, one reader after another. */
function createReading(acting: Parameters<typeof actOn>[0]) {
  const { chat, store } = acting
  let seen: number | null = null
  const readAll = async (): Promise<void> => {
    seen ??= await store.newestHint()
    const found = await store.hintsAfter(seen)
    for (const hint of found) {
      seen = hint.id
      await actOn(acting, hint).catch((fault) =>
        chat.log('hint.failed', { where: hint.kind, fault: faultOf(fault) }),
      )
    }
    if (found.length > 0) await readAll()
  }
  let running: Promise<void> | null = null
  let next: Promise<void> | null = null
  /** Done when everything was acted on that had been written when this was called. */
  const read = (): Promise<void> => {
    if (running === null) return (running = readAll().finally(() => (running = null)))
    const after = running.catch(() => {})
    next ??= after.then(() => {
      next = null
      return read()
    })
    return next
  }
  return { read }
}

/** Tells the other nodes how far rooms have come, the same room once in a turn. */
function createSaying({ send }: NodeStore['bus']) {
  const rooms = new Map<number, number>()
  return (room: number, revision: number): void => {
    if (rooms.size === 0) {
      setImmediate(() => {
        for (const [id, newest] of rooms) send('hints', `room ${id} ${newest}`)
        rooms.clear()
      })
    }
    rooms.set(room, Math.max(revision, rooms.get(room) ?? 0))
  }
}
