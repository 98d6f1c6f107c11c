import type { Server } from 'bun'
import { loadAssets } from './assets'
import { createBudgets } from './server/rate-limits'
import type { Chat } from './chat/chat'
import { startJanitor } from './chat/files/janitor'
import { openPostingQueue } from './chat/messages/post-message'
import { createPresence, type Presence } from './chat/people/presence'
import type { Audience, Publication } from './chat/publication'
import { watchSpace } from './chat/files/space'
import { createTyping } from './chat/messages/typing'
import type { Config } from './config'
import { guard } from './server/guard'
import type { Log } from './server/log'
import { createPaths, setHousePaths } from './shared/paths'
import { createConnections, type Socket, type SocketState } from './socket/connections'
import { createSocketDoor } from './socket/socket'
import { topicOf } from './socket/topics'
import type { FileStore } from './store/files'
import type { Store } from './store/store'
import { createTurns } from './server/fair-queue'
import { createApp } from './http/app'
import { addressOf } from './http/middleware/guards'

/** How often silent sockets are looked for. */
const sweepMs = 5_000
/** A client that sends its headers or body too slowly is disconnected. */
const requestIdleSecondsMax = 15
/** At shutdown sockets, and then requests, get this long to finish. */
const farewellMsMax = 2_500
const farewellMsMin = 50

export type House = {
  port: number
  /**
   * Takes nothing more in, commits and answers what is queued, tells every socket to come back,
   * ends the store. A second call would be a mistake.
   */
  stop: () => Promise<void>
}

/**
 * Opens a house: hands HTTP to the web door and sockets to the socket door, and owns publishing.
 * Throws what `Bun.serve` throws, for instance when the port is taken.
 */
export function openHouse(
  config: Config,
  { store, files }: { store: Store; files: FileStore },
  log: Log,
): House {
  const connections = createConnections()
  const presence = createPresence((audience, publication) => publish(server, audience, publication))
  const assets = loadAssets()
  const chat: Chat = {
    config,
    build: config.isDevelopment ? `dev-${Date.now()}` : assets.build,
    paths: createPaths(config.basePath),
    store,
    files,
    requireSpace: watchSpace(files),
    presence,
    log,
    now: Date.now,
    publish: (audience, publication) => publish(server, audience, publication),
    publishIfIdle: connections.publishIfIdle,
    ...reachSockets(connections, presence),
  }
  setHousePaths(chat.paths)
  const spend = createBudgets(config.rateLimits)
  const { postMessage, close: closeQueue } = openPostingQueue(chat)
  const typing = createTyping(chat)
  const door = createSocketDoor({ chat, connections, postMessage, typing, spend })
  let isStopping = false
  const doors = { spend, upgrade: door.upgrade, isStopping: () => isStopping }
  const app = createApp({ chat, assets, postMessage, ...doors })
  const server = Bun.serve({
    port: config.port,
    hostname: config.host,
    // The web door bounds every body itself: one road takes large files, all others little.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: requestIdleSecondsMax,
    fetch: answerInTurn(app, config),
    error: () => new Response('Something broke. Please try again.', { status: 500 }),
    websocket: door.websocket,
  })
  const sweep = guard(log, 'sweep', () => connections.sweep(performance.now()))
  const sweeper = setInterval(sweep, sweepMs)
  const stopJanitor = startJanitor(chat)

  return {
    port: server.port ?? config.port,
    async stop() {
      isStopping = true
      clearInterval(sweeper)
      stopJanitor()
      presence.close()
      typing.close()
      await closeQueue()
      await sayFarewell(server, connections)
      await server.stop(true)
      await store.close()
    },
  }
}

/** Readers take what is theirs and are told to come back, and requests get their answers. */
async function sayFarewell(
  server: Server<SocketState>,
  connections: ReturnType<typeof createConnections>,
): Promise<void> {
  const isHeard = (): boolean => [...connections.all()].every(hasTakenAll)
  await until(isHeard, farewellMsMax)
  for (const socket of connections.all()) socket.close(1012, 'restarting')
  // Close frames need a moment more than the call.
  await Bun.sleep(farewellMsMin)
  await until(() => server.pendingRequests === 0, farewellMsMax)
}

function hasTakenAll(socket: Socket): boolean {
  return socket.data.outgoing.length === 0 && socket.getBufferedAmount() === 0
}

/** Waits for it, but not longer than that. */
async function until(isTrue: () => boolean, msMax: number): Promise<void> {
  const deadline = performance.now() + msMax
  while (!isTrue() && performance.now() < deadline) await Bun.sleep(10)
}

/** Every address in its turn, whatever the others ask for. */
function answerInTurn(app: ReturnType<typeof createApp>, config: Config) {
  const inTurn = createTurns()
  return (request: Request, server: Server<SocketState>): Promise<Response> =>
    inTurn(addressOf(request, server, config), async () => app.fetch(request, { server }))
}

/** What a verb may do to the open sockets of somebody. */
function reachSockets(
  connections: ReturnType<typeof createConnections>,
  presence: Presence,
): Pick<Chat, 'subscribeUser' | 'unsubscribeUser' | 'closeSession'> {
  return {
    subscribeUser(userId, room) {
      connections.subscribeUser(userId, room)
      presence.enter(userId, room)
    },
    unsubscribeUser(userId, room) {
      connections.unsubscribeUser(userId, room)
      presence.exit(userId, room)
    },
    closeSession(session) {
      for (const socket of connections.ofSession(session)) socket.close(4401, 'signed out')
    },
  }
}

/** Renders an event at most once per subprotocol, and not at all when nobody listens. */
function publish(server: Server<SocketState>, audience: Audience, publication: Publication): void {
  for (const subprotocol of ['html', 'json'] as const) {
    const topic = topicOf(audience, subprotocol)
    if (server.subscriberCount(topic) === 0) continue
    const text = publication[subprotocol]()
    if (text !== '') server.publish(topic, text)
  }
}
