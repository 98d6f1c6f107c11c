import { frameBytes } from '../fuzz/framing'
import { exports, fullSlots, rails, reactions, skipped } from './crowd-attacks'
import { ask, askedSoFar, cut, hangUpAll, inLines, open, statuses } from './lines'
import { head, type IsOn, type Order, post, say, type Tried, upgrade } from './orders'
import { limits } from '../../../src/shared/limits'

export type Attack = keyof typeof attacks

/** What is still under way by then is cut off, so that it is no part of the next attack. */
const graceMs = 100
/** On a busy machine even the first answer may take longer than the attack. */
const firstMsMax = 10_000

self.onmessage = async ({ data }: MessageEvent<Order>) => {
  let end = Number.NaN
  // The time begins when all is open: on a busy machine that may take longer than the attack.
  const isOn = (): boolean => {
    if (Number.isNaN(end)) {
      end = performance.now() + data.ms
      setTimeout(hangUp, data.ms + graceMs)
    }
    return performance.now() < end
  }
  const [statusesBefore, cutBefore, before] = [statuses(), cut(), askedSoFar()]
  const hangUp = (): void => {
    const { asked, answered } = askedSoFar()
    const isUnanswered = asked > before.asked && answered === before.answered
    if (!isUnanswered || performance.now() > end + firstMsMax) hangUpAll()
    else setTimeout(hangUp, graceMs)
  }
  const tried = await attacks[data.attack](data, isOn)
  const own = Object.entries(statuses()).map(([status, count]) => [
    status,
    count - (statusesBefore[Number(status)] ?? 0),
  ])
  postMessage({ tried, statuses: Object.fromEntries(own), cut: cut() - cutBefore })
}

const attacks = {
  frames,
  markers,
  health,
  storm,
  pings,
  texts,
  searches,
  uploads,
  joins,
  drip,
  exports,
  fullSlots,
  rails,
  reactions,
  skipped,
}

/** Five thousand frames in a second, of everything that asks for work. */
async function frames(order: Order, isOn: IsOn): Tried {
  const { room } = order
  return flood(order, isOn, [
    () => ({ type: 'ping' }),
    () => post(room, 'flood'),
    () => ({ type: 'typing', room, active: true }),
    () => ({ type: 'resume', epoch: 'x', rooms: { [room]: 0 } }),
    () => ({ type: 'reaction.set', room, seq: 1, emoji: '🎉', active: true, client_id: 'x' }),
    () => ({ type: 'read', room, seq: 1 }),
    () => ({ type: 'unread', room, seq: 1 }),
    () => ({ type: 'presence', state: Math.random() < 0.5 ? 'away' : 'online' }),
    () => ({ type: 'message.edit', room, seq: 1, content: 'x', client_id: 'x' }),
  ])
}

/** Read markers, forward and back. */
async function markers(order: Order, isOn: IsOn): Tried {
  const { room } = order
  return flood(order, isOn, [
    () => ({ type: 'read', room, seq: 9 }),
    () => ({ type: 'unread', room, seq: 1 }),
  ])
}

async function flood(order: Order, isOn: IsOn, kinds: (() => object)[]): Tried {
  const { port, cookies } = order
  const lines = await Promise.all(
    cookies.map((_, n) => open(port, head(order, 'GET /socket', n, upgrade))),
  )
  let tried = 0
  const startedAt = performance.now()
  while (isOn()) {
    while (tried < (performance.now() - startedAt) * 5) {
      lines[tried % lines.length]?.socket.write(say(kinds[tried % kinds.length]?.() ?? {}))
      tried += 1
    }
    await Bun.sleep(2)
  }
  for (const { socket } of lines) socket.destroy()
  return tried
}

/** Health checks, each of which could be a write. */
async function health(order: Order, isOn: IsOn): Tried {
  return inLines(20, isOn, (n) =>
    ask(order.port, head(order, 'GET /healthz', n, ['Connection: close'])),
  )
}

/** Five hundred handshakes in a second. */
async function storm(order: Order, isOn: IsOn): Tried {
  let tried = 0
  const startedAt = performance.now()
  while (isOn()) {
    while (tried < (performance.now() - startedAt) / 2) {
      tried += 1
      const written = head(order, 'GET /socket', tried, upgrade)
      void open(order.port, written).then(({ socket }) => socket.destroy())
    }
    await Bun.sleep(2)
  }
  return tried
}

