import { expect, test } from 'bun:test'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signIn } from '../helpers/client'
import { sendFile } from '../helpers/files'
import { startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const root = join(import.meta.dir, '..', '..')

test('a fault in the executable is logged with the file and line of its source', async () => {
  await using server = await startServer({ compiled: true })
  const ada = await signIn(server, 'Ada')
  // No upload can begin while the folder of files is a file.
  const files = join(server.data, 'files')
  rmSync(files, { recursive: true })
  writeFileSync(files, '')
  expect((await sendFile(server, ada, 'bytes', { name: 'a.txt' })).status).toBe(503)
  // The cleanup after the start may have met the file, too.
  const isOpening = ([, path = '', line]: RegExpExecArray): boolean =>
    readFileSync(join(root, path), 'utf8').split('\n')[Number(line) - 1]?.includes('await open(') ??
    false
  const place = /ENOTDIR .*\((src\/store\/[\w/-]+\.ts):(\d+):\d+\)/g
  await waitUntil(() => [...server.log().matchAll(place)].some(isOpening), 'the fault in the log')
})
