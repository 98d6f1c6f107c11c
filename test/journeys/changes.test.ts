import { expect, test } from 'bun:test'
import {
  type ChatClient,
  history,
  openSocket,
  type Person,
  readJson,
  signIn,
} from '../helpers/client'
import { answered } from '../helpers/answers'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

const edit = (room: number, seq: number, content: string, client_id = crypto.randomUUID()) => ({
  type: 'message.edit',
  room,
  seq,
  content,
  client_id,
})
const remove = (room: number, seq: number, client_id = crypto.randomUUID()) => ({
  type: 'message.delete',
  room,
  seq,
  client_id,
})

const react = (room: number, seq: number, emoji: string, client_id = crypto.randomUUID()) => ({
  type: 'reaction.set',
  room,
  seq,
  emoji,
  active: true,
  client_id,
})

test('an edit of my own message is permanent and everywhere', async () => {
  const ada = await signIn(server(), 'Ada')
  const one = await openSocket(server(), ada)
  const other = await openSocket(server(), await signIn(server(), 'Grace'))
  const page = await openSocket(server(), ada, { subprotocol: 'chatroom.html' })
  const said = await one.post(1, 'e-1', 'Helo @Grace')
  const seq = said.type === 'accepted' ? said.seq : 0
  expect(await answered(one, edit(1, seq, 'Hello @Grace'))).toMatchObject({
    type: 'accepted',
    seq,
    revision: seq + 1,
  })
  const heard = await other.until((item) => item.type === 'message.changed', 'the change')
  expect(heard).toMatchObject({ seq, revision: seq + 1, content: 'Hello @Grace' })
  expect(heard).toMatchObject({ mentions: [other.hello.user.id] })
  await page.until((item) => item.type === 'row' && item.revision === seq + 1, 'the row again')
  const [stored] = (await history(server(), ada, 1)).slice(-1)
  expect(stored).toMatchObject({ content: 'Hello @Grace', seq, revision: seq + 1 })
  // Sent again, it is answered again and changes nothing.
  expect(await answered(one, edit(1, seq, 'Hello @Grace'))).toMatchObject({ revision: seq + 1 })
  for (const socket of [one, other, page]) await socket.close()
})

test('a deleted message is gone for everybody, also for those who were away', async () => {
  const ada = await signIn(server(), 'Barbara')
  const one = await openSocket(server(), ada)
  const said = await one.post(1, 'd-1', 'Forget this')
  const seq = said.type === 'accepted' ? said.seq : 0
  const away = await signIn(server(), 'Away')
  expect(await answered(one, remove(1, seq))).toMatchObject({ type: 'accepted', seq })
  const back = await openSocket(server(), away)
  back.resume(1, seq)
  const told = await back.until((item) => item.type === 'message.removed', 'the removal')
  expect(told).toMatchObject({ seq, room: 1 })
  expect((await history(server(), ada, 1)).some((message) => message.seq === seq)).toBe(false)
  expect(await answered(one, remove(1, seq))).toMatchObject({ code: 'message_missing' })
  expect(await answered(one, edit(1, seq, 'back?'))).toMatchObject({ code: 'message_missing' })
  expect(await one.post(1, 'd-2', 'an answer', seq)).toMatchObject({ code: 'reply_missing' })
  await one.close()
  await back.close()
})

