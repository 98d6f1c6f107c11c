import { afterAll, beforeAll, expect, test } from 'bun:test'
import { join } from 'node:path'
import { readCommand } from '../../../src/config'
import { type RunningServer, startServer } from '../../../src/server'
import { openFolderFiles, type Space } from '../../../src/store/files'
import { openStore } from '../../../src/store/sqlite/sqlite'
import { type ChatClient, openSocket, type Person, signIn } from '../../helpers/client'
import { sendFile } from '../../helpers/files'
import { makeFolder, removeFolder } from '../../helpers/folders'
import { waitUntil } from '../../helpers/wait'
import { rules } from '../../store/engine'

const data = makeFolder()
const plenty: Space = { free: 1e12, total: 2e12 }
const little: Space = { free: 8e6, total: 2e12 }
/** What the two disks of the server say of themselves. */
const disks = { database: plenty, files: plenty }
const noLimits = { CHATROOM_RATE_LIMITS: 'off' }
let server: RunningServer
let ada: Person
let socket: ChatClient
let tries = 0

const address = () => ({ port: server.port, origin: `http://127.0.0.1:${server.port}` })

beforeAll(async () => {
  const command = readCommand(['--port', '0', '--host', '127.0.0.1', '--data', data], noLimits)
  if (command.kind !== 'serve') throw new Error('it serves')
  const store = openStore({ folder: data, ...rules, now: Date.now })
  if ('problem' in store) throw new Error(store.problem)
  const files = openFolderFiles(join(data, 'files'), store.filesId)
  const measured = {
    store: { ...store, space: async () => disks.database },
    files: { ...files, space: async () => disks.files },
  }
  server = startServer(command.config, measured, () => {})
  ada = await signIn(address(), 'Ada')
  socket = await openSocket(address(), ada)
})

afterAll(async () => {
  await socket.close()
  await server.stop()
  removeFolder(data)
})

async function post(): Promise<string | undefined> {
  tries += 1
  const answer = await socket.post(1, `two-disks-${tries}`, 'still here')
  return answer.type === 'refused' ? answer.code : answer.type
}

async function upload(): Promise<[status: number, reason: string | undefined]> {
  const options = { headers: { Accept: 'application/json' } }
  const answer = await sendFile(address(), ada, 'some bytes', options)
  const { reason }: { reason?: string } = await answer.json()
  return [answer.status, reason]
}

test('a full disk of the files refuses files only, and says so', async () => {
  disks.files = little
  expect(await upload()).toEqual([
    507,
    'The server has no space left for files. Text still works. Tell the administrator.',
  ])
  // The space is measured once a second.
  const until = performance.now() + 1_200
  for (; performance.now() < until; await Bun.sleep(20)) expect(await post()).toBe('accepted')
  disks.files = plenty
  expect((await upload())[0]).toBe(201)
})

test('a full disk of the database refuses both, whatever the files have', async () => {
  disks.database = little
  await waitUntil(async () => (await post()) === 'storage_full', 'the refusal')
  expect(await upload()).toEqual([
    507,
    'The server’s disk is full. Keep your text and tell the administrator.',
  ])
  disks.database = plenty
  await waitUntil(async () => (await post()) === 'accepted', 'space')
  expect((await upload())[0]).toBe(201)
})
