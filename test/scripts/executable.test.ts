import { expect, test } from 'bun:test'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { history, openSocket, signIn } from '../helpers/client'
import { sendFile } from '../helpers/files'
import { runServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const root = join(import.meta.dir, '..', '..')

test('a fault in the executable is logged with the file and line of its source', async () => {
  await using server = await startServer({ compiled: true })
  const ada = await signIn(server, 'Ada')
  // No upload can begin while the folder of drafts is a file.
  const drafts = join(server.data, 'files', 'drafts')
  rmSync(drafts, { recursive: true })
  writeFileSync(drafts, '')
  expect((await sendFile(server, ada, 'bytes', { name: 'a.txt' })).status).toBe(503)
  // The cleanup after the start may have met the file, too.
  const isOpening = ([, path = '', line]: RegExpExecArray): boolean =>
    readFileSync(join(root, path), 'utf8')
      .split('\n')
      [Number(line) - 1]?.includes('await mkdir(') ?? false
  const place = /EEXIST .*\((src\/store\/[\w/-]+\.ts):(\d+):\d+\)/g
  await waitUntil(() => [...server.log().matchAll(place)].some(isOpening), 'the fault in the log')
})

test('the executable has none of the faults that tests plant', async () => {
  const executable = readFileSync(join(root, 'chatroom'))
  const has = (text: string): boolean => executable.includes(text)
  // Control: names of settings that it knows are found in its bytes.
  expect(['CHATROOM_RATE_LIMITS', 'BUN_INSPECT', 'max-per-person'].filter(has)).toHaveLength(3)
  const planted = ['TEST_FAULT', 'ack-before-commit', 'disk-bytes', 'AckBeforeCommit', 'DiskBytes']
  expect([...planted, 'ackTooEarly', 'early-answers'].filter(has)).toEqual([])
})

test('the executable ignores the variables of planted faults', async () => {
  for (const fault of ['ack-before-commit', 'disk-bytes=0']) {
    const env = { CHATROOM_TEST_FAULT: fault }
    await using server = await startServer({ compiled: true, env })
    const ada = await signIn(server, 'Ada')
    expect((await sendFile(server, ada, 'bytes', { name: 'a.txt' })).status).toBe(201)
    const socket = await openSocket(server, ada)
    for (let n = 0; n < 5; n += 1) await socket.post(1, `f${n}`, 'kept')
    await server.kill()
    await server.restart()
    expect(await history(server, ada, 1)).toHaveLength(5)
  }
})

test('the executable does not start with a debugger', async () => {
  const env = { BUN_INSPECT: 'ws://127.0.0.1:0/x' }
  const { code, err } = await runServer({ compiled: true, env })
  expect({ code, err: err.trim().split('\n').at(-1) }).toEqual({
    code: 2,
    err: 'BUN_INSPECT opens a debugger into the server. Unset it, then start again.',
  })
})

test('the executable names its version and the commit that it was built from', async () => {
  const { version } = await Bun.file(join(root, 'package.json')).json()
  const { code, out } = await runServer({ compiled: true, port: null, flags: ['--version'] })
  expect(code).toBe(0)
  // The tests may run for a later commit, or in a copy without any.
  expect(out).toMatch(new RegExp(`^${RegExp.escape(version)}( \\([\\da-f]{12}(-modified)?\\))?\n$`))
})
