import { parse } from 'content-disposition'
import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { fetchAs, photo, png, postFiles, sendFile, upload } from '../helpers/files'
import { openLine, sendRaw } from '../helpers/raw'
import { type RunningServer, serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const megabyte = 1024 * 1024
const server = serverForAll({ flags: ['--max-upload', '1MB', '--max-per-person', '4MB'] })

/** Everything in the folder for files, drafts included. */
function filesOf({ data }: RunningServer): string[] {
  const files = readdirSync(join(data, 'files'), { recursive: true, withFileTypes: true })
  return files
    .filter((entry) => entry.isFile() && entry.name !== 'belongs-to')
    .map(({ name }) => name)
}

function rowsOf({ data }: RunningServer): string[] {
  const db = new Database(join(data, 'chatroom.db'), { readonly: true })
  const rows = db.query<{ id: string }, []>('SELECT id FROM attachments').all()
  db.close()
  return rows.map(({ id }) => id)
}

/** Waits until rows and files are the same, and nothing is on its way. */
async function expectTidy(): Promise<void> {
  const areAlike = (): boolean =>
    filesOf(server()).toSorted().join() === rowsOf(server()).toSorted().join()
  await waitUntil(areAlike, 'as many files as rows')
}

function head(person: Person, size: string): string {
  const lines = [`Host: 127.0.0.1:${server().port}`, `Origin: ${server().origin}`]
  return ['POST /attachments HTTP/1.1', ...lines, `Cookie: ${person.cookie}`, size, '', ''].join(
    '\r\n',
  )
}

test('a file comes back byte for byte under its name, in any script', async () => {
  const ada = await signIn(server(), 'Ada')
  const bytes = crypto.getRandomValues(new Uint8Array(60_000))
  const file = await upload(server(), ada, bytes, { name: '年度报告 (终) "v2".pdf' })
  expect(file).toMatchObject({ name: '年度报告 (终) "v2".pdf', size: 60_000, width: null })
  expect(file.id).toMatch(/^[0-9a-f]{32}$/)
  expect(await postFiles(server(), ada, 1, 'with-file', [file.id])).toMatchObject({
    type: 'accepted',
  })
  const answer = await fetchAs(server(), ada, file.url)
  expect(Buffer.from(await answer.bytes()).equals(Buffer.from(bytes))).toBe(true)
  const name = /filename\*=UTF-8''(.+)$/.exec(answer.headers.get('content-disposition') ?? '')?.[1]
  expect(decodeURIComponent(name ?? '')).toBe('年度报告 (终) "v2".pdf')
})

test('everybody in the room receives a message’s files, scripts too', async () => {
  const grace = await signIn(server(), 'Grace')
  const socket = await openSocket(server(), grace)
  const picture = await upload(server(), grace, png(6, 4), { description: '一只猫' })
  const frame = { type: 'message.post', room: 1, client_id: 'picture', content: '' }
  socket.send({ ...frame, attachments: [picture.id] })
  const heard = await socket.until((item) => item.type === 'message', 'the message')
  const wanted = { id: picture.id, type: 'image/png', width: 6, height: 4, description: '一只猫' }
  expect(heard).toMatchObject({ content: '', attachments: [{ ...wanted, url: picture.url }] })
  // Sent again with the same id, it is the same message; the file is used by it alone.
  socket.send({ ...frame, attachments: [picture.id] })
  await socket.until(
    () => socket.heard.filter(({ type }) => type === 'accepted').length === 2,
    'the first answer again',
  )
  await socket.close()
})

test('an upload belongs to one person and one message (U11)', async () => {
  const [ada, eve] = [await signIn(server(), 'Alan'), await signIn(server(), 'Eve')]
  const [first, second] = [await upload(server(), ada, 'one'), await upload(server(), ada, 'two')]
  const code = async (person: Person, clientId: string, ids: unknown, room = 1) =>
    (await postFiles(server(), person, room, clientId, ids)).code
  expect(await code(eve, 'stolen', [first.id])).toBe('attachment_missing')
  expect(await code(ada, 'elsewhere', [first.id], 77)).toBe('room_missing')
  expect(await code(ada, 'twice', [first.id, first.id])).toBe('bad_frame')
  expect(await code(ada, 'half', [first.id, 'f'.repeat(32)])).toBe('attachment_missing')
  expect(await code(ada, 'used', [first.id])).toBeUndefined()
  expect(await code(ada, 'again', [first.id])).toBe('attachment_missing')
  expect(await code(ada, 'both', [second.id, first.id])).toBe('attachment_missing')
  expect(
    await code(
      ada,
      'many',
      Array.from({ length: 11 }, () => second.id),
    ),
  ).toBe('attachments_many')
  for (const odd of [[7], ['../x'], [null], { length: 1 }, 'x', [[second.id]]]) {
    expect(await code(ada, 'odd', odd)).toMatch(/^(attachment_missing|bad_frame)$/)
  }
  expect(await code(ada, 'empty', [])).toBe('message_empty')
})

test('an empty file, one as large as allowed, and one byte more (U9)', async () => {
  const ada = await signIn(server(), 'Edges')
  const refusal = async (answer: Response) => [answer.status, (await answer.json()).code]
  const bytes = (size: number): Uint8Array<ArrayBuffer> => new Uint8Array(size)
  const chunked = (size: number): ReadableStream => new Blob([bytes(size)]).stream()
  expect(await refusal(await sendFile(server(), ada, ''))).toEqual([422, 'file_empty'])
  expect(await refusal(await sendFile(server(), ada, chunked(0)))).toEqual([422, 'file_empty'])
  expect((await upload(server(), ada, bytes(megabyte))).size).toBe(megabyte)
  const large = await sendFile(server(), ada, bytes(megabyte + 1))
  expect(await refusal(large)).toEqual([413, 'file_large'])
  const unsaid = await sendFile(server(), ada, chunked(3 * megabyte))
  expect(await refusal(unsaid)).toEqual([413, 'file_large'])
  expect((await upload(server(), ada, chunked(megabyte))).size).toBe(megabyte)
  await expectTidy()
})

test('an upload that is cut short, or not of the announced size, leaves nothing (U8)', async () => {
  const ada = await signIn(server(), 'Cut')
  const before = rowsOf(server()).length
  const line = await openLine(server())
  line.write(head(ada, 'Content-Length: 100000'))
  line.write(new Uint8Array(99_000))
  await waitUntil(() => filesOf(server()).length === before + 1, 'the draft')
  // Gone at 99 %.
  await line.end(0)
  await expectTidy()
  const chunked = await openLine(server())
  chunked.write(`${head(ada, 'Transfer-Encoding: chunked')}5\r\nhello\r\n`)
  // What was written before was read before this is answered.
  await fetch(`${server().origin}/healthz`)
  await chunked.end(0)
  // Announced too little: the rest is no part of the file, and no request either.
  const short = `${head(ada, 'Content-Length: 5')}hello, and this is more`
  expect(await sendRaw(server(), short)).toMatch(/^HTTP\/1\.1 (201|400)/)
  await expectTidy()
  expect(rowsOf(server()).length).toBeLessThanOrEqual(before + 1)
})

test('no name leads out of the folder or into a header (U5)', async () => {
  const ada = await signIn(server(), 'Names')
  const names = [
    '../../x',
    '..\\..\\x',
    '/etc/passwd',
    'C:\\x',
    'con',
    '.htaccess',
    '"; x="',
    '..',
    'a\r\nSet-Cookie: x=1',
    'a\0b',
    'photo\u202egnp.exe',
    '<img src=x onerror=alert(1)>.png',
    '😀.png',
    'x'.repeat(1_500),
    '%2e%2e%2f',
    "it's(1)*.txt",
  ]
  for (const name of names) {
    const file = await upload(server(), ada, photo.jpeg, { name })
    const answer = await fetchAs(server(), ada, file.url)
    expect({ name, status: answer.status }).toEqual({ name, status: 200 })
    expect(answer.headers.get('set-cookie')).toBeNull()
    const header = answer.headers.get('content-disposition') ?? ''
    expect(header).toMatch(/^inline; filename=[ -~]+$/)
    expect(parse(header).parameters.filename).toMatch(/^[^\p{Cc}]+$/u)
    expect((await answer.bytes()).length).toBe(photo.jpeg.length)
  }
  const broken = await sendFile(server(), ada, 'x', { headers: { 'X-Filename': '%E4%' } })
  expect(broken.status).toBe(400)
  await expectTidy()
})

test('a form is no file, and a compressed body is not unpacked (U10, U16)', async () => {
  const ada = await signIn(server(), 'Forms')
  const part =
    '--b\r\nContent-Disposition: form-data; name="__proto__"; filename="../x"\r\n\r\nx\r\n'
  const type = 'multipart/form-data; boundary=b'
  for (const body of [
    part.repeat(5_000),
    `${part}--b--`,
    part,
    `--b\r\n${'A: b\r\n'.repeat(10_000)}`,
  ]) {
    expect((await sendFile(server(), ada, body, { type })).status).toBe(400)
  }
  const headers = { Cookie: ada.cookie, Origin: server().origin, 'Content-Type': type }
  const field = '--b\r\nContent-Disposition: form-data; name="__proto__"\r\n\r\nx\r\n'
  for (const body of [field.repeat(900), field, `--b\r\n${'A: b\r\n'.repeat(10_000)}`]) {
    const sent = await fetch(`${server().origin}/rooms`, { method: 'POST', headers, body })
    expect([400, 422]).toContain(sent.status)
  }
  const packed = Bun.gzipSync('<svg xmlns="http://www.w3.org/2000/svg"/>')
  const file = await upload(server(), ada, packed, {
    name: 'x.svgz',
    type: 'image/svg+xml',
    headers: { 'Content-Encoding': 'gzip' },
  })
  expect(file).toMatchObject({ size: packed.length, type: 'application/octet-stream' })
  const answer = await fetchAs(server(), ada, file.url)
  expect(answer.headers.get('content-encoding')).toBeNull()
  expect(Buffer.from(await answer.bytes()).equals(Buffer.from(packed))).toBe(true)
})

test('only files may be large: every other route refuses, with or without a length', async () => {
  const ada = await signIn(server(), 'Large')
  const headers = { Cookie: ada.cookie, Origin: server().origin }
  for (const path of ['/session', '/rooms', '/rooms/1/messages', '/nothing']) {
    const body = new Blob([new Uint8Array(300_000)]).stream()
    const answer = await fetch(server().origin + path, { method: 'POST', headers, body })
    expect({ path, status: answer.status }).toEqual({ path, status: 413 })
  }
  const form = new Blob(['client_id=chunked-1&content=hello']).stream()
  const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const sent = await fetch(`${server().origin}/rooms/1/messages`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...headers, ...type },
    body: form,
  })
  expect(sent.status).toBe(303)
})

test('one person’s files have a limit, and deleting makes room', async () => {
  const ada = await signIn(server(), 'Collector')
  const socket = await openSocket(server(), ada)
  const ids: string[] = []
  for (let n = 0; n < 4; n += 1) {
    ids.push((await upload(server(), ada, new Uint8Array(megabyte))).id)
  }
  const full = await sendFile(server(), ada, 'one more')
  expect(full.status).toBe(507)
  expect((await full.json()).reason).toBe(
    'Your files use all your space here. Delete messages with large files.',
  )
  const posted = await postFiles(server(), ada, 1, 'collection', ids)
  socket.send({ type: 'message.delete', room: 1, seq: posted.seq, client_id: 'gone' })
  await socket.until((item) => item.type === 'message.removed', 'the end of it')
  expect((await upload(server(), ada, new Uint8Array(megabyte))).size).toBe(megabyte)
  await socket.close()
  await expectTidy()
})
