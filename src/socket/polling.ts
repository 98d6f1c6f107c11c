import type { Visitor } from '../chat/chat'
import { isSignedIn } from '../chat/people/account'
import type { Presence } from '../chat/people/presence'
import { createHello } from '../chat/rooms/rooms'
import { awake } from '../server/awake'
import { ChatError } from '../server/errors'
import { serverLimits } from '../server/limits'
import type { ChatEvent } from '../shared/protocol'
import type { Peer, Socket, SocketState } from './connections'
import { hear, type SocketDeps } from './dispatch'

/** A hidden tab may wake only once a minute. */
const stayMs = 65_000

/** A browser that polls: it counts as one socket of its person. */
type Poller = { userId: number; address: string; isAway: boolean; cancel: () => void }

/** The browsers that poll, by session. */
export type Pollers = {
  /** A session was heard of: its person is online, for a while. */
  hear: (visitor: Visitor, rooms: Set<number>) => Poller
  /** Sessions of a person have ended, or all of them. */
  end: (userId: number, sessions?: string[]) => void
  addressesOf: (userId: number) => string[]
}

/** Makes the registry, which tells who is online. */
export function createPollers({ arrive, leave }: Pick<Presence, 'arrive' | 'leave'>): Pollers {
  const pollers = new Map<string, Poller>()
  const end = (session: string, { userId, isAway, cancel }: Poller): void => {
    cancel()
    pollers.delete(session)
    leave(userId, isAway)
  }
  return {
    hear({ user, session, address }, rooms) {
      const known = pollers.get(session)
      if (known === undefined) arrive(user, rooms)
      const poller = known ?? { userId: user.id, address, isAway: false, cancel: () => {} }
      poller.cancel()
      poller.cancel = awake.after(stayMs, () => end(session, poller))
      pollers.set(session, poller)
      return poller
    },
    end(userId, sessions) {
      for (const [session, poller] of pollers)
        if (poller.userId === userId && (sessions?.includes(session) ?? true)) end(session, poller)
    },
    addressesOf: (userId) =>
      [...pollers.values()].flatMap((one) => (one.userId === userId ? [one.address] : [])),
  }
}

/**
 * What a socket carries, by requests: answers one frame with the frames that a socket would be sent
 * in reply, and an empty text with `hello`. Throws `frame_large`, `internal` and `not_signed_in`.
 */
export function createExchange(deps: SocketDeps & { pollers: Pollers }) {
  const { chat, pollers } = deps
  return async (visitor: Visitor, text: string): Promise<string[]> => {
    if (Buffer.byteLength(text) > serverLimits.frameBytesMax) throw new ChatError('frame_large')
    const heads = await chat.store.rooms.heads(visitor.user.id)
    if (!(await isSignedIn(chat, visitor))) throw new ChatError('not_signed_in')
    const rooms = new Set(heads.map(({ id }) => id))
    const poller = pollers.hear(visitor, rooms)
    if (text === '') return [JSON.stringify([await createHello(chat, visitor.user)])]
    return reply(deps, { visitor, rooms, poller }, text)
  }
}

type Asking = { visitor: Visitor; rooms: Set<number>; poller: Poller }

async function reply(
  deps: SocketDeps,
  { visitor, rooms, poller }: Asking,
  text: string,
): Promise<string[]> {
  const frames: string[] = []
  let [size, hasFault] = [0, false]
  const data: SocketState = {
    visitor,
    subprotocol: 'html',
    rooms,
    get isAway() {
      return poller.isAway
    },
    set isAway(isAway) {
      poller.isAway = isAway
    },
    heardAt: performance.now(),
    isOpen: true,
    outgoing: [],
    catchingUp: Promise.resolve(),
    changing: Promise.resolve(),
  }
  const peer: Peer = {
    data,
    send(sent) {
      const frame = String(sent)
      frames.push(frame)
      size += frame.length
      // Further changes are left out, and a fresh page takes their place.
      if (size > serverLimits.outboundBytesMax) data.isOpen = false
      return size
    },
    cork: (work) => work(peer as Socket),
    close: () => void (hasFault = true),
    getBufferedAmount: () => 0,
  }
  await hear(deps, peer, text)
  if (hasFault) throw new ChatError('internal')
  if (data.isOpen) return frames
  return [
    ...frames,
    JSON.stringify([...rooms].map((room): ChatEvent => ({ type: 'reload', room }))),
  ]
}
