import type { Heard } from '../helpers/frames'
import { beforeAll, expect, test } from 'bun:test'
import { head, history, openSocket, type Person, readJson, signIn } from '../helpers/client'
import { serverForAll } from '../helpers/server'

const server = serverForAll()
const total = 230
let ada: Person

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), ada)
  for (let n = 1; n <= total; n += 1) await socket.post(1, `m-${n}`, `message ${n}`)
  await socket.close()
})

async function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server().origin + path, {
    redirect: 'manual',
    headers: { Cookie: ada.cookie, ...headers },
  })
}

async function seqs(query: string): Promise<number[]> {
  const answer = await readJson(server(), ada, `/rooms/1/messages?${query}`)
  const { messages } = Object.assign({ messages: [] as { seq: number }[] }, answer)
  return messages.map(({ seq }) => seq)
}

test('pages of history join without a hole, oldest first', async () => {
  expect(await seqs('limit=3')).toEqual([total - 2, total - 1, total])
  expect(await seqs(`limit=3&before=${total - 2}`)).toEqual([total - 5, total - 4, total - 3])
  expect(await seqs('before=1')).toEqual([])
  expect((await seqs('')).length).toBe(50)
  const all = await history(server(), ada, 1)
  expect(all.map(({ seq }) => seq)).toEqual(Array.from({ length: total }, (_, n) => n + 1))
})

test('a page is at most 200 messages, whatever is asked', async () => {
  expect((await seqs('limit=100000')).length).toBe(200)
})

test('an invalid place or size is refused', async () => {
  const queries = ['limit=0', 'limit=-1', 'limit=x', 'before=0', 'before=-5', 'before=1e3']
  for (const query of [...queries, 'after=-1', 'after=x', 'after=1e3']) {
    const answer = await get(`/rooms/1/messages?${query}`, { Accept: 'application/json' })
    expect({ query, status: answer.status }).toEqual({ query, status: 400 })
    expect(await answer.json()).toMatchObject({ code: 'bad_request' })
  }
})

test('the page shows the newest fifty and links to those before', async () => {
  const page = await (await get('/rooms/1')).text()
  expect([...page.matchAll(/<article /g)].length).toBe(50 + 1) // and the template of a row
  const older = /href="\S*(\/rooms\/1\?before=\d+)"/.exec(page)?.[1] ?? ''
  expect(older).toBe(`/rooms/1?before=${total - 49}`)
  const before = await (await get(older)).text()
  expect(before).toContain(`message ${total - 50}`)
  expect(before).not.toContain(`message ${total - 49}`)
})

test('a script catches up over HTTP, page by page', async () => {
  const seen: number[] = []
  let after = 0
  for (let more = true; more;) {
    const page = await readJson(server(), ada, `/rooms/1/changes?after=${after}`)
    const changes = Object.assign(
      { events: [] as { seq: number }[], revision: 0, more: false },
      page,
    )
    seen.push(...changes.events.map(({ seq }) => seq))
    after = changes.revision
    more = changes.more
  }
  expect(seen).toEqual(Array.from({ length: total }, (_, n) => n + 1))
  const { revision } = await head(server(), ada, 1)
  expect(after).toBe(revision)
})

test('a returning socket gets exactly what it missed, in both formats', async () => {
  for (const subprotocol of ['chatroom.json', 'chatroom.html'] as const) {
    const socket = await openSocket(server(), ada, { subprotocol })
    socket.resume(1, total - 210)
    const done = await socket.until((item) => item.type === 'caught_up', 'the end')
    expect(done).toMatchObject({ room: 1, after: total - 210, revision: total })
    const heard = socket.heard.flatMap((item) =>
      item.type === 'message' || item.type === 'row' ? [item.seq] : [],
    )
    expect(heard).toEqual(Array.from({ length: 210 }, (_, n) => total - 209 + n))
    await socket.close()
  }
})

test('a place of another database or of the future is answered with reload', async () => {
  const socket = await openSocket(server(), ada)
  socket.resume(1, 1, 'another-epoch')
  await socket.until((item) => item.type === 'reload', 'reload')
  const other = await openSocket(server(), ada)
  other.resume(1, total + 1)
  await other.until((item) => item.type === 'reload' && item.room === 1, 'reload')
  const answer = await readJson(server(), ada, '/rooms/1/changes?after=3&epoch=x')
  expect(answer).toMatchObject({ reload: true, events: [] })
  await socket.close()
  await other.close()
})

test('a room of others and a missing room get one answer, byte for byte', async () => {
  const answers: string[] = []
  const paths = ['', '/messages', '/changes'].flatMap((rest) =>
    [2, 999_999, '0', '-1', '1e0', '01', 'general', '%2e%2e%2f', '1%00'].map(
      (id) => `/rooms/${id}${rest}`,
    ),
  )
  for (const path of paths) {
    const answer = await get(path, { Accept: 'application/json' })
    answers.push(`${answer.status} ${await answer.text()}`)
  }
  expect(new Set(answers).size).toBe(1)
  expect(answers[0]).toStartWith('404 {"code":"room_missing"')
  const socket = await openSocket(server(), ada)
  const refusals = new Set<string>()
  for (const room of [2, 999_999, -1, 0, 1.5, '1', null, [1], { id: 1 }, 'x'.repeat(10_000)]) {
    // Somebody may come or go meanwhile, which is told, too.
    const heard = new Set(socket.heard)
    socket.send({ type: 'message.post', room, client_id: 'r', content: 'x', attachments: [] })
    const isNew = (item: Heard): boolean => item.type === 'refused' && !heard.has(item)
    refusals.add(JSON.stringify(await socket.until(isNew, 'a refusal')))
  }
  expect(refusals.size).toBe(1)
  expect([...refusals][0]).toContain('room_missing')
  await socket.close()
})
