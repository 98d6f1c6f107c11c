import { expect, test } from 'bun:test'
import { serverLimits } from '../../src/server/limits'
import { limits, textLimits } from '../../src/shared/limits'
import { mentionsMax } from '../../src/chat/messages/find-mentions'
import { history, openSocket, type Person, readJson, signIn } from '../helpers/client'
import type { Heard } from '../helpers/frames'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

test('anybody can join an open room, and hears it from then on', async () => {
  const ada = await signIn(server(), 'Ada')
  const room = await makeRoom(server(), ada, '港口 Harbour')
  const owner = await openSocket(server(), ada)
  await owner.post(room, 'early', 'Before you came')
  const grace = await signIn(server(), 'Grace')
  const socket = await openSocket(server(), grace)
  expect(socket.hello.rooms.map(({ id }) => id)).toEqual([1])
  expect((await sendForm(server(), grace, `/rooms/${room}/members`)).status).toBe(303)
  const told = await socket.until((item) => item.type === 'room', 'the new room')
  expect(told).toMatchObject({ room: { id: room, name: '港口 Harbour', kind: 'open', unread: 0 } })
  await owner.until((item) => item.type === 'member.joined', 'the new member')
  await owner.post(room, 'welcome', 'Welcome')
  await socket.until((item) => item.type === 'message' && item.content === 'Welcome', 'it')
  const said = await history(server(), grace, room)
  expect(said.map(({ content }) => content)).toEqual(['Before you came', 'Welcome'])
  await owner.close()
  await socket.close()
})

test('names: in any script, one line of topic, look-alikes and nonsense refused', async () => {
  const ada = await signIn(server(), 'Namer')
  const made = async (name: string, topic = ''): Promise<number> =>
    (await sendForm(server(), ada, '/rooms', { name, topic, kind: 'open' })).status
  for (const name of ['茶室', 'Кухня', 'مطبخ', 'new', 'search', 'socket', 'static', '42']) {
    expect({ name, status: await made(name) }).toEqual({ name, status: 303 })
  }
  for (const name of ['Gеneral', 'GENERAL', 'g e n e r a l', '', ' ', '🌸', 'x'.repeat(10_000)]) {
    expect({ name, status: await made(name) }).toEqual({ name, status: 422 })
  }
  expect(await made('Long topic', 'x'.repeat(textLimits.topicUnitsMax + 1))).toBe(422)
  expect(await made('../../etc/passwd')).toBe(303)
  const markup = await made('<b hx-get=/x>', '<script>alert(1)</script>')
  expect(markup).toBe(303)
  const headers = { Cookie: ada.cookie }
  const page = await (await fetch(`${server().origin}/rooms`, { headers })).text()
  expect(page).not.toContain('<script>alert')
  expect(page).not.toContain('<b hx-get')
  // No name has become an address.
  for (const path of ['/new', '/find', '/rooms/new', '/static', '/42']) {
    const { status } = await fetch(server().origin + path, { headers })
    expect({ path, status }).toEqual({ path, status: 404 })
  }
})

test('the name of a closed room is neither reserved nor revealed', async () => {
  const [ada, eve] = [await signIn(server(), 'Keeper'), await signIn(server(), 'Eve')]
  await makeRoom(server(), ada, 'Layoffs', 'closed')
  const answer = await sendForm(server(), eve, '/rooms', { name: 'Layoffs', kind: 'open' })
  expect(answer.status).toBe(303)
  const again = await sendForm(server(), eve, '/rooms', { name: 'Layoffs', kind: 'closed' })
  expect(again.status).toBe(422)
})