/** Pings as fast as they are taken, whose answers nobody reads. */
async function pings(order: Order, isOn: IsOn): Tried {
  const many = Buffer.concat(
    Array.from({ length: 500 }, () => frameBytes(Buffer.alloc(125), { first: 0x89 })),
  )
  let tried = 0
  const line = async (n: number): Promise<void> => {
    while (isOn()) {
      const { socket, isOpen } = await open(order.port, head(order, 'GET /socket', n, upgrade))
      socket.pause()
      while (isOn() && isOpen() && socket.writableLength < 4_000_000) {
        socket.write(many)
        tried += 500
        await Bun.sleep(2)
      }
      socket.destroy()
      await Bun.sleep(20)
    }
  }
  await Promise.all([0, 1, 2, 3].map(line))
  return tried
}

const worst = [
  'a.de ',
  '*a* ',
  '1. a\n',
  '> a\n\n',
  '- *a*\n',
  '@flo ',
  '`a`',
  'o\u0300\u0316',
  'http://a.de ',
  '_a_ ',
  '字@字',
  '<',
  '🎉',
  '**a *b***',
  '```\n```\n',
]

/** The longest messages that take longest to draw, and pages full of them. */
async function texts(order: Order, isOn: IsOn): Tried {
  const { port, room, cookies } = order
  const lines = await Promise.all(
    cookies.map((_, n) => open(port, head(order, 'GET /socket', n, upgrade))),
  )
  const talk = inLines(1, isOn, async (n) => {
    const piece = worst[n % worst.length] ?? ''
    const text = piece.repeat(limits.messageUnitsMax).slice(0, limits.messageUnitsMax)
    lines[n % lines.length]?.socket.write(say(post(room, text)))
    await Bun.sleep(4)
  })
  const paths = [
    `/rooms/${room}`,
    `/rooms/${room}/messages?limit=200`,
    `/rooms/${room}/changes?after=0`,
    `/rooms/${room}/export.html`,
  ]
  const read = inLines(6, isOn, (n) =>
    ask(
      port,
      head(order, `GET ${paths[n % paths.length]}`, n, [
        'Connection: close',
        'Accept-Encoding: gzip',
      ]),
    ),
  )
  const tried = (await talk) + (await read)
  for (const { socket } of lines) socket.destroy()
  return tried
}

/** Fifty searches at once, of everything and of nothing. */
async function searches(order: Order, isOn: IsOn): Tried {
  const words = ['e', 'flood', 'a', '的', 'zzzz', 'from:mo', 'the+a+e+o', '%22the+a%22', 'has:link']
  return inLines(50, isOn, (n) =>
    ask(
      order.port,
      head(order, `GET /search?q=${words[n % words.length]}`, n, ['Connection: close']),
    ),
  )
}

/** Twenty files at once, as fast as they are taken. */
async function uploads(order: Order, isOn: IsOn): Tried {
  const body = new Uint8Array(5_000_000)
  return inLines(20, isOn, (n) => {
    const more = [`Content-Length: ${body.length}`, 'X-Filename: large.bin', 'Connection: close']
    return ask(order.port, head(order, 'POST /attachments', n, more), body)
  })
}

/** Coming into rooms and going, making them, opening conversations. */
async function joins(order: Order, isOn: IsOn): Tried {
  const paths = [`/rooms/2/members`, `/rooms/2/leave`, '/direct/1', '/rooms']
  const form = ['Content-Type: application/x-www-form-urlencoded', 'Connection: close']
  return inLines(20, isOn, (n) => {
    const body = `name=Room+${n}+of+${crypto.randomUUID().slice(0, 6)}`
    const more = [...form, `Content-Length: ${body.length}`]
    return ask(order.port, head(order, `POST ${paths[n % paths.length]}`, n, more) + body)
  })
}

/** Five hundred requests whose heads come letter by letter. */
async function drip(order: Order, isOn: IsOn): Tried {
  const written = Buffer.from(head(order, 'GET /rooms/1'))
  const lines = await Promise.all(Array.from({ length: 500 }, () => open(order.port, 'G', false)))
  for (let n = 1; isOn(); n += 1) {
    for (const { socket } of lines) socket.write(written.subarray(n, n + 1))
    await Bun.sleep(250)
  }
  for (const { socket } of lines) socket.destroy()
  return lines.length
}
