import { expect, test } from 'bun:test'
import { readdirSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, signIn } from '../helpers/client'
import { fetchAs, postFiles, upload } from '../helpers/files'
import { openLine } from '../helpers/raw'
import { serverForAll, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll()

/** Where the bytes of an upload lie. */
const pathOf = (id: string): string => join(server().data, 'files', id.slice(0, 2), id)

test('V7: a file that is gone from the disk, or cut, harms nobody’s talk', async () => {
  const ada = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), ada)
  const [gone, cut] = [await upload(server(), ada, 'gone'), await upload(server(), ada, 'cut off')]
  await postFiles(server(), ada, 1, 'files', [gone.id, cut.id])
  rmSync(pathOf(gone.id))
  truncateSync(pathOf(cut.id), 3)
  expect((await fetchAs(server(), ada, gone.url)).status).toBe(404)
  expect((await fetchAs(server(), ada, cut.url)).status).toBe(404)
  expect((await fetchAs(server(), ada, '/rooms/1')).status).toBe(200)
  expect((await fetchAs(server(), ada, '/rooms/1/export.html')).status).toBe(200)
  socket.send({ type: 'message.delete', room: 1, seq: 1, client_id: 'away' })
  await socket.until((item) => item.type === 'message.removed', 'the end of it')
  expect(await socket.post(1, 'on', 'and on')).toMatchObject({ type: 'accepted' })
  expect(server().log()).not.toMatch(/ (uncaught|unhandled|fault) /)
  await socket.close()
})

test('V8: files lie in folders of their first two letters', async () => {
  const ada = await signIn(server(), 'Grace')
  const { id } = await upload(server(), ada, 'somewhere')
  expect(readdirSync(join(server().data, 'files', id.slice(0, 2)))).toContain(id)
  expect(readdirSync(join(server().data, 'files'))).not.toContain(id)
})

test('V5: with no file handle left newcomers are refused and others talk; it passes', async () => {
  await using small = await startServer({ under: ['sh', '-c', 'ulimit -n 96; exec "$@"', 'sh'] })
  const ada = await openSocket(small, await signIn(small, 'Ada'))
  const many = await Promise.all(Array.from({ length: 150 }, () => openLine(small)))
  // A connection is taken when it has something to say.
  for (const line of many) line.write('G')
  const isServed = async (ms: number): Promise<boolean> => {
    const asked = fetch(`${small.origin}/healthz`, { keepalive: false }).then(({ ok }) => ok)
    return Promise.race([asked.catch(() => false), Bun.sleep(ms).then(() => false)])
  }
  await waitUntil(async () => !(await isServed(300)), 'no handle to be left')
  expect(await ada.post(1, 'v5', 'still here')).toMatchObject({ type: 'accepted' })
  await waitUntil(() => small.log().includes('handles.exhausted where="ulimit -n"'), 'the log')
  // Nothing is tried over and over.
  await waitUntil(async () => (await busyShare(small.pid)) < 0.15, 'the process to rest')
  await Promise.all(many.map((line) => line.end(0)))
  await waitUntil(() => isServed(1_000), 'newcomers to be served')
  expect(small.log()).toContain('handles.free')
  // Who came before and who came after hear each other.
  const bob = await openSocket(small, await signIn(small, 'Bob'))
  expect(await ada.post(1, 'v5-later', 'and after')).toMatchObject({ type: 'accepted' })
  await bob.until((item) => item.type === 'message' && item.content === 'and after', 'Ada')
  expect(await bob.post(1, 'v5-bob', 'and I')).toMatchObject({ type: 'accepted' })
  await ada.until((item) => item.type === 'message' && item.content === 'and I', 'Bob')
  await Promise.all([ada.close(), bob.close()])
  expect(await small.stop()).toBe(0)
})

/** The share of one core that a process has used over half a second. */
async function busyShare(pid: number): Promise<number> {
  const ticks = async (): Promise<number> => {
    const [, fields = ''] = (await Bun.file(`/proc/${pid}/stat`).text()).split(') ')
    const [user, system] = fields.split(' ').slice(11)
    return Number(user) + Number(system)
  }
  const before = await ticks()
  await Bun.sleep(500)
  // A tick is a hundredth of a second.
  return ((await ticks()) - before) / 50
}
