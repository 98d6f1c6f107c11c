import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/house'
import { type RunningServer, startServer } from '../helpers/server'

/**
 * The canary sweep (T7): secrets are put into a conversation of two and into a closed room; then a
 * third person, somebody who was put out, and a stranger try every road there is.
 */
const canary = `CANARY-${crypto.randomUUID()}`
let server: RunningServer
let ada: Person
let closed: number
let direct: number
let prowlers: { who: string; person: Person | null }[]
let sockets: ChatClient[]
const answers: string[] = []

beforeAll(async () => {
  server = await startServer()
  ada = await signIn(server, 'Ada')
  const bob = await signIn(server, 'Bob')
  const eve = await signIn(server, 'Eve')
  const exile = await signIn(server, 'Exile')
  const people = await Promise.all([ada, bob, eve, exile].map((each) => openSocket(server, each)))
  const [owner, other, , outcast] = people
  if (owner === undefined || other === undefined || outcast === undefined) throw new Error('four')
  closed = await makeRoom(server, ada, canary.slice(0, 20), 'closed')
  const user = String(outcast.hello.user.id)
  await sendForm(server, ada, `/rooms/${closed}/members`, { user })
  await outcast.until((item) => item.type === 'room', 'the invitation')
  await sendForm(server, ada, `/rooms/${closed}/members/remove`, { user })
  await outcast.until((item) => item.type === 'room.left', 'the end')
  outcast.heard.length = 0
  await sendForm(server, ada, `/rooms/${closed}`, { topic: `${canary} topic` })
  await owner.post(closed, 'closed', `${canary} in the closed room`)
  direct = await openDirect(server, ada, other.hello.user.id)
  const secret = { room: direct, client_id: 'direct', content: `${canary} between two @Eve` }
  owner.send({ type: 'message.post', ...secret, written_in: 1 })
  await other.until((item) => item.type === 'message' && item.room === direct, 'the secret')
  await owner.post(1, 'public', 'Nothing to see here')
  prowlers = [
    { who: 'a third person', person: eve },
    { who: 'somebody who was put out', person: exile },
    { who: 'a stranger', person: null },
  ]
  sockets = people
})

afterAll(async () => {
  for (const socket of sockets) await socket.close()
  await server.dispose()
})

const formats: Record<string, string>[] = [
  { Accept: 'text/html' },
  { Accept: 'application/json' },
  { Accept: 'text/html', 'HX-Request': 'true' },
]

/** Every address that a room has, with what one would send to it. */
function roadsTo(room: number | string): { method: string; path: string; body?: string }[] {
  const path = `/rooms/${room}`
  return [
    { method: 'GET', path },
    { method: 'GET', path: `${path}?before=99` },
    { method: 'GET', path: `${path}/messages` },
    { method: 'GET', path: `${path}/messages?limit=200&before=50` },
    { method: 'GET', path: `${path}/messages?after=0` },
    { method: 'GET', path: `${path}/messages/1` },
    { method: 'GET', path: `${path}/changes?after=0` },
    { method: 'GET', path: `${path}/settings` },
    { method: 'GET', path: `${path}/export.txt` },
    { method: 'GET', path: `${path}/export.html?tz=UTC` },
    { method: 'POST', path, body: 'topic=x' },
    { method: 'POST', path: `${path}/messages`, body: 'client_id=probe&content=probe' },
    { method: 'POST', path: `${path}/members`, body: '' },
    { method: 'POST', path: `${path}/members`, body: 'user=3' },
    { method: 'POST', path: `${path}/members/remove`, body: 'user=1' },
    { method: 'POST', path: `${path}/leave`, body: '' },
    { method: 'POST', path: `${path}/notify`, body: 'notify=all' },
    { method: 'PUT', path },
    { method: 'DELETE', path },
  ]
}

async function probe(
  person: Person | null,
  { method, path, body }: { method: string; path: string; body?: string },
  format: Record<string, string>,
): Promise<string> {
  // Uncompressed: the address that was asked for stands on the page, and packs a byte differently.
  const plain = { Origin: server.origin, 'Accept-Encoding': 'identity' }
  const headers: Record<string, string> = { ...format, ...plain }
  if (person !== null) headers.Cookie = person.cookie
  if (body !== undefined) headers['Content-Type'] = 'application/x-www-form-urlencoded'
  const init = {
    method,
    headers,
    redirect: 'manual' as const,
    ...(body === undefined ? {} : { body }),
  }
  const answer = await fetch(server.origin + path, init)
  const seen = [...answer.headers].filter(([name]) => name !== 'date').sort()
  const text = `${answer.status} ${JSON.stringify(seen)} ${await answer.text()}`
  answers.push(text)
  return text
}

