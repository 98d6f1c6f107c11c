import type { Bus } from '../../server/bus'
import { guard } from '../../server/guard'
import type { ChatEvent } from '../../shared/protocol'
import type { Chat } from '../chat'
import { gatherByRoom } from '../publication'

/** Often enough to look live. */
const flushMs = 250

/** Publishes who is typing; never stored. */
export type Typing = {
  /** The caller has checked that the user is a member of the room. */
  mark: (room: number, user: number, isActive: boolean) => void
  close: () => void
}

/** Of one frame to the other nodes, which take less than 8,000 bytes. */
const peoplePerMessage = 250

/** What a node tells the others: who types in a room, and who has stopped. */
type Told = { room: number; people: [user: number, isActive: boolean][] }

/**
 * However many people type, a room gets one frame a few times a second from each node; what is lost
 * between nodes is not told again.
 */
export function createTyping(
  chat: Pick<Chat, 'publishIfIdle' | 'log'>,
  bus: Bus | null = null,
): Typing {
  const publish = ({ room, people }: Told): void => {
    const toEvent = ([user, active]: Told['people'][number]): ChatEvent => ({
      type: 'typing',
      room,
      user,
      active,
    })
    chat.publishIfIdle(room, JSON.stringify(people.map(toEvent)))
  }
  const flush = (room: number, changes: Map<number, boolean>): void => {
    const people = [...changes]
    publish({ room, people })
    for (let n = 0; bus !== null && n < people.length; n += peoplePerMessage) {
      const told: Told = { room, people: people.slice(n, n + peoplePerMessage) }
      bus.send('typing', JSON.stringify(told))
    }
  }
  bus?.subscribe(
    'typing',
    guard(chat.log, 'typing.hear', (text: string) => publish(JSON.parse(text))),
  )
  const changes = gatherByRoom(flushMs, guard(chat.log, 'typing', flush))
  return {
    mark: (room, user, isActive) => void changes.of(room).set(user, isActive),
    close: changes.close,
  }
}
