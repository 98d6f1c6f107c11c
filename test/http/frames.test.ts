import { expect, test } from 'bun:test'
import { history, openSocket, type Person, postFrame, signIn } from '../helpers/client'
import type { Heard } from '../helpers/frames'
import { chooseSeed, createRandom } from '../helpers/random'
import { originOf, serverForAll } from '../helpers/server'

const server = serverForAll()

/** Sends one frame, or nothing, as a request; gives the answer, with its frames joined. */
async function exchange(person: Person | null, body: string, type = 'application/json') {
  const answer = await fetch(`${server().origin}/frames`, {
    method: 'POST',
    headers: { Origin: originOf(server()), 'Content-Type': type, Cookie: person?.cookie ?? '' },
    body,
  })
  const read: { frames?: string[] } = answer.ok ? await answer.json() : {}
  return { status: answer.status, frames: read.frames ?? [], text: (read.frames ?? []).join('\n') }
}

test('messages that go by requests and by sockets, again and again, stand once', async () => {
  const seed = chooseSeed()
  console.log(`seed ${seed}`)
  const random = createRandom(seed)
  const ada = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), ada)
  const given = new Map<string, Set<number>>()
  for (let n = 0; n < 150; n += 1) {
    const id = `m-${random(60)}`
    const frame = postFrame(1, id, `Text of ${id}`)
    const seqs = given.get(id) ?? new Set()
    given.set(id, seqs)
    const answer =
      random(2) === 0
        ? await socket.post(1, id, frame.content)
        : JSON.parse((await exchange(ada, JSON.stringify(frame))).frames[0] ?? '[]')[0]
    expect({ seed, n, ...answer }).toMatchObject({ seed, n, type: 'accepted' })
    seqs.add(answer.seq)
  }
  socket.close()
  const rows = await history(server(), ada, 1)
  expect(rows.map(({ client_id }) => client_id).toSorted()).toEqual([...given.keys()].toSorted())
  for (const { client_id, seq } of rows) expect([...(given.get(client_id) ?? [])]).toEqual([seq])
})

test('who asks by requests is greeted, online for others, and told what was missed', async () => {
  const [mei, bo] = [await signIn(server(), 'Mei'), await signIn(server(), 'Bo')]
  const socket = await openSocket(server(), bo)
  const hello = JSON.parse((await exchange(mei, '')).text)[0]
  expect(hello).toMatchObject({ type: 'hello', user: { nickname: 'Mei' }, rooms: [{ id: 1 }] })
  const isMei = (item: Heard): boolean =>
    item.type === 'presence' && item.user === hello.user.id && item.state === 'online'
  await socket.until(isMei, 'that Mei is online')
  await socket.post(1, 'said', 'Said meanwhile')
  socket.close()
  const { epoch, rooms } = hello
  const resume = { type: 'resume', epoch, rooms: { 1: rooms[0].revision } }
  const { text } = await exchange(mei, JSON.stringify(resume))
  expect(text).toContain('Said meanwhile')
  expect(text).toContain('"type":"caught_up"')
})

test('a request for frames needs a session, JSON, and the size of a frame', async () => {
  const eve = await signIn(server(), 'Eve')
  expect((await exchange(null, '')).status).toBe(401)
  expect((await exchange(eve, '', 'text/plain')).status).toBe(415)
  expect((await exchange(eve, `"${'x'.repeat(64 * 1024)}"`)).status).toBe(413)
  for (const broken of ['{', '[]', '{"type":"admin"}', '{"__proto__":{"type":"ping"}}'])
    expect((await exchange(eve, broken)).text).toContain('"type":"refused"')
})

test('more than a socket may hold is answered with the way to a fresh page', async () => {
  const max = await signIn(server(), 'Max')
  const socket = await openSocket(server(), max)
  for (let n = 0; n < 150; n += 1) await socket.post(1, `long-${n}`, '字'.repeat(7_900))
  const { epoch } = socket.hello
  socket.close()
  const resume = JSON.stringify({ type: 'resume', epoch, rooms: { 1: 0 } })
  const { text } = await exchange(max, resume)
  expect(text.length).toBeLessThan(2 * 1024 * 1024)
  expect(text).toEndWith('[{"type":"reload","room":1}]')
})