test('the number of rooms that one person makes is limited', async () => {
  const eager = await signIn(server(), 'Eager')
  const make = async (n: number): Promise<number> => {
    const name = `Closet ${[...String(n)].map((digit) => 'abcdefghjk'[Number(digit)]).join('')}`
    return (await sendForm(server(), eager, '/rooms', { name, kind: 'closed' })).status
  }
  const earlier = limits.roomsMadeMax - 3
  for (let n = 0; n < earlier; n += 1) expect(await make(n)).toBe(303)
  const atOnce = await Promise.all(Array.from({ length: 8 }, (_, n) => make(earlier + n)))
  expect(atOnce.filter((status) => status === 303).length).toBe(3)
  expect(atOnce.filter((status) => status === 422).length).toBe(5)
})

test('only the owner renames and removes; any member sets the topic and invites', async () => {
  const [ada, bob, eve] = await Promise.all(
    ['Ada L', 'Member', 'Outsider'].map((name) => signIn(server(), name)),
  )
  if (ada === undefined || bob === undefined || eve === undefined) throw new Error('three people')
  const room = await makeRoom(server(), ada, 'Workshop', 'closed')
  const socket = await openSocket(server(), bob)
  const outsider = await openSocket(server(), eve)
  const eveId = outsider.hello.user.id
  const path = `/rooms/${room}`
  const status = async (
    who: Person,
    where: string,
    fields?: Record<string, string>,
  ): Promise<number> => (await sendForm(server(), who, where, fields)).status
  expect(await status(eve, `${path}/members`)).toBe(404)
  await letIn(server(), ada, room, bob)
  expect(await status(bob, path, { name: 'Mine now' })).toBe(403)
  expect(await status(bob, path, { topic: 'Wood and glue' })).toBe(303)
  const changed = await socket.until((item) => item.type === 'room.changed', 'the topic')
  expect(changed).toMatchObject({ topic: 'Wood and glue', name: 'Workshop' })
  expect(await status(ada, path, { name: 'Атeлье' })).toBe(422)
  expect(await status(ada, path, { name: 'Atelier' })).toBe(303)
  await letIn(server(), bob, room, eve)
  expect(await status(bob, `${path}/members/remove`, { user: String(eveId) })).toBe(403)
  expect(await status(ada, `${path}/members/remove`, { user: String(eveId) })).toBe(303)
  await outsider.until((item) => item.type === 'room.left' && item.room === room, 'the end')
  expect(await status(eve, `${path}/members`)).toBe(404)
  expect(await status(ada, `${path}/leave`)).toBe(303)
  // The oldest member is the owner now.
  expect(await status(bob, path, { name: 'Bob’s' })).toBe(303)
  await socket.close()
  await outsider.close()
})

test('nobody leaves the first room or a conversation of two', async () => {
  const ada = await signIn(server(), 'Sticky')
  const other = await openSocket(server(), await signIn(server(), 'Partner'))
  const direct = await openDirect(server(), ada, other.hello.user.id)
  for (const room of [1, direct]) {
    expect((await sendForm(server(), ada, `/rooms/${room}/leave`)).status).toBe(409)
  }
  const fields = { name: 'Public', kind: 'open', topic: 'All may read' }
  expect((await sendForm(server(), ada, `/rooms/${direct}`, fields)).status).toBe(404)
  const invite = { user: '1' }
  expect((await sendForm(server(), ada, `/rooms/${direct}/invitations`, invite)).status).toBe(404)
  expect((await sendForm(server(), ada, `/rooms/${direct}/members/remove`, invite)).status).toBe(
    403,
  )
  await other.close()
})

