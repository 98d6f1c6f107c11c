import { expect, test } from 'bun:test'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signIn } from '../helpers/client'
import { sendFile } from '../helpers/files'
import { startServer } from '../helpers/server'

const root = join(import.meta.dir, '..', '..')

test('a fault in the executable is logged with the file and line of its source', async () => {
  await using server = await startServer({ compiled: true })
  const ada = await signIn(server, 'Ada')
  // No upload can begin while the folder of files is a file.
  const files = join(server.data, 'files')
  rmSync(files, { recursive: true })
  writeFileSync(files, '')
  expect((await sendFile(server, ada, 'bytes', { name: 'a.txt' })).status).toBe(503)
  const place = /ENOTDIR .*\((?<path>src\/store\/[\w/-]+\.ts):(?<line>\d+):\d+\)/
  const { path = '', line } = place.exec(server.log())?.groups ?? {}
  const lines = (await Bun.file(join(root, path)).text()).split('\n')
  expect(lines[Number(line) - 1]).toContain('await open(')
})
