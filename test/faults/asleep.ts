import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { sendFile } from '../helpers/files'
import { startServer } from '../helpers/server'
import { type FaultTest, type Figures, unlike } from './promise'

type Size = {
  people: number
  /** The planted fault: time in which the server was stopped counts as silence. */
  counts?: boolean
}

/** Longer than any wait of the server for others. */
const stoppedMs = 90_000

/**
 * Stops the process of a server as the lid of a laptop does, and lets it go on: nobody is cut, a
 * person who was reloading is not said to be gone, and an upload goes on.
 */
export const asleep: FaultTest<Size> = {
  id: 'P31',
  says: 'A server that was stopped for a while, or slept, cuts nobody when it wakes.',
  small: { people: 3 },
  full: { people: 24 },
  outOfSuite: 'It has test/server/awake.test.ts, as this takes a minute and a half.',
  run,
  broken: (figures, { people }) => [
    ...unlike(figures, { people, open: people, answered: people, gone: 0, upload: 201 }),
  ],
  control: () => run({ people: 3, counts: true }),
}

const counting = {
  compiled: false,
  env: { BUN_OPTIONS: '--preload ./test/faults/counts-sleep.ts' },
}

async function run({ people, counts = false }: Size): Promise<Figures> {
  await using server = await startServer(counts ? counting : {})
  const all: Person[] = []
  for (let n = 0; n <= people; n += 1) all.push(await signIn(server, `Person ${n}x`))
  const [reloading, ...others] = all
  if (reloading === undefined) throw new Error('somebody reloads')
  const sockets: ChatClient[] = []
  for (const person of others) sockets.push(await openSocket(server, person))
  const page = await openSocket(server, reloading)
  const body = new TransformStream<Uint8Array, Uint8Array>()
  const writer = body.writable.getWriter()
  const upload = sendFile(server, reloading, body.readable).catch(() => null)
  await writer.write(new Uint8Array(1_000))
  await page.close()
  await Bun.sleep(1_000)
  process.kill(server.pid, 'SIGSTOP')
  await Bun.sleep(stoppedMs)
  // What was sent meanwhile waits in the server's buffers.
  const answers = sockets.map((socket, n) => socket.post(1, `awake-${n}`, 'good morning'))
  const back = openSocket(server, reloading)
  void writer.write(new Uint8Array(1_000)).then(() => writer.close())
  process.kill(server.pid, 'SIGCONT')
  const settled = await Promise.allSettled(answers)
  const again = await back
  const status = (await upload)?.status ?? 0
  // The server sweeps every five seconds.
  await Bun.sleep(8_000)
  const isOpen = await Promise.all(
    sockets.map(({ closed }) => Promise.race([closed.then(() => 0), Promise.resolve(1)])),
  )
  const isGone = (item: { type: string; user?: unknown; state?: unknown }): boolean =>
    item.type === 'presence' && item.state === 'offline'
  const figures = {
    people,
    open: isOpen.reduce<number>((sum, one) => sum + one, 0),
    answered: settled.filter(({ status: one }) => one === 'fulfilled').length,
    gone: sockets[0]?.heard.filter(isGone).length ?? 0,
    upload: status,
  }
  for (const socket of [...sockets, again]) await socket.close()
  return figures
}