test('another’s message, one in a room I left, and a missing one get one answer', async () => {
  const owner = await signIn(server(), 'Maker')
  const member = await signIn(server(), 'Guest')
  const room = await makeRoom(server(), owner, 'Workshop')
  const one = await openSocket(server(), owner)
  const two = await openSocket(server(), member)
  await sendForm(server(), member, `/rooms/${room}/members`)
  await two.until((item) => item.type === 'room', 'the room')
  const owners = await one.post(room, 'o-1', 'mine')
  const guests = await two.post(room, 'g-1', 'yours')
  const [mine, yours] = [owners, guests].map((said) => (said.type === 'accepted' ? said.seq : 0))
  const secret = await openDirect(server(), owner, two.hello.user.id)
  const refusal = { type: 'refused', code: 'message_missing' }
  for (const [place, seq] of [
    [room, mine ?? 0],
    [room, 999],
    [secret + 50, 1],
  ] as const) {
    expect(await answered(two, edit(place, seq, 'x'))).toMatchObject(refusal)
    expect(await answered(two, remove(place, seq))).toMatchObject(refusal)
  }
  // The owner of the room may delete messages of others, but not edit them.
  expect(await answered(one, edit(room, yours ?? 0, 'x'))).toMatchObject(refusal)
  expect(await answered(one, remove(room, yours ?? 0))).toMatchObject({ type: 'accepted' })
  await sendForm(server(), member, `/rooms/${room}/leave`)
  expect(await answered(two, edit(room, yours ?? 0, 'x'))).toMatchObject(refusal)
  for (const text of ['', ' ', 'x'.repeat(8_001)]) {
    expect(await answered(one, edit(room, mine ?? 0, text))).toMatchObject({ type: 'refused' })
  }
  await one.close()
  await two.close()
})

test('four people who edit, delete and react to one message end alike, 200 times', async () => {
  const ada = await signIn(server(), 'Racer')
  const room = await makeRoom(server(), ada, 'Race')
  const clients = await Promise.all([1, 2, 3, 4].map(() => openSocket(server(), ada)))
  const [first] = clients
  if (first === undefined) throw new Error('four clients')
  for (let round = 0; round < 200; round += 1) {
    const said = await first.post(room, `r-${round}`, `round ${round}`)
    const seq = said.type === 'accepted' ? said.seq : 0
    for (const [n, client] of clients.entries()) {
      if (n === 3 && round % 3 === 0) client.send(remove(room, seq))
      else if (n === 2) client.send(react(room, seq, round % 2 === 0 ? '🎉' : '👍'))
      else client.send(edit(room, seq, `round ${round}, by ${n}`))
    }
    if (round === 100) {
      clients[3]?.cut()
      clients[3] = await openSocket(server(), ada)
      clients[3].resume(room, 0)
    }
  }
  // Requests of one address are done in turn: after this answer all were.
  const { seq: rest = 0 } = Object(await first.post(room, 'rest', 'nearly'))
  await answered(first, react(room, rest, '🎉'))
  await first.post(room, 'last', 'the end')
  for (const client of clients) {
    await client.until((item) => 'client_id' in item && item.client_id === 'last', 'the end')
  }
  const truth = (await history(server(), ada, room)).map(truthOf)
  for (const client of clients) expect(stateOf(client, room)).toEqual(truth)
  const fresh = await openSocket(server(), ada)
  fresh.resume(room, 0)
  await fresh.until((item) => item.type === 'caught_up', 'all of it')
  expect(stateOf(fresh, room)).toEqual(truth)
  expect(await changesOf(ada, room)).toEqual(truth)
  for (const client of [...clients, fresh]) await client.close()
})

type Truth = { seq: number; content: string; reactions: unknown }

const truthOf = ({ seq, content, reactions }: Truth): unknown => [seq, content, reactions]

/** What a client believes: of each message the newest state it heard. */
function stateOf({ heard }: ChatClient, room: number): unknown[] {
  const newest = new Map<number, { revision: number; truth: unknown }>()
  for (const item of heard) {
    const isMessage = item.type === 'message' || item.type === 'message.changed'
    if (!isMessage && item.type !== 'message.removed') continue
    if (item.room !== room || (newest.get(item.seq)?.revision ?? 0) >= item.revision) continue
    newest.set(item.seq, { revision: item.revision, truth: isMessage ? truthOf(item) : null })
  }
  return [...newest]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([, { truth }]) => (truth === null ? [] : [truth]))
}

/** The same over HTTP, page by page. */
async function changesOf(person: Person, room: number): Promise<unknown[]> {
  const heard: ChatClient['heard'] = []
  let [after, more] = [0, true]
  while (more) {
    const page = await readJson(server(), person, `/rooms/${room}/changes?after=${after}`)
    const changes = Object.assign({ events: [], revision: 0, more: false }, page)
    heard.push(...changes.events)
    after = changes.revision
    more = changes.more
  }
  return stateOf({ heard } as unknown as ChatClient, room)
}
