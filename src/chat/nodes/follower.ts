import { liveRow } from '../../../views/messages/live-row'
import { guard } from '../../server/guard'
import { serverLimits } from '../../server/limits'
import { faultOf, type Log } from '../../server/log'
import type { ChatEvent } from '../../shared/protocol'
import type { Followed, NodeStore, Position } from '../../store/nodes'
import type { Message, ServerRole, User } from '../../store/store'
import type { Chat } from '../chat'
import { toEvent } from '../messages/events'
import { asPublication, type PublishChanges } from '../publication'
import { publishJoined, publishOwn } from '../rooms/membership'

/** Further behind than this, pages load a room afresh. */
const behindMax = 5_000
const roomsAtOnce = 200
const frameSize = { rows: serverLimits.catchUpRows, units: serverLimits.catchUpUnitsMax }
/** After the database was away. */
const retryMs = 250

/** The rooms and people who have sockets on this node. */
export type Here = {
  countIn: (room: number) => number
  users: () => number[]
  /** The room that everybody joins. */
  firstRoom: () => number
  isHere: (userId: number) => boolean
  /** All of their sockets are subscribed to the room. */
  isIn: (userId: number, room: number) => boolean
  /** Of their sockets, with the role that the person had. */
  sessionsOf: (userId: number) => { session: string; role: ServerRole }[]
}

export type Follower = {
  /** Publishes own changes, at once where they follow on what was published last. */
  publish: PublishChanges
  /** Reads on in a room, up to a revision or version of its members if they are not known yet. */
  look: (room: number, revision?: number, members?: number) => void
  /**
   * Subscribes a person to a room that they were in at a position; false when it is known that the
   * members have changed since. `isNew`: they have just come in, which is told.
   */
  enter: (userId: number, position: Position, isNew?: boolean) => boolean
  /** The rooms with sockets on this node. */
  rooms: () => number[]
}

/** Up to where a room has been published. */
type Known = { revision: number; members: number; isRead: boolean }

/**
 * Publishes what happens in the rooms that have sockets here, on whichever node: once, and in order
 * with who comes and goes. What this node has written goes out at once where nothing lies between;
 * all else is read, many rooms at once.
 */
export function createFollower(chat: Chat, store: NodeStore, here: Here): Follower {
  const followed = new Map<number, Known>()
  const { want } = createGathering(async (rooms) => {
    const asked = rooms.flatMap((room) => {
      const known = followed.get(room)
      return known === undefined ? [] : [{ room, known }]
    })
    for (const { known } of asked) known.isRead = true
    try {
      const positions = asked.map(({ room, known }) => ({ room, ...known }))
      const found = await store.follow(positions, frameSize)
      for (const one of found) {
        const known = followed.get(one.room)
        // It was left meanwhile, or left and followed again.
        if (known?.isRead !== true) continue
        tell(chat, here, known, one)
        if (one.more) want(one.room)
      }
    } finally {
      for (const { known } of asked) known.isRead = false
    }
  }, chat.log)
  const tell = guard(chat.log, 'follow', tellFound, (_chat, _here, known, found) => {
    known.revision = found.revision
    known.members = found.members
  })
  const look: Follower['look'] = (room, revision = Infinity, members = 0) => {
    const known = followed.get(room)
    if (known === undefined) return
    if (revision > known.revision || members > known.members) want(room)
  }

  return {
    publish({ room, from, to, members }, publication, authors) {
      const known = followed.get(room)
      const isNext = known?.revision === from - 1 && known.members === members
      if (known === undefined || known.isRead || !isNext) return look(room, to)
      chat.publish({ room }, publication, authors)
      known.revision = to
    },
    look,
    enter(userId, { room, revision, members }, isNew = false) {
      const before = followed.get(room)
      if (before !== undefined && members < before.members) return false
      followed.set(room, before ?? { revision, members: members - Number(isNew), isRead: false })
      chat.subscribeUser(userId, room)
      if (before !== undefined) look(room, revision, members)
      // What came since it was read was said to those who followed it already.
      else want(room)
      return true
    },
    rooms() {
      for (const [room] of followed) if (here.countIn(room) === 0) followed.delete(room)
      return [...followed.keys()]
    },
  }
}

