import { ChatError, toProblem } from '../../server/errors'
import { faultOf } from '../../server/log'
import { consumeForUser, type RateLimits } from '../../server/rate-limits'
import type { Chat, Visitor } from '../chat'
import { isSignedIn } from '../people/account'
import { asPublication } from '../publication'

/** Forward to `seq`, or back to before it. */
type Move = { type: 'read' | 'unread'; room: number; seq: number }
/** With the session of the device that moves it, which may end while it waits. */
type WaitingMove = Move & { session: string }

/** Rooms of one person whose markers may wait at once. */
const waitingRoomsMax = 50

/** Moves the read markers of people. */
export type ReadMarkers = {
  /** No effect in a room the person is not in. Throws `too_many` when too many rooms wait. */
  move: (visitor: Pick<Visitor, 'user' | 'address' | 'session'>, move: Move) => void
  /** Writes what still waits. */
  close: () => Promise<void>
}

/**
 * Gathers the moves of a turn, and writes the last one of each room. A person who moves markers too
 * fast is not refused but waits, so that a marker always ends where it was set last.
 */
export function createReadMarkers(chat: Chat, rateLimits: RateLimits): ReadMarkers {
  type Waiting = { visitor: Pick<Visitor, 'user' | 'address'>; moves: Map<number, WaitingMove> }
  const waiting = new Map<number, Waiting>()
  let isClosing = false

  const write = async ({ visitor, moves }: Waiting): Promise<void> => {
    for (const [room, move] of moves) {
      const waitMs = isClosing ? 0 : waitOf(rateLimits, visitor)
      if (waitMs > 0) return void setTimeout(() => void write({ visitor, moves }), waitMs)
      moves.delete(room)
      await moveReadMarker(chat, visitor.user.id, move)
    }
    waiting.delete(visitor.user.id)
  }

  return {
    move(visitor, move) {
      const { moves } = waiting.get(visitor.user.id) ?? { moves: new Map<number, WaitingMove>() }
      const earlier = moves.get(move.room)
      if (earlier === undefined && moves.size >= waitingRoomsMax) throw new ChatError('too_many')
      moves.set(move.room, laterOf(earlier, { ...move, session: visitor.session }))
      if (waiting.has(visitor.user.id)) return
      const own = { visitor, moves }
      waiting.set(visitor.user.id, own)
      setImmediate(() => void write(own))
    },
    async close() {
      isClosing = true
      await Promise.all([...waiting.values()].map(write))
    },
  }
}

/** Two that move forward may come in any order. */
function laterOf(earlier: WaitingMove | undefined, move: WaitingMove): WaitingMove {
  const isBehind = earlier?.type === 'read' && move.type === 'read' && earlier.seq > move.seq
  return isBehind ? earlier : move
}

/** Takes a token, or gives the milliseconds until there is one. */
function waitOf(rateLimits: RateLimits, visitor: Pick<Visitor, 'user' | 'address'>): number {
  try {
    consumeForUser(rateLimits, 'markers', visitor)
    return 0
  } catch (problem) {
    if (problem instanceof ChatError) return problem.retryMs ?? 0
    throw problem
  }
}

/** Never throws: nobody waits for an answer. */
async function moveReadMarker(chat: Chat, userId: number, move: WaitingMove): Promise<void> {
  const { markRead, markUnread } = chat.store.rooms
  const member = { roomId: move.room, userId }
  try {
    if (!(await isSignedIn(chat, move))) return
    if (move.type === 'unread') await markUnread(member, move.seq)
    else if (!(await markRead(member, move.seq))) return
    await publishMarker(chat, userId, move.room)
  } catch (fault) {
    const problem = toProblem(fault)
    if (problem !== null) chat.log('refused', { where: move.type, code: problem.code })
    else chat.log('fault', { where: `markers.${move.type}`, fault: faultOf(fault) })
  }
}

/** Tells all devices of a person what is unread in a room: if so, only where `seq` is. */
export async function publishMarker(
  chat: Chat,
  user: number,
  room: number,
  seq = Number.POSITIVE_INFINITY,
): Promise<void> {
  const found = await chat.store.rooms.find(user, room)
  if (found === null || found.readSeq >= seq) return
  chat.nodes?.moved(user, room)
  const { readSeq, unread, mentions } = found
  const event = { type: 'read', room, seq: readSeq, unread, mentions } as const
  chat.publish({ user }, asPublication(event))
}
