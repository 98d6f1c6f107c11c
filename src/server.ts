import type { Server, WebSocketHandler } from 'bun'
import { type Assets, loadAssets } from './assets'
import type { Chat } from './chat/chat'
import { startPurging } from './chat/administration/purge'
import { startJanitor } from './chat/files/janitor'
import { watchSpace } from './chat/files/space'
import { watchClock } from './chat/messages/clock-jumps'
import { openPostingQueue } from './chat/messages/post-message'
import { startGathering } from './chat/messages/system-lines'
import { startNodes } from './chat/nodes/nodes'
import { createTyping } from './chat/messages/typing'
import { startSessionSweep } from './chat/people/departures'
import { startDoorSweep } from './chat/people/door'
import { createPresence, type Presence } from './chat/people/presence'
import { openPushQueue } from './chat/push/push-queue'
import { createReadMarkers } from './chat/rooms/read-markers'
import { startErasing } from './chat/rooms/room-life'
import type { Config } from './config'
import { createApp } from './http/app'
import { type Certificates, watchCertificates } from './https/certificates'
import { startKeeping } from './kept-assets'
import { addressOf, watchForProxy } from './http/middleware/guards'
import type { KeyPair } from './https/key-pair'
import { createFairQueue, type FairQueue } from './server/fair-queue'
import { guard } from './server/guard'
import { createListener, type Listener } from './server/listener'
import type { Log } from './server/log'
import { createRateLimits } from './server/rate-limits'
import { createPaths, setServerPaths } from './shared/paths'
import { type Connections, createConnections, type SocketState } from './socket/connections'
import { createExchange, createPollers, type Pollers } from './socket/polling'
import { createPublishing, type Publishing } from './socket/publishing'
import { reply } from './socket/replies'
import { createSocketLayer } from './socket/socket'
import type { FileStore } from './store/files'
import type { Store } from './store/store'

/** How often silent sockets are looked for. */
const sweepMs = 5_000
/** A client that sends its headers or body more slowly is disconnected. */
const requestIdleSecondsMax = 15
/** At shutdown first sockets and then requests get this long to finish. */
const drainMsMax = 2_500
/** A close frame leaves a moment after the call. */
const closeFrameMs = 50

export type RunningServer = {
  port: number
  /** Null without HTTPS. */
  httpsPort: number | null
  /** Looks for another certificate at once. */
  lookForCertificate: () => void
  /** Refuses new requests, commits and answers the queued ones, closes sockets and the store. */
  stop: () => Promise<void>
}

/**
 * Wires everything together and listens. Owns publishing. Throws what `Bun.serve` throws, for
 * instance when the port is in use.
 */
export function startServer(
  config: Config,
  { store, files, certificates = null }: Opened,
  log: Log,
): RunningServer {
  const connections = createConnections()
  const publishing = createPublishing(
    () => listeners.flatMap(({ servers }) => [...servers]),
    connections,
  )
  const bus = store.nodes?.bus ?? null
  const presence = createPresence(publishing.publish, { bus, log })
  const pollers = createPollers(presence)
  const assets = loadAssets()
  const chat: Chat = {
    ...createBase(config, { store, files }, log),
    build: config.isDevelopment ? `dev-${Date.now()}` : assets.build,
    presence,
    ...subscriptions({ connections, publishing, pollers, presence }),
  }
  const leaveNodes = joinNodes(chat, connections)
  if (config.push) chat.push = openPushQueue(chat)
  setServerPaths(chat.paths)
  const rateLimits = createRateLimits(config.rateLimits)
  const { postMessage, close: closeQueue } = openPostingQueue(chat)
  const [typing, readMarkers] = [createTyping(chat, bus), createReadMarkers(chat, rateLimits)]
  const inTurn = createFairQueue()
  const queues = { postMessage, typing, readMarkers, inTurn }
  const deps = { chat, connections, publishing, pollers, rateLimits, ...queues }
  const { upgrade, websocket } = createSocketLayer(deps)
  let isStopping = false
  const httpsPort = (): number | null => listeners[1]?.port ?? null
  const layer = { assets, exchange: createExchange(deps), upgrade, certificates, httpsPort }
  const app = createApp({ ...deps, ...layer, isStopping: () => isStopping })
  const fetch = answerInTurn(app, { inTurn, config, log })
  const listeners = listenOnPorts(config, certificates, { fetch, websocket }, log)
  const stopChores = startChores({ chat, assets, connections, listeners, leaveNodes })
  const watch = certificates && watchCertificates(certificates, log, () => listeners[1]?.renew())

  return {
    port: listeners[0].port,
    httpsPort: httpsPort(),
    lookForCertificate: () => watch?.look(),
    async stop() {
      isStopping = true
      stopChores()
      watch?.stop()
      typing.close()
      await Promise.all([closeQueue(), readMarkers.close()])
      await chat.push?.close()
      publishing.flush()
      await drain(listeners, connections)
      await Promise.all(listeners.map((listener) => listener.stop()))
      presence.close()
      await store.close()
    },
  }
}

