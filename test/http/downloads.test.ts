import { expect, test } from 'bun:test'
import { openSocket, type Person, signIn } from '../helpers/client'
import { fetchAs, photo, png, postFiles, upload } from '../helpers/files'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

/** An answer as bytes, to be compared with another. */
async function whole(answer: Response): Promise<string> {
  const headers = [...answer.headers].filter(([name]) => name !== 'date')
  return JSON.stringify([answer.status, headers.toSorted(), await answer.text()])
}

const nothing = 'f'.repeat(32)

test('a file can be read only in its room (U12)', async () => {
  const [ada, bob, exile, eve] = await Promise.all(
    ['Ada', 'Bob', 'Exile', 'Eve'].map((name) => signIn(server(), name)),
  )
  if (!ada || !bob || !exile || !eve) throw new Error('four people')
  const closed = await makeRoom(server(), ada, 'Vault', 'closed')
  const socket = await openSocket(server(), exile)
  const user = String(socket.hello.user.id)
  await letIn(server(), ada, closed, exile)
  const file = await upload(server(), ada, photo.jpeg, { name: 'secret.jpg' })
  const missing = file.url.replace(file.id, nothing)
  const sees = async (person: Person | null) => (await fetchAs(server(), person, file.url)).status
  // Not used yet: its owner alone.
  expect([await sees(ada), await sees(exile)]).toEqual([200, 404])
  const { seq } = await postFiles(server(), ada, closed, 'secret', [file.id])
  expect([await sees(ada), await sees(exile), await sees(eve)]).toEqual([200, 200, 404])
  await sendForm(server(), ada, `/rooms/${closed}/members/remove`, { user })
  const near = `${file.id.slice(0, -1)}${file.id.endsWith('0') ? '1' : '0'}`
  for (const person of [eve, exile, null]) {
    const forbidden = await whole(await fetchAs(server(), person, file.url))
    expect(forbidden).toBe(await whole(await fetchAs(server(), person, missing)))
    const neighbour = file.url.replace(file.id, near)
    expect(forbidden).toBe(await whole(await fetchAs(server(), person, neighbour)))
    expect(forbidden).toStartWith('[404,')
  }
  const owner = await openSocket(server(), ada)
  owner.send({ type: 'message.delete', room: closed, seq, client_id: 'gone' })
  await owner.until((item) => item.type === 'accepted', 'the answer')
  expect(await whole(await fetchAs(server(), ada, file.url))).toBe(
    await whole(await fetchAs(server(), ada, missing)),
  )
  await owner.close()
  await socket.close()
})

test('a file in a direct room can be read by two people', async () => {
  const [mei, tom] = [await signIn(server(), '梅'), await signIn(server(), 'Tom')]
  const eve = await signIn(server(), 'Mallory')
  const socket = await openSocket(server(), tom)
  const direct = await openDirect(server(), mei, socket.hello.user.id)
  const file = await upload(server(), mei, 'for you', { name: 'letter.txt' })
  await postFiles(server(), mei, direct, 'letter', [file.id])
  expect((await fetchAs(server(), tom, file.url)).status).toBe(200)
  expect((await fetchAs(server(), eve, file.url)).status).toBe(404)
  await socket.close()
})

test('no shared cache keeps a file (U13)', async () => {
  const ada = await signIn(server(), 'Cached')
  const file = await upload(server(), ada, png(3, 3), { name: 'a.png' })
  const cached = new Map<string, string>()
  // A proxy that caches all it may.
  const through = async (person: Person | null): Promise<number> => {
    const kept = cached.get(file.url)
    if (kept !== undefined) return 200
    const answer = await fetchAs(server(), person, file.url)
    const control = answer.headers.get('cache-control') ?? ''
    if (!/no-store|private/.test(control)) cached.set(file.url, await answer.text())
    expect(control).toContain('no-store')
    return answer.status
  }
  expect(await through(ada)).toBe(200)
  expect(await through(null)).toBe(404)
  expect((await fetchAs(server(), ada, file.url)).headers.get('cache-control')).toBe(
    'private, no-store',
  )
})

test('ranges are served, and a list of ranges costs no more than one (U14)', async () => {
  const ada = await signIn(server(), 'Ranges')
  const bytes = Buffer.from('0123456789'.repeat(100_000))
  const file = await upload(server(), ada, new Uint8Array(bytes), { name: 'digits.bin' })
  const ask = async (range: string, more: Record<string, string> = {}) => {
    const answer = await fetchAs(server(), ada, file.url, { Range: range, ...more })
    const body = await answer.bytes()
    return [
      answer.status,
      answer.headers.get('content-range'),
      body.length,
      body.slice(0, 3).join(),
    ]
  }
  const size = bytes.length
  expect(await ask('bytes=5-9')).toEqual([206, `bytes 5-9/${size}`, 5, '53,54,55'])
  expect(await ask('bytes=999998-')).toEqual([206, `bytes 999998-999999/${size}`, 2, '56,57'])
  expect(await ask('bytes=-3')).toEqual([206, `bytes 999997-999999/${size}`, 3, '55,56,57'])
  expect(await ask('bytes=0-99999999999')).toEqual([
    206,
    `bytes 0-999999/${size}`,
    size,
    '48,49,50',
  ])
  for (const beyond of ['bytes=1000000-', 'bytes=-0', 'bytes=99999999999-']) {
    expect(await ask(beyond)).toEqual([416, `bytes */${size}`, 0, ''])
  }
  const many = `bytes=${Array.from({ length: 1_000 }, () => '0-').join(',')}`
  for (const odd of [many, 'bytes=9-5', 'bytes=a-b', 'items=0-1', 'bytes=-', 'bytes=1e3-']) {
    expect(await ask(odd)).toEqual([200, null, size, '48,49,50'])
  }
  expect((await ask('bytes=5-9', { 'If-Range': `"${file.id}"` }))[0]).toBe(206)
  expect((await ask('bytes=5-9', { 'If-Range': '"other"' }))[0]).toBe(200)
  const headOnly = await fetch(server().origin + file.url, {
    method: 'HEAD',
    headers: { Cookie: ada.cookie },
  })
  expect(headOnly.headers.get('content-length')).toBe(String(size))
})
