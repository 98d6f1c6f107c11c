import { afterAll, beforeAll, expect, test } from 'bun:test'
import { readCommand } from '../../src/config'
import { type RunningServer, startServer } from '../../src/server'
import { openFolderFiles } from '../../src/store/files'
import { openStore } from '../../src/store/sqlite/sqlite'
import { dial, openSocket, signIn } from '../helpers/client'
import { makeFolder, removeFolder } from '../helpers/folders'
import { rules } from '../store/engine'

const data = makeFolder()
let server: RunningServer
/** What the greeting needs is not to be had, while the session was still found. */
let isAway = false

beforeAll(() => {
  const command = readCommand(['--port', '0', '--host', '127.0.0.1', '--data', data], {})
  if (command.kind !== 'serve') throw new Error('it serves')
  const store = openStore({ folder: data, ...rules, now: Date.now })
  if ('problem' in store) throw new Error(store.problem)
  const count: typeof store.invitations.count = async (user) => {
    if (isAway) throw Object.assign(new Error('DATABASE_AWAY'), { code: 'DATABASE_AWAY' })
    return store.invitations.count(user)
  }
  const opened = {
    store: { ...store, invitations: { ...store.invitations, count } },
    files: openFolderFiles(data, store.filesId),
  }
  server = startServer(command.config, opened, () => {})
})

afterAll(async () => {
  await server.stop()
  removeFolder(data)
})

test('a page that cannot be greeted is sent away, and comes again', async () => {
  const address = { origin: `http://127.0.0.1:${server.port}` }
  const ada = await signIn(address, 'Ada')
  isAway = true
  const { promise: closed, resolve } = Promise.withResolvers<number>()
  dial(address, ada).onclose = ({ code }) => resolve(code)
  expect(await closed).toBe(1011)
  isAway = false
  const socket = await openSocket(address, ada)
  expect(socket.hello.user.nickname).toBe('Ada')
  await socket.close()
})
