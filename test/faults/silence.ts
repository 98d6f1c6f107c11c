import { type ChatClient, openSocket, signIn } from '../helpers/client'
import { type Line, maskedFrame, openLine, upgradeRequest } from '../helpers/raw'
import { type RunningServer, startServer } from '../helpers/server'
import { above, type FaultTest, type Figures, unlike } from './promise'
import { socketsOf } from './sockets'

type Size = {
  peers: number
  /** The planted fault: the peers are not dead, they answer. */
  alive?: boolean
}

/** A minute and what may be said of it a moment later. */
const waitMs = 65_000

/**
 * T17: peers complete the handshake and then neither read nor write, while the server keeps sending
 * to them; how long until the others see that nobody is there, and the sockets are gone? The time
 * is the server's own, so that small is no quicker.
 */
export const silent: FaultTest<Size> = {
  id: 'P17',
  says: 'A dead peer is offline, and its socket gone, within a minute.',
  small: { peers: 1 },
  full: { peers: 10 },
  outOfSuite: 'It has test/socket/connections.test.ts, as this takes a minute.',
  run,
  broken: (figures, { peers }) => [
    ...unlike(figures, { peers, offline: peers, socketsLeft: 0 }),
    ...above(figures, { offlineAfterSeconds: 60 }),
  ],
  control: () => run({ peers: 1, alive: true }),
}

async function run({ peers, alive = false }: Size): Promise<Figures> {
  await using server = await startServer()
  const watcher = await openSocket(server, await signIn(server, 'Watcher'))
  const lines: Line[] = []
  for (let n = 0; n < peers; n += 1) lines.push(await openPeer(server, `Dead ${n}x`))
  if (!alive) for (const line of lines) line.pause()
  const silentAt = performance.now()
  const timers = [
    setInterval(() => watcher.send({ type: 'ping' }), 5_000),
    // What is sent re-arms the server's own timer: that alone must not keep a peer.
    setInterval(() => void watcher.post(1, crypto.randomUUID(), 'hello?'), 1_000),
    setInterval(() => alive && lines.forEach(ping), 10_000),
  ]
  let offlineAt = silentAt
  for (let seen = 0; seen < peers && performance.now() - silentAt < waitMs;) {
    const gone = countGone(watcher)
    if (gone > seen) offlineAt = performance.now()
    seen = gone
    await Bun.sleep(50)
  }
  timers.forEach(clearInterval)
  const open = socketsOf(server.pid).filter(({ isEstablished }) => isEstablished)
  for (const line of lines) await line.end(0)
  await watcher.close()
  return {
    peers,
    offline: countGone(watcher),
    // All but the watcher's own.
    socketsLeft: open.length - 1,
    offlineAfterSeconds: Math.round((offlineAt - silentAt) / 100) / 10,
  }
}

async function openPeer(server: RunningServer, nickname: string): Promise<Line> {
  const { cookie } = await signIn(server, nickname)
  const line = await openLine(server)
  line.write(upgradeRequest(server, { Cookie: cookie }))
  await line.until('"hello"')
  return line
}

function ping(line: Line): void {
  line.write(maskedFrame(0x81, Buffer.from('{"type":"ping"}')))
}

/** People who were said to be offline last. */
function countGone(watcher: ChatClient): number {
  const states = new Map<number, string>()
  for (const item of watcher.heard) if (item.type === 'presence') states.set(item.user, item.state)
  return [...states.values()].filter((state) => state === 'offline').length
}
