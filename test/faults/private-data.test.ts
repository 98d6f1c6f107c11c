import { expect, test } from 'bun:test'
import { chmodSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { makeFolder } from '../helpers/folders'
import { type RunningServer, runServer, startServer } from '../helpers/server'

/** Starts a program whose parent forbids nothing. */
const under = ['sh', '-c', 'umask 000; exec "$@"', 'sh']

/** Every file and folder below `folder` that others may use, as `name mode`, while it watches. */
function watchModes(folder: string) {
  const open = new Set<string>()
  let isWatching = true
  const look = (): void => {
    for (const path of readdirSync(folder, { recursive: true })) {
      const mode = statSync(join(folder, String(path)), { throwIfNoEntry: false })?.mode ?? 0
      if ((mode & 0o077) !== 0) open.add(`${path} ${(mode & 0o777).toString(8)}`)
    }
  }
  const watching = (async () => {
    for (; isWatching; await Bun.sleep(1)) {
      try {
        look()
      } catch (fault) {
        // A folder went away between being listed and being read.
        if (!String(fault).includes('ENOENT')) throw fault
      }
    }
    look()
  })()
  return async (): Promise<string[]> => {
    isWatching = false
    await watching
    return [...open]
  }
}

/** Talk, files, a draft, a log and a backup while the server runs, and a restore. */
async function use(server: RunningServer, place: string): Promise<void> {
  const ada = await signIn(server, 'Ada')
  const socket = await openSocket(server, ada)
  for (let n = 0; n < 50; n += 1) await socket.post(1, `m${n}`, `message ${n}`)
  const { id } = await upload(server, ada, 'a file')
  await postFiles(server, ada, 1, 'files', [id])
  const backup = join(place, 'backup.tar')
  const folders = { backup: server.data, restore: join(place, 'restored') }
  for (const [kind, data] of Object.entries(folders)) {
    const run = await runServer({ under, port: null, data, flags: [kind, backup] })
    expect(run).toMatchObject({ code: 0, err: '' })
  }
  await socket.close()
}

test('other users read nothing in the data folder, a backup or its parts', async () => {
  const place = makeFolder()
  const data = join(place, 'data')
  const modes = watchModes(place)
  const server = await startServer({ under, data })
  await use(server, place)
  await server.stop()
  expect(await modes()).toEqual([])
  expect(server.log()).not.toContain('open-to-others')
})

test('a database that others may read is closed to them, and an open folder reported', async () => {
  const data = makeFolder()
  await (await startServer({ data })).stop()
  chmodSync(data, 0o755)
  chmodSync(join(data, 'chatroom.db'), 0o644)
  const server = await startServer({ under, data })
  await signIn(server, 'Ada')
  for (const name of ['chatroom.db', 'chatroom.db-wal', 'chatroom.db-shm']) {
    expect(statSync(join(data, name)).mode & 0o777).toBe(0o600)
  }
  expect(server.log()).toContain(`data.open-to-others where="${data}" code="755"`)
  await server.stop()
})
