import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { history, openSocket, signIn } from '../helpers/client'
import { makeFolder, removeFolder, runServer, startServer } from '../helpers/server'
import { allAnswered, createSender } from './sender'

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

test('a port that is taken is named', async () => {
  await using server = await startServer()
  await expectRefusal({ port: server.port }, new RegExp(`[Pp]ort ${server.port} is in use`))
})

test('a folder that cannot be written is named', async () => {
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
