import { expect, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { cameraPhoto, fetchAs, png, postFiles, sendFile, upload } from '../helpers/files'
import { becomeOwner } from '../helpers/owners'
import { letIn, makeRoom, sendForm } from '../helpers/rooms'
import { type S3Server, startS3Server } from '../helpers/s3-server'
import { makeFolder } from '../helpers/folders'
import { runServer, type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const place = 's3://a-bucket/our/place'

async function startOn(store: S3Server, data?: string): Promise<RunningServer> {
  const options = { env: store.env, flags: ['--files', place] }
  return startServer(data === undefined ? options : { ...options, data })
}

const keyOf = (id: string): string => `our/place/${id.slice(0, 2)}/${id}`

async function tryUpload(server: RunningServer, person: Person) {
  const answer = await sendFile(server, person, 'some bytes')
  const { code, reason }: { code?: string; reason?: string } = await answer.json()
  return { status: answer.status, code, reason }
}

const away = {
  status: 503,
  code: 'files_away',
  reason: 'The server’s disk for files is away. Text still works. Try the file again later.',
}

test('members share files that are in a bucket, and nobody else gets them', async () => {
  using store = await startS3Server()
  await using server = await startOn(store)
  const [ada, bob, eve] = [
    await signIn(server, 'Ada'),
    await signIn(server, 'Bob'),
    await signIn(server, 'Eve'),
  ]
  const room = await makeRoom(server, ada, 'Vault', 'closed')
  await letIn(server, ada, room, bob)
  const photo = await upload(server, ada, new Uint8Array(cameraPhoto(6)), { name: 'photo.jpg' })
  expect(photo).toMatchObject({ type: 'image/jpeg', width: 16, height: 32 })
  const digits = Buffer.from('0123456789'.repeat(130_000))
  const large = await upload(server, ada, new Uint8Array(digits), { name: 'digits.bin' })
  const { seq } = await postFiles(server, ada, room, 'two', [photo.id, large.id])
  // Nothing stays on this machine, and no camera data goes to the bucket.
  expect(readdirSync(join(server.data, 'drafts'))).toEqual([])
  expect(existsSync(join(server.data, 'files'))).toBe(false)
  expect(await store.textOf(keyOf(photo.id))).not.toContain('Eiffel')
  expect((await fetchAs(server, eve, large.url)).status).toBe(404)
  expect((await fetchAs(server, null, photo.url)).status).toBe(404)
  await becomeOwner(server, eve)
  const storage = await (await fetchAs(server, eve, '/admin/storage')).text()
  expect(storage).toContain('1.2 MB')
  expect(storage).not.toContain('Free on the disk')
  const whole = await fetchAs(server, bob, large.url)
  expect(digits.equals(Buffer.from(await whole.bytes()))).toBe(true)
  expect(whole.headers.get('cache-control')).toBe('private, no-store')
  for (const [range, part] of [
    ['bytes=5-9', digits.subarray(5, 10)],
    ['bytes=1000-900000', digits.subarray(1000, 900_001)],
    ['bytes=-600000', digits.subarray(-600_000)],
  ] as const) {
    const answer = await fetchAs(server, bob, large.url, { Range: range })
    expect(answer.status).toBe(206)
    expect(answer.headers.get('content-range')).toEndWith('/1300000')
    expect(part.equals(Buffer.from(await answer.bytes()))).toBe(true)
  }
  const beyond = await fetchAs(server, bob, large.url, { Range: 'bytes=1300000-' })
  expect(beyond.status).toBe(416)
  const head = await fetch(server.origin + large.url, {
    method: 'HEAD',
    headers: { Cookie: bob.cookie },
  })
  expect(head.headers.get('content-length')).toBe('1300000')
  const page = await (await fetchAs(server, bob, `/rooms/${room}/export.html`)).text()
  const bytes = await (await fetchAs(server, bob, photo.url)).bytes()
  expect(page).toContain(`data:image/jpeg;base64,${bytes.toBase64()}"`)
  const socket = await openSocket(server, ada)
  socket.send({ type: 'message.delete', room, seq: seq ?? 0, client_id: 'gone' })
  await socket.until((item) => item.type === 'accepted', 'the answer')
  await socket.close()
  expect([...store.objects.keys()]).toEqual(['our/place/belongs-to'])
  expect(store.refused).toEqual([])
})

test('a profile picture is in the bucket, until another one replaces it', async () => {
  using store = await startS3Server()
  await using server = await startOn(store)
  const ada = await signIn(server, 'Ada')
  const faces = () => [...store.objects.keys()].filter((key) => !key.endsWith('belongs-to'))
  let before = ''
  for (const side of [8, 9]) {
    const picture = Buffer.from(png(side, side)).toString('base64')
    const face = { nickname: 'Ada', avatar: 'picture', picture }
    expect((await sendForm(server, ada, '/profile', face)).status).toBe(303)
    const [key = '', ...others] = faces()
    expect(others).toEqual([])
    expect(key).not.toBe(before)
    before = key
    const shown = await fetchAs(server, ada, `/faces/${key.split('/').at(-1)}`)
    expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png'])
  }
})

test('while the store is away words go on, and files come back with it', async () => {
  using store = await startS3Server()
  await using server = await startOn(store)
  const ada = await signIn(server, 'Ada')
  const file = await upload(server, ada, 'kept')
  await postFiles(server, ada, 1, 'a-file', [file.id])
  const socket = await openSocket(server, ada)
  // Away before the upload, and while its bytes are sent.
  for (const harm of [
    () => 'refuse',
    ({ method }) => (method === 'PUT' ? 'refuse' : null),
  ] as (typeof store.harm)[]) {
    store.harm = harm
    expect(await tryUpload(server, ada)).toEqual(away)
    expect(await socket.post(1, `words-${store.asked.length}`, 'on')).toMatchObject({
      type: 'accepted',
    })
  }
  store.harm = () => 'refuse'
  const read = await fetchAs(server, ada, file.url, { Accept: 'application/json' })
  expect([read.status, await read.json()]).toMatchObject([503, { code: 'files_away' }])
  store.harm = () => null
  expect((await tryUpload(server, ada)).status).toBe(201)
  expect(await (await fetchAs(server, ada, file.url)).text()).toBe('kept')
  expect(readdirSync(join(server.data, 'drafts'))).toEqual([])
  // The operator is told why.
  expect(server.log()).toContain('S3 403 AccessDenied FILES_AWAY')
  store.objects.delete(keyOf(file.id))
  const lost = await fetchAs(server, ada, file.url, { Accept: 'application/json' })
  expect([lost.status, await lost.json()]).toMatchObject([404, { code: 'file_lost' }])
  await socket.close()
})

test('a download whose object goes, or whose reader may not have it any more, breaks', async () => {
  using store = await startS3Server()
  await using server = await startOn(store)
  const [ada, bob] = [await signIn(server, 'Ada'), await signIn(server, 'Bob')]
  const size = 16 * 1024 * 1024
  const file = await upload(server, ada, new Uint8Array(size), { name: 'large.bin' })
  await postFiles(server, ada, 1, 'a-file', [file.id])
  const happenings: [Person, () => unknown][] = [
    [bob, () => sendForm(server, bob, '/session/end')],
    [ada, () => store.objects.delete(keyOf(file.id))],
  ]
  for (const [reader, happen] of happenings) {
    const tried = new Set<string>()
    store.harm = async ({ method, headers }) => {
      const { range = '' } = headers
      const isEarly = Number(/\d+/.exec(range)?.[0] ?? 0) < 1024 * 1024
      if (method !== 'GET' || isEarly || tried.has(range)) return null
      const isFirst = tried.size === 0
      tried.add(range)
      if (isFirst) await happen()
      // Each part takes a while.
      return 'slow down'
    }
    // It may break before its first byte: then the answer is a refusal.
    const read = fetchAs(server, reader, file.url).then(async (answer) =>
      answer.ok ? answer.bytes() : 'broken',
    )
    expect(await read.catch(() => 'broken')).toBe('broken')
    expect(tried.size).toBeGreaterThan(0)
  }
  expect(server.log()).not.toMatch(/error:/i)
})

test('what was deleted while the store was away goes later, with what no row knows', async () => {
  using store = await startS3Server()
  await using server = await startOn(store)
  const ada = await signIn(server, 'Ada')
  const send = async (text: string) => (await upload(server, ada, text)).id
  const kept = await send('kept')
  const deleted = [await send('one'), await send('two'), await send('three')]
  const { seq } = await postFiles(server, ada, 1, 'three', deleted)
  store.harm = () => 'refuse'
  const socket = await openSocket(server, ada)
  socket.send({ type: 'message.delete', room: 1, seq: seq ?? 0, client_id: 'gone' })
  await socket.until((item) => item.type === 'accepted', 'the answer')
  await socket.close()
  // Each of them would wait for a store that does not answer.
  expect(store.asked.filter(({ method }) => method === 'DELETE').length).toBe(1)
  store.harm = () => null
  await server.kill()
  await store.put(keyOf('ab'.repeat(16)), 'stray')
  for (const object of store.objects.values()) object.changedAt -= 7 * 24 * 60 * 60_000
  await Bun.write(join(server.data, 'drafts', 'left'), 'half')
  await server.restart()
  await waitUntil(() => store.objects.size === 2, 'the janitor')
  expect(readdirSync(join(server.data, 'drafts'))).toEqual([])
  expect(store.objects.has(keyOf(kept))).toBe(true)
})

test('a backup of a running server has the files, and restores into another place', async () => {
  using store = await startS3Server()
  await using server = await startOn(store)
  const ada = await signIn(server, 'Ada')
  const kept = await upload(server, ada, 'kept')
  await postFiles(server, ada, 1, 'a-file', [kept.id])
  const folder = makeFolder()
  const [file, data] = [join(folder, 'b.tar'), join(folder, 'back')]
  const there = ['--files', 's3://a-bucket/moved']
  const run = async (data: string, flags: string[]) =>
    (await runServer({ data, port: null, env: store.env, flags })).err
  expect(await run(server.data, ['backup', file])).toContain('1 files in')
  expect(await run(server.data, ['backup', file, '--files', place])).toBe('')
  expect(await run(data, ['restore', file, '--files', place])).toContain('is not empty')
  expect(await run(data, ['restore', file, ...there])).toBe('')
  await using again = await startServer({ data, env: store.env, flags: there })
  expect(await (await fetchAs(again, ada, kept.url)).text()).toBe('kept')
  expect((await tryUpload(again, ada)).status).toBe(201)
  expect([...store.objects.keys()].filter((key) => key.startsWith('our/')).length).toBe(2)
})

test('a wrong key or folder ends the start; a store that is away does not', async () => {
  using store = await startS3Server()
  const data = makeFolder()
  const secret = 'a/wrong+secret'
  const flags = ['--files', place]
  const wrong = { ...store.env, S3_SECRET_ACCESS_KEY: secret }
  const refused = await runServer({ data, env: wrong, flags })
  expect(refused).toMatchObject({ code: 1, out: '' })
  expect(refused.err).toContain('refuses the keys for s3://a-bucket/our/place')
  const { S3_SECRET_ACCESS_KEY: _, ...keyless } = store.env
  const missing = await runServer({ data, env: keyless, flags })
  expect(missing).toMatchObject({ code: 2 })
  expect(missing.err).toContain('needs S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY')
  await Bun.write(join(data, 'a-file'), '')
  const nowhere = ['--files', join(data, 'a-file', 'files')]
  const unusable = await runServer({ data: join(data, 'new'), flags: nowhere })
  expect(unusable).toMatchObject({ code: 1 })
  expect(unusable.err).toContain('cannot write to the folder for files')
  const nobody = { ...store.env, S3_ENDPOINT: 'http://127.0.0.1:1' }
  await using server = await startServer({ data, env: nobody, flags })
  await waitUntil(() => server.log().includes('Does the store answer?'), 'the sentence')
  const ada = await signIn(server, 'Ada')
  expect(await tryUpload(server, ada)).toEqual(away)
  for (const said of [refused.err, missing.err, server.log()]) {
    expect(said).not.toContain(secret)
    expect(said).not.toMatch(/Signature=/)
  }
})
