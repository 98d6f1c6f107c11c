import { expect, test } from 'bun:test'
import { rmSync, truncateSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { chunk, fetchAs, png, postFiles, upload } from '../helpers/files'
import { makeRoom, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
const large = 24 * 1024 * 1024

type Download = {
  status: number
  /** As announced; null when it was not. */
  announced: number | null
  got: number
  /** Whether the body ended as it was announced. */
  isWhole: boolean
}

/**
 * Reads a file slowly; `midway` is called after the first two million bytes. A reader of a real
 * network, as the buffers of this machine hold a few million more.
 */
async function readSlowly(
  person: Person,
  path: string,
  midway: () => unknown,
  headers: Record<string, string> = {},
  bytesPerMs = 40_000,
): Promise<Download> {
  const chunks: Buffer[] = []
  let got = 0
  let isMidway = false
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(server().port, '127.0.0.1')
  const lines = { Host: `127.0.0.1:${server().port}`, Cookie: person.cookie, ...headers }
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}`)
  socket.write([`GET ${path} HTTP/1.1`, ...head, '', ''].join('\r\n'))
  socket.on('data', (chunk) => {
    chunks.push(Buffer.from(chunk))
    got += chunk.length
    if (!isMidway && got > 2_000_000) {
      isMidway = true
      socket.pause()
      void Promise.resolve(midway()).then(() => socket.resume())
    } else if (isMidway) {
      socket.pause()
      setTimeout(() => socket.resume(), chunk.length / bytesPerMs)
    }
  })
  socket.on('error', () => {})
  socket.on('close', () => resolve())
  await promise
  const all = Buffer.concat(chunks).toString('latin1')
  const [top = ''] = all.split('\r\n\r\n', 1)
  const length = /^content-length: (\d+)$/im.exec(top)?.[1]
  const body = all.length - top.length - 4
  const isChunked = /^transfer-encoding: chunked$/im.test(top)
  return {
    status: Number(top.split(' ')[1]),
    announced: length === undefined ? null : Number(length),
    got: body,
    isWhole: isChunked ? all.endsWith('\r\n0\r\n\r\n') : body === Number(length),
  }
}

const pathOf = (id: string): string => join(server().data, 'files', id.slice(0, 2), id)

async function postLarge(name: string) {
  const ada = await signIn(server(), name)
  const file = await upload(server(), ada, new Uint8Array(large), { name: 'large.bin' })
  await postFiles(server(), ada, 1, `large-${name}`, [file.id])
  return { ada, file }
}

test('a body of known length says it: whole, small, a part, and as HEAD', async () => {
  const { ada, file } = await postLarge('Measured')
  const small = await upload(server(), ada, 'small', { name: 'small.txt' })
  const lengthOf = async (url: string, headers: Record<string, string> = {}) => {
    const answer = await fetchAs(server(), ada, url, headers)
    const length = Number(answer.headers.get('content-length'))
    expect((await answer.bytes()).length).toBe(length)
    return [answer.status, length]
  }
  expect(await lengthOf(file.url)).toEqual([200, large])
  expect(await lengthOf(small.url)).toEqual([200, 5])
  expect(await lengthOf(file.url, { Range: 'bytes=7-9' })).toEqual([206, 3])
  expect(await lengthOf(file.url, { Range: 'bytes=5-20000004' })).toEqual([206, 20_000_000])
  const head = await fetch(server().origin + file.url, {
    method: 'HEAD',
    headers: { Cookie: ada.cookie },
  })
  expect(head.headers.get('content-length')).toBe(String(large))
})

test('a download whose file is deleted, or cut, is whole or breaks', async () => {
  const harms = {
    Deleted: (path: string) => rmSync(path),
    Cut: (path: string) => truncateSync(path, 12_000_000),
    Emptied: (path: string) => writeFileSync(path, ''),
  }
  const tries = Object.entries(harms).flatMap(([name, harm]) =>
    ['', 'bytes=1000-'].map(async (range) => {
      const { ada, file } = await postLarge(`${name}${range.length}`)
      const headers: Record<string, string> = range === '' ? {} : { Range: range }
      const read = await readSlowly(ada, file.url, () => harm(pathOf(file.id)), headers)
      const announced = range === '' ? large : large - 1_000
      expect({ name, ...read }).toMatchObject({ name, announced, isWhole: name === 'Deleted' })
    }),
  )
  await Promise.all(tries)
})

test('a download breaks when its reader may not have the file any more', async () => {
  const owner = await signIn(server(), 'Curator')
  const room = await makeRoom(server(), owner, 'Open shelf')
  const happenings: Record<string, (reader: Person, user: string) => unknown> = {
    'put out': (_, user) => sendForm(server(), owner, `/rooms/${room}/members/remove`, { user }),
    left: (reader) => sendForm(server(), reader, `/rooms/${room}/leave`),
    'logged out': (reader) => sendForm(server(), reader, '/session/end'),
    deleted: async () => {
      const socket = await openSocket(server(), owner)
      socket.send({ type: 'message.delete', room, seq: places.at(-1) ?? 0, client_id: 'gone' })
      await socket.until((item) => item.type === 'accepted', 'the deletion')
      await socket.close()
    },
  }
  const [downloads, places] = [[] as ReturnType<typeof readSlowly>[], [] as number[]]
  for (const [n, [name, happen]] of Object.entries(happenings).entries()) {
    const reader = await signIn(server(), `Reader ${name}`)
    await sendForm(server(), reader, `/rooms/${room}/members`)
    const socket = await openSocket(server(), reader)
    const file = await upload(server(), owner, new Uint8Array(large), { name: 'large.bin' })
    const posted = await postFiles(server(), owner, room, `file-${n}`, [file.id])
    places.push(posted.seq ?? 0)
    const midway = () => happen(reader, String(socket.hello.user.id))
    downloads.push(readSlowly(reader, file.url, midway, {}, 1_500))
  }
  for (const read of await Promise.all(downloads)) {
    expect(read).toMatchObject({ announced: large, isWhole: false })
    expect(read.got).toBeLessThan(large)
  }
  expect(server().log()).not.toMatch(/error:/i)
})

test('an export breaks when its reader is signed out meanwhile', async () => {
  const reader = await signIn(server(), 'Archivist')
  const room = await makeRoom(server(), reader, 'Long shelf')
  const socket = await openSocket(server(), reader)
  const count = 1_500
  for (let n = 0; n < count; n += 1)
    void socket.post(room, `long-${n}`, 'A long story. '.repeat(500))
  const last = `long-${count - 1}`
  await socket.until((item) => item.type === 'accepted' && item.client_id === last, 'the last')
  const path = `/rooms/${room}/export.txt`
  const logOut = () => sendForm(server(), reader, '/session/end')
  const read = await readSlowly(reader, path, logOut, { Connection: 'close' })
  expect(read).toMatchObject({ status: 200, isWhole: false })
})

test('a file that is not whole on the disk is not begun', async () => {
  const ada = await signIn(server(), 'Grace')
  const [gone, cut] = [await upload(server(), ada, 'gone'), await upload(server(), ada, 'cut off')]
  rmSync(pathOf(gone.id))
  truncateSync(pathOf(cut.id), 3)
  for (const { url } of [gone, cut]) {
    const answer = await fetchAs(server(), ada, url, { Accept: 'application/json' })
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'file_lost' }])
  }
})

test('an export breaks when a picture is cut meanwhile; a lost picture is a link', async () => {
  const ada = await signIn(server(), 'Exporter')
  const room = await makeRoom(server(), ada, 'Pictures')
  const noise = Array.from({ length: 300 }, () =>
    chunk('IDAT', crypto.getRandomValues(new Uint8Array(60_000))),
  )
  const lost = await upload(server(), ada, png(4, 4), { name: 'lost.png' })
  const picture = png(4, 4, [1, 2, 3], [4, 4], noise)
  const large = await upload(server(), ada, picture, { name: 'large.png' })
  await postFiles(server(), ada, room, 'two', [lost.id, large.id])
  rmSync(pathOf(lost.id))
  const path = `/rooms/${room}/export.html`
  const page = await (await fetchAs(server(), ada, path)).text()
  expect(page.match(/data:image\/png;base64,[^"]/g)?.length).toBe(1)
  expect(page).toContain('lost.png</a>')
  const read = await readSlowly(ada, path, () => truncateSync(pathOf(large.id), 17_000_000))
  expect(read).toMatchObject({ status: 200, isWhole: false })
  expect(server().log()).not.toMatch(/error:/i)
})
