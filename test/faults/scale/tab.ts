import { createPositions } from '../../../src/island/timeline/positions'
import type { ClientFrame } from '../../../src/shared/protocol'
import { type Address, dial, type Person, type SocketOptions } from '../../helpers/client'
import { type Heard, readFrame } from '../../helpers/frames'
import { createOrder, type Order } from './order-of-arrival'

/** A message as a tab shows it; `content` is null where it was removed, and unknown in HTML. */
export type Shown = { id: string; revision: number; content: string | null | undefined; at: number }

/** A page with one socket, which keeps its place as the browser does. */
export type Tab = {
  person: Person
  subprotocol: NonNullable<SocketOptions['subprotocol']>
  /** The messages of each room, by their places. */
  view: Map<number, Map<number, Shown>>
  /** Everything that came with a place, in the order of arrival, where that is asked for. */
  arrivals: { at: number; room: number; revision: number }[]
  order: Order
  epochs: Set<string>
  log: string[]
  closeCodes: number[]
  /** Gaps in what was published, which the tab had to ask for. */
  gaps: number
  /** The session has ended: it does not come back. */
  isSignedOut: boolean
  isGreeted: () => boolean
  userId: () => number
  greetings: number
  known: (room: number) => number
  /** False where nothing can be sent. */
  send: (frame: ClientFrame) => boolean
  onAnswer: (answer: Heard & { type: 'accepted' | 'refused' }) => void
  close: () => void
}

type Placed = Exclude<Extract<Heard, { seq: number; revision: number }>, { type: 'accepted' }>

/** Shorter than the browser's, as outages here are shorter. */
const heartbeatMs = 1_000
const answerMsMax = 3_000
const retryMs = (): number => 50 + Math.random() * 200

export function openTab(
  address: Address,
  person: Person,
  subprotocol: Tab['subprotocol'],
  keepsArrivals = false,
): Tab {
  let socket: Bun.WebSocket | null = null
  let answerTimer: Timer | undefined
  let [isGreeted, isClosed, isBehind] = [false, false, false]
  let [epoch, userId] = ['', 0]
  const positions = createPositions((room, after) => {
    if (!isBehind) tab.gaps += 1
    if (process.env.DBG) tab.log.push(`${Math.round(performance.now())}:ASK${after}${isBehind ? 'b' : 'GAP'}`)
    if (!send({ type: 'resume', epoch, rooms: { [room]: after } })) positions.interrupted()
    else tab.order.asked(room, after)
  })
  const send = (frame: ClientFrame): boolean => {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(JSON.stringify(frame))
    return true
  }
  const giveUp = (): void => socket?.terminate()
  const connect = (): void => {
    if (isClosed) return
    const opened = dial(address, person, { subprotocol })
    socket = opened
    tab.order.connected()
    if (process.env.DBG) tab.log.push('CONNECT')
    answerTimer = setTimeout(giveUp, answerMsMax)
    opened.onmessage = ({ data }) => {
      clearTimeout(answerTimer)
      answerTimer = undefined
      const at = performance.now()
      for (const item of readFrame(String(data))) hear(item, at)
    }
    opened.onerror = () => {}
    opened.onclose = ({ code }) => {
      clearTimeout(answerTimer)
      tab.closeCodes.push(code)
      const wasGreeted = isGreeted
      isGreeted = false
      positions.interrupted()
      if (code === 4401) tab.isSignedOut = true
      else if (wasGreeted) setTimeout(connect, retryMs())
      else void mayReturn(address, person).then((may) => {
        if (may) setTimeout(connect, retryMs())
        else tab.isSignedOut = true
      })
    }
  }
  const hear = (item: Heard, at: number): void => {
    const dbg = tab.order.doubled() + tab.order.reordered()
    tab.order.heard(item)
    if (process.env.DBG && tab.order.doubled() + tab.order.reordered() > dbg) console.log('DOUBLED', person.nickname, subprotocol, JSON.stringify(item).slice(0, 150), tab.log.slice(-30).join(' '))
    if (process.env.DBG && item.type !== 'pong' && item.type !== 'presence' && item.type !== 'online') tab.log.push(`${Math.round(at)}:${item.type}${'room' in item ? '' : ''}${'revision' in item ? item.revision : ''}`)
    switch (item.type) {
      case 'hello': {
        epoch = item.epoch
        userId = item.user.id
        tab.epochs.add(epoch)
        for (const { id, revision } of item.rooms) compare(id, revision)
        isGreeted = true
        tab.greetings += 1
        return
      }
      case 'room':
        return compare(item.room.id, item.room.revision)
      case 'caught_up':
        return positions.caughtUp(item.room, item.after, item.revision)
      case 'accepted':
      case 'refused':
        return tab.onAnswer(item)
    }
    if ('seq' in item && 'revision' in item && 'room' in item) learn(item, at)
  }
  const compare = (room: number, revision: number): void => {
    isBehind = true
    if (!tab.view.has(room)) {
      tab.view.set(room, new Map())
      positions.set(room, 0)
    }
    positions.compare(room, revision)
    isBehind = false
  }
  const learn = (item: Placed, at: number): void => {
    const { room, seq, revision } = item
    if (keepsArrivals) tab.arrivals.push({ at, room, revision, ...(process.env.DBG ? { log: tab.log.slice(-20), item: JSON.stringify(item).slice(0,200) } : {}) })
    const shown = tab.view.get(room)
    const before = shown?.get(seq)
    if (shown !== undefined && (before === undefined || before.revision <= revision)) {
      const { id = idOf(item), content } = { id: before?.id, content: contentOf(item) }
      shown.set(seq, { id, revision, content, at: before?.at ?? at })
    }
    positions.heard(room, revision)
  }
  const tab: Tab = {
    ...{ person, subprotocol, send },
    ...{ view: new Map(), arrivals: [], order: createOrder(), epochs: new Set(), closeCodes: [] },
    log: [],
    ...{ gaps: 0, greetings: 0, isSignedOut: false, onAnswer() {} },
    isGreeted: () => isGreeted,
    userId: () => userId,
    known: positions.known,
    close() {
      isClosed = true
      clearInterval(heart)
      socket?.close()
    },
  }
  const heart = setInterval(() => {
    if (answerTimer !== undefined || !isGreeted || !send({ type: 'ping' })) return
    answerTimer = setTimeout(giveUp, answerMsMax)
  }, heartbeatMs)
  connect()
  return tab
}

/** A refused handshake does not say why. */
async function mayReturn({ origin }: Address, { cookie }: Person): Promise<boolean> {
  const answer = await fetch(`${origin}/rooms/1/changes?after=0`, {
    keepalive: false,
    headers: { Cookie: cookie, Accept: 'application/json' },
    signal: AbortSignal.timeout(answerMsMax),
  }).catch(() => null)
  return answer?.status !== 401
}

function idOf(item: Heard): string {
  if (item.type === 'row') return item.id
  return item.type === 'message' || item.type === 'message.changed'
    ? `${item.sender.id}-${item.client_id}`
    : ''
}

function contentOf(item: Heard): Shown['content'] {
  if (item.type === 'message.removed') return null
  return item.type === 'message' || item.type === 'message.changed' ? item.content : undefined
}