test('no road leads to it, and what is forbidden looks like what is not there', async () => {
  // As long as a real number, so that the addresses have one length.
  const missing = closed === 7 || direct === 7 ? 8 : 7
  for (const { who, person } of prowlers) {
    for (const format of formats) {
      for (const [index, road] of roadsTo(missing).entries()) {
        const nothing = (await probe(person, road, format)).replaceAll(`/${missing}`, '/N')
        for (const room of [closed, direct]) {
          const other = roadsTo(room)[index]
          if (other === undefined) throw new Error('every room has the same roads')
          const found = (await probe(person, other, format)).replaceAll(`/${room}`, '/N')
          const same = (text: string): string => text.replaceAll(/value="\d+"/g, 'value="N"')
          expect({ who, ...other, answer: same(found) }).toEqual({
            who,
            ...other,
            answer: same(nothing),
          })
        }
      }
    }
  }
})

test('a search for it, or for any part of it, is a search for nothing', async () => {
  const parts = [canary, canary.slice(0, 20), canary.slice(7, 12), canary.slice(-6), 'CANA']
  const words = [...parts, 'between two', 'in the closed room', 'from:ada', `in:${canary}`]
  const filters = [
    '',
    '&sender=1',
    `&room=${closed}`,
    `&room=${direct}`,
    '&when=today',
    '&has=link',
  ]
  for (const { person } of prowlers) {
    for (const format of formats) {
      for (const word of words) {
        // What was typed stands in the answer, so that it is cut in two.
        const path = `/search?q=${encodeURIComponent(word)}`
        for (const filter of filters) {
          const answer = await probe(person, { method: 'GET', path: path + filter }, format)
          answers.pop()
          const typed = new RegExp(RegExp.escape(word), 'gi')
          answers.push(answer.replaceAll(encodeURIComponent(word), '').replace(typed, ''))
          if (!word.startsWith('from')) expect(answer).not.toMatch(/class="hit"|"type":"message"/)
        }
      }
      for (const after of [`${closed}.1`, `${direct}.1`]) {
        await probe(person, { method: 'GET', path: `/search?q=e&after=${after}` }, format)
      }
    }
  }
})

test('pages of my own, lists and errors tell nothing', async () => {
  const paths = ['/', '/rooms', '/rail', '/rail?current=2', '/help', '/nothing', '/healthz']
  const places = ['/rooms/1', '/rooms/1/messages?limit=200', '/rooms/1/changes', '/people/1']
  for (const { person } of prowlers) {
    for (const format of formats) {
      for (const path of [...paths, ...places]) await probe(person, { method: 'GET', path }, format)
      await probe(person, { method: 'POST', path: '/rooms', body: 'name=&kind=open' }, format)
    }
  }
})

test('no frame of either subprotocol brings it', async () => {
  for (const { person } of prowlers) {
    if (person === null) continue
    for (const subprotocol of ['chatroom.json', 'chatroom.html'] as const) {
      const socket = await openSocket(server, person, { subprotocol })
      for (let room = 1; room <= 60; room += 1) {
        socket.resume(room, 0)
        socket.send({ type: 'read', room, seq: 1 })
        socket.send({ type: 'typing', room, active: true })
        const post = { type: 'message.post', room, client_id: `probe-${room}`, attachments: [] }
        if (room !== 1) socket.send({ ...post, content: 'probe' })
        socket.send({ ...post, client_id: `reply-${room}`, content: 'probe', reply_to: 1 })
      }
      socket.send({ type: 'ping' })
      await socket.until((item) => item.type === 'pong', 'the end of the sweep')
      answers.push(...socket.heard.map((item) => JSON.stringify(item)))
      await socket.close()
    }
  }
  const [, , eve, exile] = sockets
  for (const socket of [eve, exile]) {
    answers.push(...(socket?.heard ?? []).map((item) => JSON.stringify(item)))
  }
})

test('in all those answers the secret stands nowhere, nor in the log', () => {
  expect(answers.length).toBeGreaterThan(1_000)
  const secret = canary.slice(0, 20)
  expect(answers.filter((answer) => answer.includes(secret))).toEqual([])
  expect(server.log()).not.toContain(secret)
})

test('the sweep would see it: the owner’s own answers hold it', async () => {
  const own = await probe(ada, { method: 'GET', path: `/rooms/${closed}` }, { Accept: 'text/html' })
  expect(own).toContain(canary)
  const slip = await probe(ada, { method: 'GET', path: '/rooms/1' }, { Accept: 'text/html' })
  expect(slip).toContain(`${canary} between two`)
  const format = { Accept: 'application/json' }
  const found = await probe(ada, { method: 'GET', path: `/search?q=${canary}` }, format)
  expect(found).toContain(`${canary} between two`)
  expect(found).toContain(`${canary} in the closed room`)
})