/** Does the work for many rooms at once, one batch after another, and again what has failed. */
function createGathering(work: (rooms: number[]) => Promise<void>, log: Log) {
  const due = new Set<number>()
  let isWorking = false
  const workOn = async (): Promise<void> => {
    while (due.size > 0) {
      const rooms = [...due].slice(0, roomsAtOnce)
      for (const room of rooms) due.delete(room)
      await work(rooms).catch(async (fault) => {
        log('follow.failed', { fault: faultOf(fault) })
        for (const room of rooms) due.add(room)
        await Bun.sleep(retryMs)
      })
    }
    isWorking = false
  }
  return {
    want(room: number): void {
      due.add(room)
      if (isWorking) return
      isWorking = true
      setImmediate(() => void workOn())
    },
  }
}

/** Publishes what was read: messages, and between them who came and went. */
function tellFound(chat: Chat, here: Here, known: Known, found: Followed): void {
  const { room, changes, messages } = found
  const isFar = found.revision - known.revision > behindMax
  const left = isFar ? [] : [...messages]
  const isMore = found.more && !isFar
  const tellUntil = (revision: number): void => {
    const end = left.findIndex((message) => message.revision > revision)
    tellMessages(chat, known, found, left.splice(0, end === -1 ? left.length : end))
  }
  for (const change of changes) {
    tellUntil(change.revision)
    // What came between may be still to be read.
    if (isMore && left.length === 0) return
    known.members = change.version
    if (change.isIn) admit(chat, here, room, change.user)
    else expel(chat, room, change.user, found.deleted)
  }
  tellUntil(Infinity)
  if (isFar) chat.publish({ room }, asPublication({ type: 'reload', room }))
  else if (isMore) return
  else if (known.revision < found.revision) {
    chat.publish({ room }, asPublication(closeGap(room, known.revision, found.revision)))
  }
  known.revision = found.revision
}

/** Messages as rows and events, in their order. */
function tellMessages(chat: Chat, known: Known, found: Followed, messages: Message[]): void {
  const { room, name, topic, kind, archived } = found
  const parts: Part[] = []
  const since = known.revision
  for (const message of messages) {
    const { deletedAt, revision, system } = message
    // A message that changed twice comes once.
    if (revision > known.revision + 1)
      parts.push({ event: closeGap(room, known.revision, revision - 1), row: null })
    const row = deletedAt === null && system === null ? message : null
    parts.push({ event: toEvent(message, since), row })
    if (system !== null && factLines.has(system.kind)) {
      const facts = { name, topic, kind, archived }
      parts.push({ event: { type: 'room.changed', room, ...facts }, row: null })
    }
    known.revision = revision
  }
  for (const run of runsOf(parts)) {
    const json = (): string => JSON.stringify(run.map(({ event }) => event))
    const rows = run.flatMap(({ row }) => row ?? [])
    const html = (): string => rows.map((row) => liveRow(row, chat.paths)).join('')
    chat.publish({ room }, { html: rows.length > 0 ? html : json, json })
  }
}

/** What is a row in HTML, else null, and an event in JSON. */
type Part = { event: ChatEvent; row: Message | null }

/** Rows that follow each other share a frame, and so do events. */
function runsOf(parts: Part[]): Part[][] {
  const runs: Part[][] = []
  for (const part of parts) {
    const run = runs.at(-1)
    if (run !== undefined && (run[0]?.row === null) === (part.row === null)) run.push(part)
    else runs.push([part])
  }
  return runs
}

/** The lines that tell of what is on the page of a room beside its messages. */
const factLines: ReadonlySet<string> = new Set(['renamed', 'topic', 'kind', 'archive'])

function closeGap(room: number, after: number, revision: number): ChatEvent {
  return { type: 'caught_up', room, after, revision }
}

/** From now on a new member hears what is said in the room. */
function admit(chat: Chat, here: Here, room: number, user: User): void {
  const isNew = here.isHere(user.id) && !here.isIn(user.id, room)
  chat.subscribeUser(user.id, room)
  if (isNew) void publishOwn(chat, user.id, room)
  // Everybody joins the first room, which is told of them by lines.
  if (room !== here.firstRoom()) publishJoined(chat, room, user)
}

function expel(chat: Chat, room: number, user: User, deleted: string | null): void {
  chat.unsubscribeUser(user.id, room)
  const name = deleted === null ? {} : { deleted }
  chat.publish({ user: user.id }, asPublication({ type: 'room.left', room, ...name }))
  // Of who has left the server each page hears by another way.
  if (deleted === null && user.mark !== 'left')
    chat.publish({ room }, asPublication({ type: 'member.left', room, user: user.id }))
}
