import { createDelays } from './delays'
import type { Order, Plan, Report, Speech, Talked } from './plan'
import { createStreams, marked } from './streams'
import { dial, type Wire } from './wire'

type Reader = {
  wire: Wire | null
  /** Ours: where it stands, from the greeting; messages heard since are added. */
  epoch: string
  revision: number
  heard: number
  /** Resolves when it was greeted, or has caught up. */
  ready: (() => void) | null
}

type Crowd = {
  plan: Plan
  readers: Reader[]
  streams: ReturnType<typeof createStreams>
  delays: ReturnType<typeof createDelays>
  /** Per sender: how many it has said, and how many deliveries of them are still to come. */
  said: Int32Array
  unheard: Int32Array
  expected: number
  bytes: number
  /** Called with the sender of each delivery. */
  onDelivery: (sender: number) => void
}

/** Gives the doer of orders. */
export function createCrowd(): (order: Order) => Promise<Report> {
  let crowd: Crowd | null = null
  return async (order) => {
    if (order.do === 'connect') {
      crowd = gather(order.plan)
      const startedAt = performance.now()
      await connectAll(crowd, crowd.readers)
      return { type: 'connected', seconds: (performance.now() - startedAt) / 1000 }
    }
    if (crowd === null) return { type: 'failed', why: 'nobody is connected' }
    if (order.do === 'talk') return talk(crowd, order)
    return order.do === 'storm' ? storm(crowd, order.missed) : { type: 'failed', why: order.do }
  }
}

function gather(plan: Plan): Crowd {
  const readers = Array.from({ length: plan.connections }, () => {
    return { wire: null, epoch: '', revision: 0, heard: 0, ready: null }
  })
  const roomOf = (n: number): number => n % plan.rooms.length
  // Each node cuts its frames in its own way.
  const groupOf = (n: number): number => roomOf(n) * plan.ports.length + nodeOf(plan, n)
  return {
    plan,
    readers,
    streams: createStreams(plan.connections, plan.senders, roomOf, groupOf),
    delays: createDelays(),
    said: new Int32Array(plan.senders),
    unheard: new Int32Array(plan.senders),
    expected: 0,
    bytes: 0,
    onDelivery: () => {},
  }
}

/** A bounded number at a time, as people come; a storm is all of them at once. */
async function connectAll(
  crowd: Crowd,
  readers: Reader[],
  inFlight = crowd.plan.inFlight,
): Promise<void> {
  const waiting = readers.values()
  const line = async (): Promise<void> => {
    for (const reader of waiting) await connectOne(crowd, reader)
  }
  await Promise.all(Array.from({ length: inFlight }, line))
}

async function connectOne(crowd: Crowd, reader: Reader): Promise<void> {
  const { plan, readers } = crowd
  const n = readers.indexOf(reader)
  const isOurs = plan.speech === 'html' || plan.speech === 'json'
  const greeted = isOurs ? new Promise<void>((resolve) => (reader.ready = resolve)) : null
  await dial({
    port: portOf(plan, n),
    path: isOurs ? '/socket' : `/?room=${n % plan.rooms.length}`,
    headers: isOurs ? headersOf(plan, n) : {},
    onFrame: (payload) => hear(crowd, reader, n, payload),
    onOpen: (wire) => void (reader.wire = wire),
    onClose: () => void (reader.wire = null),
  })
  await greeted
}

function nodeOf({ ports, rooms }: Plan, n: number): number {
  return Math.floor(n / rooms.length) % ports.length
}

function portOf(plan: Plan, n: number): number {
  return plan.ports[nodeOf(plan, n)] ?? 0
}

function headersOf(plan: Plan, n: number): Record<string, string> {
  const { cookies, speech } = plan
  return {
    Cookie: cookies[n % cookies.length] ?? '',
    Origin: `http://127.0.0.1:${portOf(plan, n)}`,
    'Sec-WebSocket-Protocol': `chatroom.${speech}`,
  }
}

function hear(crowd: Crowd, reader: Reader, n: number, payload: Buffer): void {
  crowd.bytes += payload.length
  const marks = crowd.streams.hear(n, payload)
  reader.heard += marks.length
  const now = performance.now() * 1_000
  for (const { sender, at } of marks) {
    crowd.delays.add(now - at)
    crowd.unheard[sender] = (crowd.unheard[sender] ?? 0) - 1
    crowd.onDelivery(sender)
  }
  if (reader.ready !== null) hearSign(crowd, reader, n, payload)
}

/** Before it is ready: the greeting, then perhaps the end of a replay. */
function hearSign(crowd: Crowd, reader: Reader, n: number, payload: Buffer): void {
  const text = payload.toString()
  const ready = (): void => {
    reader.ready?.()
    reader.ready = null
  }
  if (text.includes('"caught_up"')) return ready()
  if (!text.startsWith('[{"type":"hello"')) return
  const [hello]: [{ epoch: string; rooms: { id: number; revision: number }[] }] = JSON.parse(text)
  const room = crowd.plan.rooms[n % crowd.plan.rooms.length] ?? 0
  const isNew = reader.epoch === ''
  if (isNew) {
    reader.epoch = hello.epoch
    reader.revision = hello.rooms.find(({ id }) => id === room)?.revision ?? 0
    return ready()
  }
  const rooms = { [room]: reader.revision + reader.heard }
  reader.wire?.send(JSON.stringify({ type: 'resume', epoch: hello.epoch, rooms }))
}