test('a private conversation appears for both people with its first message', async () => {
  const [ada, bob] = [await signIn(server(), 'Opener'), await signIn(server(), 'Opened')]
  const [one, two] = [await openSocket(server(), ada), await openSocket(server(), bob)]
  const listed = async (person: Person, current = 0): Promise<unknown[]> => {
    const { rooms } = Object.assign(
      { rooms: [] as { id: number; kind: string }[] },
      await readJson(server(), person, `/rail?current=${current}`),
    )
    return rooms.filter(({ kind }) => kind === 'direct').map(({ id }) => id)
  }
  const room = await openDirect(server(), ada, two.hello.user.id)
  await openDirect(server(), ada, two.hello.user.id)
  await openDirect(server(), bob, one.hello.user.id)
  expect([await listed(ada), await listed(bob), await listed(ada, room)]).toEqual([[], [], [room]])
  const late = await openSocket(server(), bob)
  expect(late.hello.rooms.map(({ kind }) => kind)).not.toContain('direct')
  await one.post(room, 'first', 'hello')
  for (const client of [one, two, late]) {
    const isDirect = (item: Heard): boolean => item.type === 'room' && item.room.kind === 'direct'
    const at = client.heard.indexOf(await client.until(isDirect, 'the conversation'))
    await client.until((item) => item.type === 'message' && item.room === room, 'the message')
    const message = client.heard.findIndex((item) => item.type === 'message' && item.room === room)
    expect(at).toBeLessThan(message)
    expect(client.heard.filter(isDirect)).toHaveLength(1)
  }
  expect([await listed(ada), await listed(bob)]).toEqual([[room], [room]])
  for (const client of [one, two, late]) await client.close()
})

test('fifty people who open one conversation at once get the same room', async () => {
  const [ada, bob] = [await signIn(server(), 'Left'), await signIn(server(), 'Right')]
  const [one, two] = [await openSocket(server(), ada), await openSocket(server(), bob)]
  const [adaId, bobId] = [one.hello.user.id, two.hello.user.id]
  const rooms = await Promise.all(
    Array.from({ length: 50 }, (_, n) =>
      n % 2 === 0 ? openDirect(server(), ada, bobId) : openDirect(server(), bob, adaId),
    ),
  )
  expect(new Set(rooms).size).toBe(1)
  const room = rooms[0] ?? 0
  await one.post(room, 'between', 'us')
  const heard = await two.until((item) => item.type === 'message' && item.room === room, 'it')
  expect(heard).toMatchObject({ sender: { id: adaId }, recipient: { id: bobId }, content: 'us' })
  for (const who of [adaId, 999_999, 0]) {
    expect((await sendForm(server(), ada, `/direct/${who}`)).status).toBe(404)
  }
  await one.close()
  await two.close()
})

test('mentions are ids of the longest name that fits, and all by the owner only', async () => {
  const names = ['Ann', 'Ann Lee', '梅花', 'Zoë']
  const people = await Promise.all(names.map((name) => signIn(server(), name)))
  const sockets = await Promise.all(people.map((person) => openSocket(server(), person)))
  const [ann = 0, lee = 0, mei = 0, zoe = 0] = sockets.map(({ hello }) => hello.user.id)
  const [socket] = sockets
  if (socket === undefined || people[0] === undefined) throw new Error('Ann is here')
  const cases: [text: string, mentions: number[]][] = [
    ['@ann hello', [ann]],
    ['hello @Ann Lee!', [lee]],
    ['@Anna is nobody', []],
    ['你好@梅花你好', [mei]],
    ['＠梅花，看', [mei]],
    ['mail to bob@zoë.example', []],
    ['(@zoë) and @ZOË, both', [zoe, zoe]],
    ['@all of you', []],
    ['@', []],
    [`@${'x'.repeat(5_000)}`, []],
    ['`@ann` and ``` @ann ```', []],
    ['```\n@ann\n```\n@zoë', [zoe]],
    ['https://a.example/@ann/5 or \\@ann', []],
    ['**@ann**: ||@zoë did it||', [ann, zoe]],
    ['@ann '.repeat(1_000), Array.from({ length: mentionsMax }, () => ann)],
  ]
  for (const [index, [text, mentions]] of cases.entries()) {
    await socket.post(1, `mention-${index}`, text)
    const heard = await socket.until(
      (item) => item.type === 'message' && item.client_id === `mention-${index}`,
      text.slice(0, 40),
    )
    expect({ text: text.slice(0, 40), ...heard }).toMatchObject({ mentions })
  }
  const own = await makeRoom(server(), people[0], 'Ann’s room')
  await socket.post(own, 'all', 'Listen, @all: tea')
  const all = await socket.until((item) => item.type === 'message' && item.room === own, 'it')
  expect(all).toMatchObject({ mentions: [0] })
  for (const each of sockets) await each.close()
})