/** Where the database is shared, what happens on other nodes is published here, too. */
function joinNodes(chat: Chat, connections: Connections): () => void {
  if (chat.store.nodes === null) return () => {}
  let firstRoom = 0
  void chat.store.rooms.first().then((id) => (firstRoom = id))
  const here = {
    countIn: connections.countIn,
    users: connections.users,
    firstRoom: () => firstRoom,
    isHere: (userId: number) => connections.ofUser(userId).length > 0,
    isIn: connections.isIn,
    sessionsOf: (userId: number) => connections.ofUser(userId).map(({ data }) => data.visitor),
  }
  const startAfresh = (): void => {
    for (const socket of connections.all()) socket.close(1012, 'restarting')
  }
  const nodes = startNodes({ ...chat }, chat.store.nodes, here, startAfresh)
  chat.nodes = nodes
  chat.publishChanges = nodes.publishChanges
  return nodes.stop
}

/** What was opened before the server starts. */
type Opened = {
  store: Store
  files: FileStore
  certificates?: Certificates | null
}

/** That of HTTP, and that of HTTPS if there is one. */
type Listeners = [http: Listener<SocketState>, ...https: Listener<SocketState>[]]

type Handlers = {
  fetch: (request: Request, server: Server<SocketState>) => Promise<Response>
  websocket: WebSocketHandler<SocketState>
}

function listenOnPorts(
  config: Config,
  certificates: Certificates | null,
  handlers: Handlers,
  log: Log,
): Listeners {
  const openHttp = (port: number) => listen(config, port, handlers)
  const http = createListener(openHttp, config.port, log)
  if (config.https === null || certificates === null) return [http]
  const openHttps = (port: number) => listen(config, port, handlers, { tls: certificates.pair() })
  return [http, createListener(openHttps, config.https.port, log)]
}

function listen(
  { host }: Config,
  port: number,
  handlers: Handlers,
  tls: { tls?: KeyPair } = {},
): Server<SocketState> {
  try {
    return Bun.serve({ ...optionsOf(host, handlers), port, ...tls })
  } catch (fault) {
    throw fault instanceof Error ? Object.assign(fault, { port }) : fault
  }
}

function optionsOf(hostname: string, handlers: Handlers) {
  return {
    hostname,
    // Otherwise Bun prints faults with a piece of the source…
    development: false,
    // …but then it lets two servers share a port.
    reusePort: false,
    // The HTTP layer limits every body itself, as only some routes take large files.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    idleTimeout: requestIdleSecondsMax,
    error: () => new Response('Something broke. Please try again.', { status: 500 }),
    ...handlers,
  }
}

type Chores = {
  chat: Chat
  assets: Assets
  connections: Connections
  listeners: Listeners
  leaveNodes: () => void
}

/** Starts what is done from time to time; gives what stops it. */
function startChores({ chat, assets, connections, listeners, leaveNodes }: Chores): () => void {
  const { assets: kept } = chat.store
  const sweeper = setInterval(guard(chat.log, 'sweep', connections.sweep), sweepMs)
  const stops = [
    startJanitor(chat),
    startPurging(chat),
    startGathering(chat),
    startErasing(chat),
    startSessionSweep(chat, connections.sessions),
    startDoorSweep(chat),
    // With several nodes nobody knows which of them wrote what with which clock.
    chat.nodes === null ? watchClock(chat).stop : () => {},
    ...(kept === null ? [] : [startKeeping({ kept, assets, log: chat.log })]),
    ...listeners.map((listener) => listener.watch()),
    leaveNodes,
  ]
  return () => {
    clearInterval(sweeper)
    for (const stop of stops) stop()
  }
}

