import { expect, test } from 'bun:test'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { postFiles, sendFile, upload } from '../helpers/files'
import { openLine } from '../helpers/raw'
import { makeFolder } from '../helpers/folders'
import { type RunningServer, startServer } from '../helpers/server'
import { filesIn, killUploads, rowsOf } from './uploads'
import { waitUntil } from '../helpers/wait'

const megabyte = 1024 * 1024

test('kill -9 during uploads: no row without its file, no file without its row', async () => {
  const { cut, drafts, filesWithoutRow, rowsWithoutFile } = await killUploads(3)
  expect(cut).toBeGreaterThan(0)
  expect({ drafts, filesWithoutRow, rowsWithoutFile }).toEqual({
    drafts: 0,
    filesWithoutRow: 0,
    rowsWithoutFile: 0,
  })
})

test('the cleanup removes files that no message has, and nothing else', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const file = await upload(server, ada, 'kept')
  await postFiles(server, ada, 1, 'kept', [file.id])
  await server.stop()
  const folder = join(server.data, 'files')
  const stray = `ab${'0'.repeat(30)}`
  mkdirSync(join(folder, 'ab'), { recursive: true })
  for (const path of [
    ['drafts', 'left-over'],
    ['ab', stray],
  ]) {
    writeFileSync(join(folder, ...path), 'nobody’s')
  }
  await server.restart()
  await waitUntil(() => filesIn(folder).length === 1, 'the janitor')
  expect(filesIn(folder)).toEqual([file.id])
  expect(rowsOf(server.data)).toEqual([file.id])
})

test('a stalled upload is refused with a reason, and leaves nothing (U8)', async () => {
  await using server = await startServer({
    compiled: false,
    env: {
      BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
      TEST_LIMITS: JSON.stringify({ uploadStallMsMax: 1_000 }),
    },
  })
  const line = await openLine(server)
  line.write(head(server, await signIn(server, 'Ada'), 'Content-Length: 100000'))
  line.write(new Uint8Array(50_000))
  const answer = await line.end(35_000)
  expect(answer).toStartWith('HTTP/1.1 408')
  expect(answer).toContain('"upload_stalled"')
  expect(answer).toContain('Send the file again.')
  expect(filesIn(join(server.data, 'files'))).toEqual([])
})

function head({ port, origin }: RunningServer, { cookie }: Person, more: string): string {
  const own = [`Host: 127.0.0.1:${port}`, `Origin: ${origin}`, `Cookie: ${cookie}`]
  const lines = ['POST /attachments HTTP/1.1', ...own, 'Accept: application/json', more]
  return `${lines.join('\r\n')}\r\n\r\n`
}

const sentence = 'The server has no space left for files. Text still works. Tell the administrator.'

test('an upload that fills the disk leaves nothing (U15)', async () => {
  await using server = await startServer({ under: ['sh', '-c', 'ulimit -f 4096; exec "$@"', 'sh'] })
  const ada = await signIn(server, 'Ada')
  expect((await upload(server, ada, new Uint8Array(megabyte))).size).toBe(megabyte)
  const refused = await sendFile(server, ada, new Uint8Array(3 * megabyte))
  expect([refused.status, (await refused.json()).reason]).toEqual([507, sentence])
  expect(filesIn(join(server.data, 'files')).length).toBe(1)
  expect(await postFiles(server, ada, 1, 'words', [], 'still talking')).toMatchObject({
    type: 'accepted',
  })
})

test('on a full disk files are refused, and messages still go (U15)', async () => {
  // Making a small disk takes root; the test before this one does without.
  if (process.getuid?.() !== 0) return
  await using disk = mountDisk(290)
  await using server = await startServer({ data: disk.folder })
  const ada = await signIn(server, 'Ada')
  const socket = await openSocket(server, ada)
  expect((await upload(server, ada, new Uint8Array(2 * megabyte))).size).toBe(2 * megabyte)
  // So much is free, but not so much that words would still have room.
  const refused = await sendFile(server, ada, new Uint8Array(40 * megabyte))
  expect([refused.status, (await refused.json()).reason]).toEqual([507, sentence])
  // Somebody else fills the disk while a file comes in.
  const slow = new ReadableStream({
    async pull(controller) {
      controller.enqueue(new Uint8Array(megabyte))
      await Bun.sleep(50)
      writeFileSync(join(disk.folder, 'filler'), new Uint8Array(285 * megabyte), { flag: 'a' })
    },
  })
  const cut = await sendFile(server, ada, slow).catch(() => null)
  if (cut !== null) expect(cut.status).toBe(507)
  rmSync(join(disk.folder, 'filler'))
  expect(filesIn(join(disk.folder, 'files', 'drafts'))).toEqual([])
  expect(await socket.post(1, 'words', 'still talking')).toMatchObject({ type: 'accepted' })
  expect((await upload(server, ada, 'and files again')).size).toBe(15)
  await socket.close()
})

/** A small disk of its own, in megabytes. Mounting one takes root. */
function mountDisk(megabytes: number) {
  const folder = makeFolder()
  const size = `size=${megabytes}m`
  const { success, stderr } = Bun.spawnSync(['mount', '-t', 'tmpfs', '-o', size, 'none', folder])
  if (!success) throw new Error(`No small disk could be made: ${stderr}`)
  return {
    folder,
    async [Symbol.asyncDispose]() {
      Bun.spawnSync(['umount', '-l', folder])
    },
  }
}
