import { expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, history, openSocket, readJson, signIn } from '../helpers/client'
import { sendForm } from '../helpers/rooms'
import { openLine } from '../helpers/raw'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll()

test('Q1: what is said between the page and its socket is not missing', async () => {
  const speaker = await openSocket(server(), await signIn(server(), 'Speaker'))
  const person = await signIn(server(), 'Opening')
  for (let round = 0; round < 10; round += 1) {
    const talk = Array.from({ length: 30 }, (_, n) => n)
    const said = Promise.all(talk.map((n) => speaker.post(1, `q1-${round}-${n}`, `word ${n}`)))
    const page = await readJson(server(), person, '/rooms/1/changes?after=0')
    const { revision } = Object.assign({ revision: 0 }, page)
    const socket = await openSocket(server(), person)
    const seqs = (await said).map((answer) => (answer.type === 'accepted' ? answer.seq : 0))
    socket.resume(1, revision)
    await socket.until((item) => item.type === 'caught_up', 'the end')
    const heard = new Set(
      socket.heard.flatMap((item) => (item.type === 'message' ? [item.seq] : [])),
    )
    expect(seqs.filter((seq) => seq > revision && !heard.has(seq))).toEqual([])
    await socket.close()
  }
  await speaker.close()
})

test('Q2: one message that leaves by form and by two sockets at once is one message', async () => {
  const ada = await signIn(server(), 'Ada')
  const sockets = [await openSocket(server(), ada), await openSocket(server(), ada)]
  for (let n = 0; n < 20; n += 1) {
    const [clientId, content] = [`q2-${n}`, `three ways ${n}`]
    const form = { client_id: clientId, content }
    const [answer] = await Promise.all([
      sendForm(server(), ada, '/rooms/1/messages', form),
      ...sockets.flatMap((socket) => [
        socket.post(1, clientId, content),
        socket.post(1, clientId, content),
      ]),
    ])
    expect(answer.status).toBe(303)
  }
  const ids = (await history(server(), ada, 1)).map(({ client_id }) => client_id)
  expect(ids.filter((id) => id.startsWith('q2-')).length).toBe(20)
  for (const socket of sockets) await socket.close()
})

test('Q5: a person renamed while talking stays one person', async () => {
  const person = await signIn(server(), 'Before')
  const socket = await openSocket(server(), person)
  const said: Promise<Answer>[] = []
  for (let n = 0; n < 40; n += 1) {
    said.push(socket.post(1, `q5-${n}`, `as whoever ${n}`))
    if (n === 20)
      said.push(
        sendForm(server(), person, '/profile', renamed).then(() => socket.post(1, 'q5-x', 'x')),
      )
    await Bun.sleep(1)
  }
  for (const answer of await Promise.all(said)) expect(answer.type).toBe('accepted')
  const rows = (await history(server(), person, 1)).filter((row) => row.client_id.startsWith('q5-'))
  const senders = rows.map(({ sender }) => `${sender.id} ${sender.nickname}`)
  expect(rows.length).toBe(41)
  expect(new Set(senders)).toEqual(new Set([`${socket.hello.user.id} After`]))
  await socket.close()
})

const renamed = { nickname: 'After', avatar: 'moon' }

test('Q10: what is sent in order is stored in order, however long each takes to read', async () => {
  const socket = await openSocket(server(), await signIn(server(), 'Orderly'))
  // Names after an @ are looked up, which takes a turn; the others wait for nothing.
  const texts = Array.from({ length: 200 }, (_, n) =>
    n % 3 === 0 ? '@nobody @Orderly '.repeat(100) : `quick ${n}`,
  )
  const answers = await Promise.all(texts.map((text, n) => socket.post(1, `q10-${n}`, text)))
  const seqs = answers.map((answer) => (answer.type === 'accepted' ? answer.seq : 0))
  expect(seqs).toEqual(seqs.toSorted((a, b) => a - b))
  expect(seqs[0]).toBeGreaterThan(0)
  await socket.close()
})

test('Q14: an upload that outlives its session is refused, and leaves no file', async () => {
  const person = await signIn(server(), 'Leaving')
  const line = await openLine(server())
  const head = [
    'POST /attachments HTTP/1.1',
    `Host: 127.0.0.1:${server().port}`,
    `Origin: ${server().origin}`,
    `Cookie: ${person.cookie}`,
    'X-Filename: half.txt',
    'Content-Length: 2000',
    '',
    '',
  ]
  line.write(head.join('\r\n') + 'x'.repeat(1_000))
  const folder = join(server().data, 'files', 'drafts')
  await waitUntil(() => readdirSync(folder).length > 0, 'the first half')
  expect((await sendForm(server(), person, '/session/end')).status).toBe(303)
  line.write('x'.repeat(1_000))
  await line.until('\r\n\r\n')
  const answer = await line.end(100)
  expect(answer).toStartWith('HTTP/1.1 401')
  const files = readdirSync(join(server().data, 'files'), { recursive: true, withFileTypes: true })
  const kept = files.filter((entry) => entry.isFile()).map(({ name }) => name)
  expect(kept).toEqual(['belongs-to'])
})
