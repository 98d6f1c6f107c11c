import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { history, openSocket, signIn } from '../helpers/client'
import { upload } from '../helpers/files'
import { makeFolder, removeFolder } from '../helpers/folders'
import { type RunningServer, runServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'
import { allAnswered, createSender } from './sender'
import { filesIn } from './uploads'

/** One line for the operator: no stack trace, and an exit code that a supervisor understands. */
async function expectRefusal(
  options: Parameters<typeof runServer>[0],
  sentence: RegExp,
): Promise<void> {
  const { code, err } = await runServer(options)
  expect(code).not.toBe(0)
  expect(err.trim().split('\n').length).toBe(1)
  expect(err).toMatch(sentence)
}

test('SIGTERM under load: all are told to come back, exit code 0, nothing lost', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const sender = createSender(server, ada)
  const reader = await openSocket(server, await signIn(server, 'Grace'))
  for (let n = 0; n < 300; n += 1) sender.post(`t-${n}`, `message ${n}`)
  await reader.until((item) => item.type === 'message', 'a first message')
  expect(await server.stop()).toBe(0)
  expect(await reader.closed).toMatchObject({ code: 1012 })
  await server.restart()
  await allAnswered([sender])
  const stored = await history(server, ada, 1)
  expect(stored.map(({ content }) => content)).toEqual(
    Array.from({ length: 300 }, (_, n) => `message ${n}`),
  )
  sender.close()
})

test('a second server on the same data is refused, and the first goes on', async () => {
  await using server = await startServer()
  await expectRefusal({ data: server.data }, /already running/)
  const ada = await openSocket(server, await signIn(server, 'Ada'))
  expect(await ada.post(1, 'still', 'still here')).toMatchObject({ type: 'accepted' })
  await ada.close()
})

test('a port in use is named', async () => {
  await using server = await startServer()
  await expectRefusal({ port: server.port }, new RegExp(`[Pp]ort ${server.port} is in use`))
})

test('a read-only folder is named', async () => {
  const folder = makeFolder()
  await Bun.write(join(folder, 'file'), 'a file, not a folder')
  await expectRefusal({ data: join(folder, 'file', 'below') }, /cannot write to the data folder/)
  removeFolder(folder)
})

test('data of a newer version is refused and left alone', async () => {
  const folder = makeFolder()
  const server = await startServer({ data: folder })
  await server.stop()
  const db = new Database(join(folder, 'chatroom.db'))
  db.run('PRAGMA user_version = 999')
  db.close()
  await expectRefusal({ data: folder }, /newer/)
  removeFolder(folder)
})

test('a stopped server leaves only its database and its lock, nothing to recover', async () => {
  const folder = makeFolder()
  const server = await startServer({ data: folder })
  const ada = await openSocket(server, await signIn(server, 'Ada'))
  await ada.post(1, 'one', 'one')
  await server.stop()
  const left = await Array.fromAsync(new Bun.Glob('*').scan({ cwd: folder, dot: true }))
  expect(left.toSorted()).toEqual(['chatroom.db', 'lock'])
  removeFolder(folder)
})

test('a damaged database is named, with what to do', async () => {
  const folder = makeFolder()
  const file = join(folder, 'chatroom.db')
  const server = await startServer({ data: folder })
  await server.stop()
  const db = new Database(file, { readonly: true })
  // The start asks this index whether there is a room.
  const root = db.query<{ page: number }, []>(
    `SELECT rootpage AS page FROM sqlite_schema WHERE name = 'rooms_by_maker'`,
  )
  const rooms = ((root.get()?.page ?? 1) - 1) * 4_096
  db.close()
  const whole = await Bun.file(file).bytes()
  for (const from of [0, 4_096, rooms]) {
    const damaged = whole.slice()
    crypto.getRandomValues(damaged.subarray(from, from + 8_192))
    await Bun.write(file, damaged)
    await expectRefusal({ data: folder }, /is damaged .* chatroom restore/)
  }
  await Bun.write(file, whole.subarray(0, 9_000))
  await expectRefusal({ data: folder }, /is damaged/)
  removeFolder(folder)
})

test('a server that stops tells people to retry, and lets uploads end', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  let finish = (): void => {}
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('the first half, '))
      finish = () => {
        controller.enqueue(Buffer.from('the second'))
        controller.close()
      }
    },
  })
  const sent = upload(server, ada, body)
  await untilBegun(server)
  const stopped = server.stop()
  const refused = await untilRefused(server.origin)
  expect(refused.headers.get('retry-after')).toBe('2')
  expect(await refused.text()).toContain('restarting')
  expect(await Promise.race([stopped, Bun.sleep(500)])).toBeUndefined()
  finish()
  expect((await sent).id).toMatch(/^[0-9a-f]{32}$/)
  expect(await stopped).toBe(0)
})

test('a second signal ends the server at once, whatever is under way', async () => {
  await using server = await startServer()
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from('the first half of something')),
  })
  void upload(server, await signIn(server, 'Ada'), body).catch(() => {})
  await untilBegun(server)
  const stopped = server.stop()
  await untilRefused(server.origin)
  const askedAt = performance.now()
  process.kill(server.pid, 'SIGTERM')
  expect(await stopped).toBe(1)
  expect(performance.now() - askedAt).toBeLessThan(2_000)
})

async function untilBegun({ data }: RunningServer): Promise<void> {
  await waitUntil(() => filesIn(join(data, 'files', 'drafts')).length > 0, 'the upload')
}

async function untilRefused(origin: string): Promise<Response> {
  for (;;) {
    const answer = await fetch(origin, { keepalive: false })
    if (answer.status === 503) return answer
    await answer.text()
  }
}