async function talk(crowd: Crowd, order: Order & { do: 'talk' }): Promise<Talked> {
  const { delays, said, streams } = crowd
  const received = streams.received()
  const messages = said.reduce((sum, count) => sum + count, 0)
  crowd.bytes = 0
  delays.clear()
  const startedAt = performance.now()
  const end = startedAt + order.seconds * 1_000
  if (order.rate === null) await untilEnd(crowd, end, order.window)
  else await onTimetable(crowd, startedAt, end, order.rate)
  await until(() => streams.received() >= crowd.expected, drainMsMax)
  crowd.onDelivery = () => {}
  return {
    type: 'talked',
    ...streams.faults(crowd.expected),
    seconds: (performance.now() - startedAt) / 1_000,
    messages: said.reduce((sum, count) => sum + count, 0) - messages,
    deliveries: streams.received() - received,
    bytes: crowd.bytes,
    p50Ms: delays.quantileMs(0.5),
    p95Ms: delays.quantileMs(0.95),
    p99Ms: delays.quantileMs(0.99),
  }
}

const drainMsMax = 15_000

/**
 * Each sender keeps a number of its messages on their way: as fast as the server allows. A message
 * has come when everybody has it, so that no reader falls behind until it is dropped.
 */
async function untilEnd(crowd: Crowd, end: number, window: number): Promise<void> {
  const fill = (sender: number): void => {
    const allowed = (window - 1) * membersWith(crowd.plan, sender)
    while ((crowd.unheard[sender] ?? 0) <= allowed && performance.now() < end) {
      say(crowd, sender, performance.now())
    }
  }
  crowd.onDelivery = fill
  for (let sender = 0; sender < crowd.plan.senders; sender += 1) fill(sender)
  await Bun.sleep(end - performance.now())
}

/** Delays count from when a message was meant to leave, however late the generator was. */
async function onTimetable(
  crowd: Crowd,
  startedAt: number,
  end: number,
  rate: number,
): Promise<void> {
  let count = 0
  for (;;) {
    const now = performance.now()
    const due = Math.min(now, end) - startedAt
    while ((count * 1_000) / rate < due) {
      say(crowd, count % crowd.plan.senders, startedAt + (count * 1_000) / rate)
      count += 1
    }
    if (now >= end) return
    await Bun.sleep(1)
  }
}

function say(crowd: Crowd, sender: number, at: number): void {
  const { plan, readers, said, unheard } = crowd
  const n = (said[sender] ?? 0) + 1
  said[sender] = n
  const members = membersWith(plan, sender)
  unheard[sender] = (unheard[sender] ?? 0) + members
  crowd.expected += members
  const text = marked({ sender, n, at: Math.round(at * 1_000) }, filling)
  const room = plan.rooms[sender % plan.rooms.length] ?? 0
  readers[sender]?.wire?.send(frameOf(plan.speech, room, `${sender}-${n}`, text))
}

/** How many are in the room of one. */
function membersWith({ connections, rooms }: Plan, n: number): number {
  return Math.ceil((connections - (n % rooms.length)) / rooms.length)
}

const filling = 'See you at nine at the station, and bring the long rope.'

function frameOf(speech: Speech, room: number, clientId: string, text: string): string {
  if (speech === 'text') return text
  if (speech === 'seed') return JSON.stringify({ type: 'message', text })
  const content = { content: text, attachments: [], reply_to: null }
  return JSON.stringify({ type: 'message.post', room, client_id: clientId, ...content })
}

/** Everybody but the first is cut off, misses something, and comes back in the same moment. */
async function storm(crowd: Crowd, missed: number): Promise<Report> {
  const { plan, readers, streams } = crowd
  const [, ...others] = readers
  for (const { wire } of others) wire?.cut()
  await until(() => others.every(({ wire }) => wire === null), drainMsMax)
  const heard = (readers[0]?.heard ?? 0) + missed
  for (let n = 0; n < missed; n += 1) say(crowd, 0, performance.now())
  await until(() => readers[0]?.heard === heard, drainMsMax)
  const before = streams.received()
  const startedAt = performance.now()
  await connectAll(crowd, others, others.length)
  const seconds = (performance.now() - startedAt) / 1_000
  const isOurs = plan.speech === 'html' || plan.speech === 'json'
  const expected = isOurs ? crowd.expected : streams.received()
  const faults = streams.faults(expected)
  return { type: 'stormed', ...faults, seconds, replayed: streams.received() - before }
}

async function until(isTrue: () => boolean, ms: number): Promise<void> {
  const deadline = performance.now() + ms
  while (!isTrue() && performance.now() < deadline) await Bun.sleep(2)
}
