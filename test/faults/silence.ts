import { openSocket, signIn } from '../helpers/client'
import { openLine, upgradeRequest } from '../helpers/raw'
import { startServer } from '../helpers/server'

/**
 * T17 in full: a peer completes the handshake and then neither reads nor writes; how long until the
 * others see that nobody is there? `bun test/faults/silence.ts` takes about a minute.
 */
if (import.meta.main) {
  await using server = await startServer()
  const watcher = await openSocket(server, await signIn(server, 'Watcher'))
  const dead = await signIn(server, 'Dead')
  const line = await openLine(server)
  line.write(upgradeRequest(server, { Cookie: dead.cookie }))
  while (!line.heard().includes('"hello"')) await Bun.sleep(10)
  line.pause()
  const silentAt = performance.now()
  const keepAlive = setInterval(() => watcher.send({ type: 'ping' }), 10_000)
  await watcher.until(
    (item) => item.type === 'presence' && item.state === 'offline',
    'that the dead one is offline',
    120_000,
  )
  clearInterval(keepAlive)
  console.log(JSON.stringify({ offlineAfterSeconds: (performance.now() - silentAt) / 1000 }))
  await watcher.close()
  await line.end(0)
}
