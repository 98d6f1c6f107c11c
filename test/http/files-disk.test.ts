import { expect, test } from 'bun:test'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { fetchAs, png, postFiles, sendFile, upload } from '../helpers/files'
import { sendForm } from '../helpers/rooms'
import { makeFolder, removeFolder } from '../helpers/folders'
import { runServer, type RunningServer } from '../helpers/server'
import { startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

/** Takes the disk of the files away, as if it were not mounted; gives what brings it back. */
function unmount({ data }: RunningServer): () => void {
  const [mount, away] = [join(data, 'files'), join(data, 'away')]
  renameSync(mount, away)
  mkdirSync(mount)
  return () => {
    rmSync(mount, { recursive: true })
    renameSync(away, mount)
  }
}

const asJson = { headers: { Accept: 'application/json' } }

async function tryUpload(server: RunningServer, person: Person) {
  const answer = await sendFile(server, person, 'some bytes', asJson)
  const { code, reason }: { code?: string; reason?: string } = await answer.json()
  return { status: answer.status, code, reason }
}

test('without the disk of the files words go on; uploads wait until it is back', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const file = await upload(server, ada, 'kept')
  await postFiles(server, ada, 1, 'a-file', [file.id])
  const mount = unmount(server)
  for (const isRestarted of [false, true]) {
    if (isRestarted) await server.restart()
    const socket = await openSocket(server, ada)
    expect(await tryUpload(server, ada)).toEqual({
      status: 503,
      code: 'files_away',
      reason: 'The server’s disk for files is away. Text still works. Try the file again later.',
    })
    const read = await fetchAs(server, ada, file.url, { Accept: 'application/json' })
    expect([read.status, await read.json()]).toMatchObject([503, { code: 'files_away' }])
    const picture = Buffer.from(png(8, 8)).toString('base64')
    const face = { nickname: 'Ada', avatar: 'picture', picture }
    expect((await sendForm(server, ada, '/profile', face)).status).not.toBe(303)
    expect(await socket.post(1, `words-${isRestarted}`, 'on')).toMatchObject({ type: 'accepted' })
    expect((await fetchAs(server, ada, '/rooms/1/export.txt')).status).toBe(200)
    await socket.close()
  }
  expect(server.log()).toContain('is not the one that belongs to the database')
  // Nothing of it went into the bare folder.
  expect(readdirSync(join(server.data, 'files'))).toEqual([])
  mount()
  expect((await tryUpload(server, ada)).status).toBe(201)
  expect(await (await fetchAs(server, ada, file.url)).text()).toBe('kept')
})

test('the folder of another database is not used, nor tidied', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  await upload(server, ada, 'kept')
  const files = join(server.data, 'files')
  writeFileSync(join(files, 'belongs-to'), 'somebody else')
  mkdirSync(join(files, 'ab'), { recursive: true })
  const theirs = join(files, 'ab', `ab${'0'.repeat(30)}`)
  writeFileSync(theirs, 'theirs')
  await server.restart()
  expect((await tryUpload(server, ada)).code).toBe('files_away')
  await waitUntil(() => server.log().includes(' files.away'), 'the janitor')
  expect(existsSync(theirs)).toBe(true)
})

test('a disk that goes during an upload does not get half of it', async () => {
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const bytes = new TransformStream<Uint8Array, Uint8Array>()
  const writer = bytes.writable.getWriter()
  const answer = sendFile(server, ada, bytes.readable, asJson)
  await writer.write(new Uint8Array(1000))
  const mount = unmount(server)
  await writer.close()
  expect([503, 404]).toContain((await answer).status)
  mount()
  expect((await tryUpload(server, ada)).status).toBe(201)
})

test('a restored backup has its own mark', async () => {
  const place = makeFolder()
  const [file, back] = [join(place, 'b.tar'), join(place, 'back')]
  await using server = await startServer()
  const ada = await signIn(server, 'Ada')
  const kept = await upload(server, ada, 'kept')
  await postFiles(server, ada, 1, 'a-file', [kept.id])
  await runServer({ data: server.data, port: null, flags: ['backup', file] })
  await runServer({ data: back, port: null, flags: ['restore', file] })
  await using again = await startServer({ data: back })
  expect((await tryUpload(again, ada)).status).toBe(201)
  expect(await (await fetchAs(again, ada, kept.url)).text()).toBe('kept')
  await again.stop()
  removeFolder(place)
})
