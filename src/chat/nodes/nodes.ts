import { guard } from '../../server/guard'
import { faultOf } from '../../server/log'
import type { NodeStore } from '../../store/nodes'
import { storageReasonOf } from '../../store/storage-fault'
import type { Chat, Nodes } from '../chat'
import type { PublishChanges } from '../publication'
import { publishMarker } from '../rooms/read-markers'
import { createFollower, type Here } from './follower'
import { actOn, enterRooms } from './hints'

/** How often is looked for what no message told: more often while none arrives. */
const pollMs = 1_000
const pollsWhileUp = 5
const pollsPerTidying = 300
/** A job is taken over from a node that was silent for so long. */
const jobMs = 8_000

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
  const lookForMarkers = createMarkers(chat, store, here)
  const poll = async (hasGap = false): Promise<void> => {
    const epoch = chat.store.epoch
    if ((await store.readEpoch()) !== epoch) onNewEpoch()
    if (await hints.hasMissed()) onNewEpoch()
    for (const { room, revision, members } of await store.heads(follower.rooms()))
      follower.look(room, revision, members)
    await lookForMarkers(hasGap)
    await hints.read()
  }
  const tryTo = (work: () => Promise<void>): Promise<void> =>
    work().catch((fault) => chat.log('nodes.failed', { fault: faultOf(fault) }))
  const stop = startPolling(store, tryTo, poll)
  const hear = (text: string): void => {
    const [kind, first, second] = text.split(' ')
    const [room, number] = [Number(first), Number(second)]
    if (kind === 'room') follower.look(room, number)
    else if (kind !== 'read') void tryTo(hints.read)
    else if (here.isHere(number)) void tryTo(() => publishMarker(chat, number, room))
  }
  bus.subscribe('hints', guard(chat.log, 'hints', hear), () => void tryTo(() => poll(true)))
  const say = createSaying(bus)
  void tryTo(hints.start)

  return {
    publishChanges(span, publication, authors) {
      follower.publish(span, publication, authors)
      say(span.room, span.to)
    },
    look(room) {
      follower.look(room)
      void tryTo(hints.read)
    },
    moved: (userId, room) => bus.send('hints', `read ${room} ${userId}`),
    async enter(userId) {
      await hints.start()
      await enterRooms({ store, follower }, userId)
    },
    does: (job) => store.claim(job, jobMs),
    poll,
    stop,
  }
}

type Try = (work: () => Promise<void>) => Promise<void>

/** Gives what stops it. */
function startPolling({ bus, claim, tidy }: NodeStore, tryTo: Try, poll: () => Promise<void>) {
  let [polls, isPolling] = [0, false]
  const timer = setInterval(async () => {
    polls += 1
    if (isPolling || (bus.isUp() && polls % pollsWhileUp !== 0)) return
    isPolling = true
    await tryTo(poll)
    if (polls % pollsPerTidying === 0 && (await claim('hints', jobMs).catch(() => false)))
      await tryTo(tidy)
    isPolling = false
  }, pollMs)
  return () => clearInterval(timer)
}

/** A lost connection is noticed after some time. */
const unnoticedMs = 3_000

/** Publishes the read markers that were moved while no message came. */
function createMarkers(chat: Chat, { bus, movedLately }: NodeStore, here: Here) {
  let knownUntil = performance.now()
  return async (hasGap: boolean): Promise<void> => {
    const now = performance.now()
    if (bus.isUp() && !hasGap) return void (knownUntil = now - unnoticedMs)
    const moved = await movedLately(here.users(), now - knownUntil + pollMs)
    knownUntil = now
    for (const { user, room } of moved) await publishMarker(chat, user, room)
  }
}

/** Reads the hints that were written since the last time, one reader after another. */
function createReading(acting: Parameters<typeof actOn>[0]) {
  const { chat, store } = acting
  let seen: number | null = null
  let starting: Promise<void> | null = null
  /** From here on everything is acted on. */
  const start = (): Promise<void> =>
    (starting ??= store.newestHint().then(
      (id) => void (seen = id),
      (fault) => {
        starting = null
        throw fault
      },
    ))
  const readAll = async (): Promise<void> => {
    await start()
    const found = await store.hintsAfter(seen ?? 0)
    for (const hint of found) {
      await actOn(acting, hint).catch((fault) => {
        // It is read again with the next ones: a session that has ended must not keep its socket.
        if (storageReasonOf(fault) === 'away') throw fault
        chat.log('hint.failed', { where: hint.kind, fault: faultOf(fault) })
      })
      seen = hint.id
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
  /** Whether it has slept for longer than hints are kept: then it begins afresh. */
  const hasMissed = async (): Promise<boolean> => {
    if (seen === null || !(await store.isForgotten(seen))) return false
    seen = await store.newestHint()
    return true
  }
  return { start, read, hasMissed }
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