/** What operations are given that knows no open socket. */
function createBase(
  config: Config,
  { store, files }: { store: Store; files: FileStore },
  log: Log,
): Omit<Chat, 'build' | 'presence' | SocketWork> {
  const requireSpace = watchSpace(store)
  return {
    config,
    paths: createPaths(config.basePath),
    store,
    files,
    requireSpace,
    log,
    now: Date.now,
    nodes: null,
    push: null,
  }
}

/** Requests of one address wait in one line, so that no address delays the others. */
function answerInTurn(
  app: ReturnType<typeof createApp>,
  { inTurn, config, log }: { inTurn: FairQueue; config: Config; log: Log },
) {
  const lookForProxy = watchForProxy(log, config)
  return (request: Request, server: Server<SocketState>): Promise<Response> => {
    lookForProxy(request, server)
    return inTurn(addressOf(request, server, config), async () => app.fetch(request, { server }))
  }
}

type Subscribers = {
  connections: Connections
  publishing: Publishing
  pollers: Pollers
  presence: Presence
}

type SocketWork =
  | 'publish'
  | 'publishChanges'
  | 'publishIfIdle'
  | 'subscribeUser'
  | 'unsubscribeUser'
  | 'sendToSession'
  | 'addressesOf'
  | 'closeSockets'

/** What operations may do to open sockets. */
function subscriptions({
  connections,
  publishing,
  pollers,
  presence,
}: Subscribers): Pick<Chat, SocketWork> {
  return {
    publish: publishing.publish,
    publishChanges: ({ room }, publication, authors) =>
      publishing.publish({ room }, publication, authors),
    publishIfIdle: connections.publishIfIdle,
    subscribeUser(userId, room) {
      publishing.flush(room)
      connections.subscribeUser(userId, room)
      presence.enter(userId, room)
    },
    unsubscribeUser(userId, room) {
      connections.unsubscribeUser(userId, room)
      presence.exit(userId, room)
    },
    sendToSession(userId, tokenHash, event) {
      const session = tokenHash.toHex()
      for (const socket of connections.ofUser(userId)) {
        if (socket.data.visitor.session === session) reply(socket, event)
      }
    },
    addressesOf(userId) {
      const sockets = connections.ofUser(userId).map(({ data }) => data.visitor.address)
      return [...new Set([...sockets, ...pollers.addressesOf(userId)])]
    },
    closeSockets(userId, why, tokenHashes) {
      const code = why === 'signed out' ? 4401 : 4001
      const sessions = tokenHashes?.map((hash) => hash.toHex())
      pollers.end(userId, sessions)
      for (const socket of connections.ofUser(userId)) {
        if (sessions?.includes(socket.data.visitor.session) ?? true) socket.close(code, why)
      }
    },
  }
}

/** Waits until sockets and requests have their answers, and tells every client to reconnect. */
async function drain(listeners: Listeners, { all }: Connections): Promise<void> {
  const areSent = (): boolean =>
    [...all()].every(
      (socket) => socket.data.outgoing.length === 0 && socket.getBufferedAmount() === 0,
    )
  await until(areSent, drainMsMax)
  for (const socket of all()) socket.close(1012, 'restarting')
  await Bun.sleep(closeFrameMs)
  const areAnswered = (): boolean =>
    listeners.every(({ servers }) =>
      [...servers].every(({ pendingRequests }) => pendingRequests === 0),
    )
  await until(areAnswered, drainMsMax)
}

/** Waits until the condition holds, at most `msMax`. */
async function until(holds: () => boolean, msMax: number): Promise<void> {
  const deadline = performance.now() + msMax
  while (!holds() && performance.now() < deadline) await Bun.sleep(10)
}
