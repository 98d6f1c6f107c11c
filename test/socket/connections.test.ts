import { expect, test } from 'bun:test'
import { createConnections, type SocketState } from '../../src/socket/connections'
import { openLine, upgradeRequest } from '../helpers/raw'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll()

/** The test shortens the waits of T17. */
test('a silent peer is pinged, and its socket ends when it does not answer', async () => {
  const connections = createConnections({ pingAfterMs: 150, silenceMsMax: 600 })
  const closed: string[] = []
  const echo = Bun.serve({
    port: 0,
    fetch: (request, itself) => {
      const name = new URL(request.url).pathname
      const visitor = { user: { id: 1, nickname: name, avatar: '', mark: null }, session: name }
      const state = {
        visitor: { ...visitor, role: 'member' as const, address: '', language: 'en' as const },
      }
      const rooms = new Set<number>()
      const data: SocketState = {
        ...state,
        subprotocol: 'json',
        rooms,
        isAway: false,
        heardAt: performance.now(),
        isOpen: true,
        outgoing: [],
        catchingUp: Promise.resolve(),
        changing: Promise.resolve(),
      }
      return itself.upgrade(request, { data }) ? undefined : new Response('no', { status: 400 })
    },
    websocket: {
      data: {} as SocketState,
      sendPings: false,
      open: connections.add,
      message: () => {},
      pong: (socket) => void (socket.data.heardAt = performance.now()),
      close: (socket) => {
        closed.push(socket.data.visitor.session)
        connections.remove(socket)
      },
    },
  })
  const alive = new WebSocket(`ws://127.0.0.1:${echo.port}/alive`)
  const request = upgradeRequest(server(), { 'Sec-WebSocket-Protocol': null })
  const dead = await openLine({ ...server(), port: echo.port ?? 0 })
  dead.write(request.replace('/socket', '/dead'))
  await waitUntil(() => [...connections.all()].length === 2, 'the second connection')
  const sweeper = setInterval(connections.sweep, 50)
  await waitUntil(() => closed.length > 0, 'the end of the dead one')
  clearInterval(sweeper)
  expect(closed).toEqual(['/dead'])
  alive.close()
  await dead.end(0)
  await echo.stop(true)
})