test('a person is away when none of their tabs is used, and back with any', async () => {
  const person = await signIn(server(), 'Restless')
  const watcher = await openSocket(server(), await signIn(server(), 'Watching'))
  const [one, two] = [await openSocket(server(), person), await openSocket(server(), person)]
  const { id } = one.hello.user
  const last = () => watcher.heard.findLast((item) => item.type === 'presence' && item.user === id)
  const becomes = (state: string) =>
    watcher.until(() => Object.assign({ state: '' }, last()).state === state, state)
  await becomes('online')
  one.send({ type: 'presence', state: 'away' })
  await one.taken()
  const later = await openSocket(server(), await signIn(server(), 'Later'))
  const { user } = later.hello
  await watcher.until((item) => item.type === 'presence' && item.user === user.id, 'the later one')
  await later.close()
  expect(last()).toMatchObject({ state: 'online' })
  two.send({ type: 'presence', state: 'away' })
  await becomes('away')
  await one.close()
  two.send({ type: 'presence', state: 'online' })
  await becomes('online')
  await two.close()
  await watcher.close()
})

test('typing is told to the room only, and gathered however many people type', async () => {
  const people = await Promise.all([1, 2, 3].map((n) => signIn(server(), `Typist ${'QRS'[n]}`)))
  const sockets = await Promise.all(people.map((person) => openSocket(server(), person)))
  const [one, two, three] = sockets
  if (one === undefined || two === undefined || three === undefined) throw new Error('three')
  const [person = { nickname: '', cookie: '' }] = people
  const direct = await openDirect(server(), person, two.hello.user.id)
  await one.post(direct, 'opens', 'hello')
  one.send({ type: 'typing', room: direct, active: true })
  three.send({ type: 'typing', room: direct, active: true })
  const heard = await two.until((item) => item.type === 'typing', 'the typing')
  expect(heard).toEqual({ type: 'typing', room: direct, user: one.hello.user.id, active: true })
  for (let n = 0; n < 100; n += 1) one.send({ type: 'typing', room: 1, active: n % 2 === 0 })
  await one.taken()
  two.send({ type: 'typing', room: 1, active: true })
  const isLast = (item: Heard): boolean => item.type === 'typing' && item.user === two.hello.user.id
  await three.until(isLast, 'the last of it')
  const inGeneral = three.heard.filter((item) => item.type === 'typing')
  expect(inGeneral.length).toBeLessThan(8)
  expect(inGeneral.every((item) => item.type === 'typing' && item.room === 1)).toBe(true)
  const inDirect = two.heard.filter((item) => item.type === 'typing' && item.room === direct)
  expect(inDirect.length).toBe(1)
  for (const each of sockets) await each.close()
})

test('a person in more rooms than the greeting names hears all of them', async () => {
  const [ada, bob] = [await signIn(server(), 'Maker'), await signIn(server(), 'Many')]
  const rooms: number[] = []
  for (let n = 0; n < serverLimits.listedRoomsMax + 5; n += 1) {
    const room = await makeRoom(server(), ada, `Pier ${n}`)
    await sendForm(server(), bob, `/rooms/${room}/members`)
    rooms.push(room)
  }
  const [speaker, listener] = [await openSocket(server(), ada), await openSocket(server(), bob)]
  expect(listener.hello.rooms).toHaveLength(serverLimits.listedRoomsMax)
  await listener.taken()
  for (const room of rooms) await speaker.post(room, `say-${room}`, 'hello')
  for (const room of rooms) {
    await listener.until((item) => item.type === 'message' && item.room === room, `room ${room}`)
  }
  const page = await readJson(server(), bob, '/rail')
  expect(page).toMatchObject({ in_all: rooms.length + 1 })
  await speaker.close()
  await listener.close()
})
