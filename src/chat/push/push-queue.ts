import { serverLimits } from '../../server/limits'
import { faultOf } from '../../server/log'
import type { PushWish } from '../../store/store'
import type { Chat, Push } from '../chat'
import { createDelivery, type Delivered } from './delivery'
import { createVapid } from './vapid'

/** Messages of a room that follow each other closely are told once. */
const gatherMs = 300
/** Notices that wait, of all push services and of one, and of one that does not answer. */
const waitingMax = 20_000
const lineMax = 5_000
const failingLineMax = 100
/** Sent at once, in all and to one push service. */
const sendingMax = 32
const sendingPerLine = 8
const attemptsMax = 5
/** A notice that is older is not sent any more. */
const ageMsMax = 10 * 60_000
const backoffMsMin = 1_000
const backoffMsMax = 5 * 60_000
/** How often it is looked whether a wait is over. */
const tickMs = 200
/** Some push services want an address, which a server without a public URL does not have. */
const nobody = 'mailto:operator@chatroom.invalid'

type Waiting = PushWish & {
  room: number
  attempts: number
  since: number
  /** Not before: the person was at an open page, or it is an other attempt. */
  at: number
  wasPresent: boolean
}

/** What waits for one push service, of each device and room the newest. */
type Line = { waiting: Map<string, Waiting>; sending: number; failures: number; until: number }

/**
 * Tells devices of messages, after they are stored and beside everything else: nothing waits for a
 * push service, and what is too much is dropped, as the messages are in their rooms.
 */
export function openPushQueue(chat: Chat): Push {
  const state: State = { chat, lines: new Map(), waiting: 0, sending: new Set(), timer: null }
  const ending = new AbortController()
  const { config, now, store } = chat
  const contact = config.publicUrl?.protocol === 'https:' ? config.publicUrl.origin : nobody
  const vapid = createVapid(store.push, contact, now)
  const deliver = createDelivery(chat, vapid, ending.signal)
  const rooms = new Map<number, { after: number; upTo: number }>()
  let gathering: Timer | null = null
  const look = async (): Promise<void> => {
    gathering = null
    const gathered = [...rooms]
    rooms.clear()
    for (const [room, { after, upTo }] of gathered) {
      for (const wish of await wishesOf(chat, room, after, upTo)) add(state, room, wish)
      // Everything else has its turn between two rooms.
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    pump(state, deliver)
  }
  return {
    publicKey: vapid.publicKey,
    tell(room, messages) {
      if (ending.signal.aborted) return
      const seqs = messages.map(({ seq }) => seq)
      const known = rooms.get(room)
      const after = known?.after ?? Math.min(...seqs) - 1
      rooms.set(room, { after, upTo: Math.max(known?.upTo ?? 0, ...seqs) })
      gathering ??= setTimeout(() => void look(), gatherMs)
    },
    async close() {
      ending.abort()
      if (gathering !== null) clearTimeout(gathering)
      if (state.timer !== null) clearInterval(state.timer)
      state.lines.clear()
      await Promise.allSettled(state.sending)
    },
  }
}

type State = {
  chat: Chat
  /** By the origin of the push service. */
  lines: Map<string, Line>
  waiting: number
  sending: Set<Promise<void>>
  timer: Timer | null
}

type Deliver = ReturnType<typeof createDelivery>

async function wishesOf(chat: Chat, room: number, after: number, upTo: number) {
  try {
    return await chat.store.push.wishes(room, after, upTo)
  } catch (fault) {
    chat.log('push.failed', { where: 'wishes', fault: faultOf(fault) })
    return []
  }
}

function add(state: State, room: number, wish: PushWish): void {
  const { chat, lines, waiting } = state
  const origin = originOf(wish)
  const line = lines.get(origin) ?? { waiting: new Map(), sending: 0, failures: 0, until: 0 }
  const key = `${wish.session} ${room}`
  const known = line.waiting.get(key)
  if (known !== undefined) return void Object.assign(known, wish)
  const isFull = line.waiting.size >= (line.failures > 0 ? failingLineMax : lineMax)
  if (isFull || waiting >= waitingMax) return chat.log('push.full', { size: waiting })
  lines.set(origin, line)
  state.waiting += 1
  const now = performance.now()
  line.waiting.set(key, { ...wish, room, attempts: 0, since: now, at: now, wasPresent: false })
}

/** Sends what may be sent now; the push services take turns. */
function pump(state: State, deliver: Deliver): void {
  const { lines, sending } = state
  state.waiting = 0
  for (let isMore = true; isMore && sending.size < sendingMax;) {
    isMore = false
    for (const line of lines.values()) {
      const next = sending.size < sendingMax ? takeNext(state, line) : null
      if (next === null) continue
      isMore = true
      line.sending += 1
      const sent = deliver(next).then((outcome) => settle(state, line, next, outcome))
      sending.add(sent)
      void sent.finally(() => {
        sending.delete(sent)
        line.sending -= 1
        pump(state, deliver)
      })
    }
  }
  for (const [origin, line] of lines) {
    state.waiting += line.waiting.size
    const isIdle = line.waiting.size === 0 && line.sending === 0
    if (isIdle && line.until < performance.now()) lines.delete(origin)
  }
  if (lines.size > 0) state.timer ??= setInterval(() => pump(state, deliver), tickMs)
  else if (state.timer !== null) {
    clearInterval(state.timer)
    state.timer = null
  }
}

/** Takes what is due out of a line; null when there is nothing. */
function takeNext({ chat }: State, line: Line): Waiting | null {
  const now = performance.now()
  // One that did not answer is tried with one notice.
  const most = line.failures > 0 ? 1 : sendingPerLine
  if (line.sending >= most || line.until > now) return null
  for (const [key, waiting] of line.waiting) {
    if (waiting.at > now) continue
    line.waiting.delete(key)
    if (now - waiting.since > ageMsMax) continue
    if (chat.presence.stateOf(waiting.user) !== 'online') return waiting
    // Somebody at an open page sees it there. When they have just left, they are told a bit later.
    if (waiting.wasPresent) continue
    const at = now + serverLimits.offlineGraceMs + tickMs
    line.waiting.set(key, { ...waiting, at, wasPresent: true })
  }
  return null
}

function settle(state: State, line: Line, sent: Waiting, outcome: Delivered): void {
  if (outcome.status !== 'failed') {
    line.failures = 0
    return
  }
  line.failures += 1
  const backoffMs = Math.min(backoffMsMax, backoffMsMin * 2 ** line.failures)
  // Many servers would come back in the same moment.
  const waitMs = (outcome.retryMs ?? backoffMs) * (1 + Math.random() / 4)
  line.until = Math.max(line.until, performance.now() + waitMs)
  const key = `${sent.session} ${sent.room}`
  const attempts = sent.attempts + 1
  if (attempts >= attemptsMax || line.waiting.has(key) || !state.lines.has(originOf(sent))) return
  line.waiting.set(key, { ...sent, attempts })
}

function originOf({ endpoint }: PushWish): string {
  return new URL(endpoint).origin
}
