import { expect, test } from 'bun:test'
import { askDatabase } from '../helpers/database'
import { type ChatClient, history, openSocket, type Person, signIn } from '../helpers/client'
import { postFiles, upload } from '../helpers/files'
import { answerTo, inviteTo, letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { originOf, serverForAll } from '../helpers/server'

const server = serverForAll({ env: { CHATROOM_RATE_LIMITS: 'off' } })

let count = 0
const newId = (): string => `held-${(count += 1)}`

type Scene = { room: number; host: Person; ada: Person; socket: ChatClient; id: number }

/** A room with a host, and a member with an open page. */
async function settle(kind: 'open' | 'closed' = 'open'): Promise<Scene> {
  count += 1
  const host = await signIn(server(), `Hana ${count}`)
  const ada = await signIn(server(), `Ada ${count}`)
  const room = await makeRoom(server(), host, `Room ${count}`, kind)
  await letIn(server(), host, room, ada)
  const socket = await openSocket(server(), ada)
  return { room, host, ada, socket, id: socket.hello.user.id }
}

const flip = (by: Person, room: number, fields: Record<string, string>): Promise<Response> =>
  sendForm(server(), by, `/rooms/${room}/switches`, fields)

/** What somebody is told who writes there, by every way there is. */
async function codes({ room, ada, socket }: Scene): Promise<string[]> {
  const ways = [bySocket(socket, room), byJson(ada, room), byPolling(ada, room), byForm(ada, room)]
  return [...new Set(await Promise.all(ways))]
}

async function bySocket(socket: ChatClient, room: number): Promise<string> {
  const answer = await socket.post(room, newId(), 'by the socket')
  return answer.type === 'refused' ? answer.code : answer.type
}

async function byJson(person: Person, room: number): Promise<string> {
  const { code = 'accepted' } = await send(person, `/rooms/${room}/messages`, {
    client_id: newId(),
    content: 'by HTTP',
  })
  return code
}

async function byPolling(person: Person, room: number): Promise<string> {
  const frame = { type: 'message.post', room, client_id: newId(), content: 'by polling' }
  const answer = await send(person, '/frames', frame)
  return /"code":"(\w+)"/.exec(JSON.stringify(answer).replaceAll('\\', ''))?.[1] ?? 'accepted'
}

async function byForm(person: Person, room: number): Promise<string> {
  const fields = { client_id: newId(), content: 'by a form' }
  const answer = await sendForm(server(), person, `/rooms/${room}/messages`, fields)
  if (answer.status === 303) return 'accepted'
  // The script's words have all sentences.
  const page = (await answer.text()).replace(/data-words="[^"]*"/, '')
  expect(page).toContain('by a form')
  const said = /id="unsent-problem"[^>]*>([^<]*)/.exec(page)?.[1] ?? ''
  return Object.keys(sentences).find((code) => said.includes(sentences[code] ?? '')) ?? said
}

const sentences: Record<string, string> = {
  hosts_only: 'Only hosts can write in this room now.',
  room_archived: 'This room is archived.',
  muted: 'A host has muted you in this room',
  slow: 'This room is in slow mode.',
}

type Sent = { code?: string; retry_ms?: number; frames?: string[]; revision?: number }

async function send(person: Person, path: string, body: object): Promise<Sent> {
  const answer = await fetch(server().origin + path, {
    method: 'POST',
    headers: {
      Cookie: person.cookie,
      Origin: originOf(server()),
      'Content-Type': 'application/json',
    },
    body: JSON.stringify(body),
  })
  return answer.json()
}

const change = (socket: ChatClient, frame: object): Promise<unknown> => {
  const client_id = newId()
  socket.send({ ...frame, client_id })
  return socket.until(
    (item) => /accepted|refused/.test(item.type) && Reflect.get(item, 'client_id') === client_id,
    'an answer',
  )
}

test('where only hosts may write, nobody else does, by any way, until they may again', async () => {
  const scene = await settle()
  const { room, host, socket, ada } = scene
  expect(await codes(scene)).toEqual(['accepted'])
  expect((await flip(host, room, { writers: 'hosts' })).status).toBe(303)
  await socket.until((item) => item.type === 'system' && item.kind === 'writers', 'the line')
  expect(await codes(scene)).toEqual(['hosts_only'])
  const file = await upload(server(), ada, 'held')
  expect(await postFiles(server(), ada, room, newId(), [file.id], 'x')).toMatchObject({
    code: 'hosts_only',
  })
  const own = (await history(server(), ada, room)).at(-1)?.seq
  const edit = { type: 'message.edit', room, seq: own, content: 'otherwise' }
  expect(await change(socket, edit)).toMatchObject({ code: 'hosts_only' })
  // Readers still answer with a sign, and take back what they wrote.
  const sign = { type: 'reaction.set', room, seq: own, emoji: '🎉', active: true }
  expect(await change(socket, sign)).toMatchObject({ type: 'accepted' })
  expect(await change(socket, { type: 'message.delete', room, seq: own })).toMatchObject({
    type: 'accepted',
  })
  expect(await byJson(host, room)).toBe('accepted')
  await flip(host, room, { writers: 'everybody', slow: '30000', locked: 'yes' })
  await flip(host, room, { slow: '0', locked: 'no' })
  expect(await codes(scene)).toEqual(['accepted'])
  // An export tells it as the page does.
  for (const [language, lines] of Object.entries(told)) {
    const headers = { Cookie: ada.cookie, 'Accept-Language': language }
    const path = `${server().origin}/rooms/${room}/export.txt`
    const text = await (await fetch(path, { headers })).text()
    for (const line of lines) expect(text).toContain(line)
  }
  await socket.close()
})

const told = {
  en: [
    'allowed only hosts to write',
    'allowed everybody to write',
    'turned on slow mode: 30 seconds between messages',
    'turned off slow mode',
    'locked the room: nobody new can come in',
    'unlocked the room',
  ],
  zh: ['设置了仅房主可发言', '开启了慢速模式：每条消息间隔 30 秒', '解除了房间锁定'],
}

test('what was accepted before is accepted again when it is repeated', async () => {
  const { room, host, socket } = await settle()
  const first = await socket.post(room, 'repeated', 'x')
  await flip(host, room, { writers: 'hosts', slow: '5000' })
  expect(await socket.post(room, 'repeated', 'x')).toEqual(first)
  await socket.close()
})

test('in a slow room one person waits between two messages, and hosts do not', async () => {
  const scene = await settle()
  const { room, host, socket, ada } = scene
  // Who wrote just before the switch waits, too.
  expect(await bySocket(socket, room)).toBe('accepted')
  await flip(host, room, { slow: '300000' })
  const refused = await socket.post(room, newId(), 'too early')
  expect(refused).toMatchObject({ type: 'refused', code: 'slow' })
  if (refused.type !== 'refused') throw new Error('it was accepted')
  expect(refused.retry_ms).toBeGreaterThan(290_000)
  expect(refused.retry_ms).toBeLessThanOrEqual(300_000)
  expect(await codes(scene)).toEqual(['slow'])
  // Whoever leaves and comes back has not waited.
  await sendForm(server(), ada, `/rooms/${room}/leave`)
  await sendForm(server(), ada, `/rooms/${room}/members`)
  expect(await byJson(ada, room)).toBe('slow')
  expect([await byJson(host, room), await byJson(host, room)]).toEqual(['accepted', 'accepted'])
  await askDatabase(server(), 'UPDATE last_posts SET at = at - 300000 WHERE room_id = ?', room)
  expect((await Promise.all([byJson(ada, room), byJson(ada, room)])).toSorted()).toEqual([
    'accepted',
    'slow',
  ])
  await flip(host, room, { slow: '0' })
  expect(await codes(scene)).toEqual(['accepted'])
  await socket.close()
})

test('into a locked room nobody comes, by no way, and the first room stays open', async () => {
  const { room, host, ada, socket } = await settle()
  const [bob, mei] = [await signIn(server(), 'Bob'), await signIn(server(), 'Mei')]
  const meiId = (await openSocket(server(), mei)).hello.user.id
  await inviteTo(server(), host, room, meiId)
  await flip(host, room, { locked: 'yes' })
  expect((await sendForm(server(), bob, `/rooms/${room}/members`)).status).toBe(409)
  expect((await answerTo(server(), mei, room)).status).toBe(409)
  expect((await inviteTo(server(), ada, room, meiId)).status).toBe(409)
  const headers = { Cookie: bob.cookie, 'Accept-Language': 'en' }
  const page = await (await fetch(`${server().origin}/rooms/${room}/join`, { headers })).text()
  expect(page).toContain('This room is locked')
  expect(await bySocket(socket, room)).toBe('accepted')
  await flip(host, room, { locked: 'no' })
  expect((await answerTo(server(), mei, room)).status).toBe(303)
  await askDatabase(server(), `UPDATE users SET role = 'owner' WHERE nickname = ?`, host.nickname)
  expect((await flip(host, 1, { locked: 'yes' })).status).toBe(409)
  expect((await flip(host, 1, { slow: '5000' })).status).toBe(303)
  await flip(host, 1, { slow: '0' })
  await socket.close()
})

test('an archived room is only read: nothing in it changes but what is taken back', async () => {
  const scene = await settle()
  const { room, host, socket, ada } = scene
  await codes(scene)
  const seq = (await history(server(), ada, room)).findLast(
    ({ sender }) => sender.nickname === ada.nickname,
  )?.seq
  await askDatabase(server(), 'UPDATE rooms SET archived_at = 1 WHERE id = ?', room)
  expect(await codes(scene)).toEqual(['room_archived'])
  expect(await byJson(host, room)).toBe('room_archived')
  const frames = [
    { type: 'message.edit', room, seq, content: 'otherwise' },
    { type: 'reaction.set', room, seq, emoji: '🎉', active: true },
  ]
  for (const frame of frames)
    expect(await change(socket, frame)).toMatchObject({ code: 'room_archived' })
  expect((await sendForm(server(), ada, `/rooms/${room}`, { topic: 'new' })).status).toBe(409)
  expect((await flip(host, room, { slow: '0' })).status).toBe(409)
  const bob = await signIn(server(), `Late ${room}`)
  expect((await sendForm(server(), bob, `/rooms/${room}/members`)).status).toBe(409)
  expect(await change(socket, { type: 'message.delete', room, seq })).toMatchObject({
    type: 'accepted',
  })
  await socket.close()
})

test('who is muted is told why, writes nothing, and may again when it is undone', async () => {
  const scene = await settle()
  const { room, host, socket, id, ada } = scene
  await codes(scene)
  const seq = (await history(server(), ada, room)).at(-1)?.seq
  const fields = { user: String(id), ms: '300000', reason: 'too loud' }
  expect((await sendForm(server(), host, `/rooms/${room}/mute`, fields)).status).toBe(303)
  const told = await socket.until(
    (item) => item.type === 'room' && item.room.hold !== null,
    'the news',
  )
  expect(told).toMatchObject({ room: { id: room, hold: { muted_why: 'too loud' } } })
  expect(await codes(scene)).toEqual(['muted'])
  const sign = { type: 'reaction.set', room, seq, emoji: '🎉', active: true }
  expect(await change(socket, sign)).toMatchObject({ code: 'muted' })
  const page = await fetch(`${server().origin}/rooms/${room}`, {
    headers: { Cookie: ada.cookie, 'Accept-Language': 'en' },
  })
  const text = await page.text()
  expect(text).toContain('another 5 minutes. Reason: <bdi>too loud</bdi>')
  expect(text).toMatch(/<textarea[^>]*readonly/)
  // Leaving and coming back changes nothing.
  await sendForm(server(), ada, `/rooms/${room}/leave`)
  await sendForm(server(), ada, `/rooms/${room}/members`)
  expect(await byJson(ada, room)).toBe('muted')
  await sendForm(server(), host, `/rooms/${room}/unmute`, { user: String(id) })
  expect(await codes(scene)).toEqual(['accepted'])
  const sql = 'SELECT act, detail, reason FROM acts WHERE room_id = ?'
  const acts = await askDatabase(server(), sql, room)
  expect(acts).toEqual([
    { act: 'person.mute', detail: '5 min', reason: 'too loud' },
    { act: 'person.unmute', detail: '', reason: '' },
  ])
  await socket.close()
})

test('a private note is written in a room, so that its switches hold for it', async () => {
  const { room, host, ada, socket } = await settle()
  const bob = await openSocket(server(), host)
  const direct = await openDirect(server(), ada, bob.hello.user.id)
  const note = (client_id: string) => ({
    type: 'message.post',
    room: direct,
    client_id,
    content: 'psst',
    written_in: room,
  })
  expect(await change(socket, note('a'))).toMatchObject({ type: 'accepted' })
  await flip(host, room, { writers: 'hosts' })
  expect(await change(socket, note('b'))).toMatchObject({ code: 'hosts_only' })
  expect(await bySocket(socket, direct)).toBe('accepted')
  for (const one of [socket, bob]) await one.close()
})

test('nobody sees somebody type who may not write', async () => {
  const { room, host, socket, id } = await settle()
  const watcher = await openSocket(server(), host)
  await flip(host, room, { writers: 'hosts' })
  socket.send({ type: 'typing', room, active: true })
  await socket.taken()
  await flip(host, room, { writers: 'everybody' })
  socket.send({ type: 'typing', room, active: true })
  await watcher.until((item) => item.type === 'typing' && item.user === id, 'the typing')
  expect(watcher.heard.filter((item) => item.type === 'typing').length).toBe(1)
  // Who had begun stops all the same.
  await flip(host, room, { writers: 'hosts' })
  socket.send({ type: 'typing', room, active: false })
  await watcher.until((item) => item.type === 'typing' && !item.active, 'the end of it')
  for (const one of [socket, watcher]) await one.close()
})

test('private messages are limited as the owner sets, and roles write to everybody', async () => {
  const [ada, bob] = [await signIn(server(), 'Ana'), await signIn(server(), 'Ben')]
  const boss = await signIn(server(), 'Boss')
  await askDatabase(server(), `UPDATE users SET role = 'owner' WHERE nickname = 'Boss'`)
  const ids = await Promise.all([ada, bob, boss].map(async (one) => (await idOf(one)) ?? 0))
  const [adaId = 0, bobId = 0, bossId = 0] = ids
  const old = await openDirect(server(), ada, bobId)
  const set = (privateMessages: string): Promise<Response> =>
    sendForm(server(), boss, '/admin/general', { privateMessages })
  const opened = async (person: Person, other: number): Promise<number> =>
    (await sendForm(server(), person, `/direct/${other}`)).status
  expect((await set('nobody')).status).toBe(400)
  await set('hosts')
  expect(await byJson(ada, old)).toBe('private_hosts')
  const cara = await signIn(server(), 'Cara')
  expect(await opened(cara, adaId)).toBe(403)
  expect(await opened(cara, bossId)).toBe(303)
  // A host of a room in which both are.
  const room = await makeRoom(server(), ada, 'Class', 'closed')
  await letIn(server(), ada, room, bob)
  expect([await byJson(ada, old), await byJson(bob, old)]).toEqual(['accepted', 'accepted'])
  await set('off')
  expect(await byJson(ada, old)).toBe('private_off')
  const [last] = (await history(server(), ada, old)).filter((one) => one.sender.id === adaId)
  const edited = { content: 'another text' }
  const changed = await sendForm(server(), ada, `/rooms/${old}/messages/${last?.seq}`, edited)
  expect(changed.status).toBe(403)
  // Who opens it reads what was said.
  expect(await opened(ada, bobId)).toBe(303)
  expect(await opened(bob, bossId)).toBe(403)
  const answered = await openDirect(server(), boss, bobId)
  expect(await byJson(bob, answered)).toBe('private_off')
  expect(await byJson(boss, answered)).toBe('accepted')
  expect(await byJson(bob, answered)).toBe('accepted')
  // In a group one of the others is enough, and the page says so before anything is sent.
  const three = await sendForm(server(), boss, `/rooms/${answered}/group`, { names: 'Cara' })
  const group = Number(/\d+$/.exec(three.headers.get('location') ?? '')?.[0])
  expect(await byJson(boss, group)).toBe('accepted')
  expect(await byJson(bob, group)).toBe('private_off')
  for (const one of [bob, cara]) {
    const socket = await openSocket(server(), one)
    const told = socket.hello.rooms.find(({ id }) => id === group)
    expect(told?.hold?.direct).toBe('private_off')
    await socket.close()
  }
  await set('everybody')
  expect(await byJson(ada, old)).toBe('accepted')
})

async function idOf(person: Person): Promise<number | undefined> {
  const socket = await openSocket(server(), person)
  await socket.close()
  return socket.hello.user.id
}

test('numbers and words that the forms do not have are refused', async () => {
  const { room, host, socket, id } = await settle()
  const wrong = [
    { writers: 'nobody' },
    { slow: '1' },
    { slow: '-5000' },
    { slow: '5e3' },
    { slow: '' },
    { locked: 'maybe' },
  ]
  for (const fields of wrong) expect((await flip(host, room, fields)).status).toBe(400)
  for (const ms of ['0', '-1', '1e9', '300000.5', 'Infinity', '']) {
    const fields = { user: String(id), ms, reason: '' }
    expect((await sendForm(server(), host, `/rooms/${room}/mute`, fields)).status).toBe(400)
  }
  const long = { user: String(id), ms: '300000', reason: 'x'.repeat(1_000) }
  expect((await sendForm(server(), host, `/rooms/${room}/mute`, long)).status).toBe(422)
  expect(await bySocket(socket, room)).toBe('accepted')
  await socket.close()
})
