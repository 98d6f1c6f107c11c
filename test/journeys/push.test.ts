import { afterAll, expect, test } from 'bun:test'
import { actOn } from '../helpers/acts'
import { history, openSocket, type Person, renew, signIn } from '../helpers/client'
import { askDatabase } from '../helpers/database'
import { promote } from '../helpers/door'
import { openPushReceiver, type PushReceiver, subscribe } from '../helpers/push-service'
import { letIn, makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { basePath, serverForAll, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const withPush = {
  flags: ['--push'],
  env: {
    BUN_OPTIONS: '--preload ./test/helpers/local-push.ts --preload ./test/helpers/short-limits.ts',
    TEST_LIMITS: JSON.stringify({ offlineGraceMs: 100 }),
  },
}
const server = serverForAll(withPush)
const service = openPushReceiver()
afterAll(() => service[Symbol.asyncDispose]())

const pathOf = (room: number, seq: number): string => `${basePath()}/rooms/${room}/messages/${seq}`

let said = 0
const say = async (person: Person, room: number, content: string): Promise<void> => {
  const fields = { content, client_id: `said-${(said += 1)}` }
  const { status } = await sendForm(server(), person, `/rooms/${room}/messages`, fields)
  if (status !== 303) throw new Error(`“${content}” was answered with ${status}`)
}

let people = 0
/** Somebody without an open page, whose device is told of everything in a room. */
async function settle(by: PushReceiver = service) {
  const n = (people += 1)
  const [host, guest] = [await signIn(server(), `Mei${n}x`), await signIn(server(), `Bob${n}x`)]
  const room = await makeRoom(server(), host, `Room ${n}`, 'closed')
  await letIn(server(), host, room, guest)
  await sendForm(server(), guest, `/rooms/${room}/notify`, { notify: 'all' })
  const device = await by.newDevice()
  expect(await subscribe(server(), guest, device)).toBe(204)
  return { host, guest, room, device }
}

test('a device without an open page is told who wrote and where, and not what', async () => {
  const { host, guest, room, device } = await settle()
  await say(host, room, 'The secret is 4711')
  const [notice] = await device.has(1)
  expect(notice).toMatchObject({
    title: `⁨${host.nickname}⁩ in ⁨#Room ${people}⁩`,
    body: 'New message',
    path: pathOf(room, 2),
    room,
    badge: 0,
    unread: [room],
  })
  const [{ headers, bytes, text } = fail()] = device.pushed
  expect(text).not.toContain('4711')
  expect(Object.fromEntries(headers)).toMatchObject({
    'content-encoding': 'aes128gcm',
    ttl: '86400',
    urgency: 'normal',
    topic: expect.stringMatching(/^[\w-]{32}$/),
    authorization: expect.stringMatching(/^vapid t=[\w-]+\.[\w-]+\.[\w-]+, k=[\w-]{87}$/),
  })
  expect(await subscribe(server(), guest, device, { text: true })).toBe(204)
  await say(host, room, `@${guest.nickname} the **secret** is 4711, not ||4712||`)
  const [, next] = await device.has(2)
  expect(next).toMatchObject({ badge: 1, isMeant: true })
  expect(next?.body).toStartWith(`@${guest.nickname} the secret is 4711, not `)
  expect(next?.body).not.toContain('4712')
  // The length says nothing of the text.
  expect(device.pushed[1]?.bytes.length).toBe(bytes.length)
  expect(device.pushed[1]?.headers.get('topic')).toBe(headers.get('topic'))
  expect(device.pushed[1]?.headers.get('urgency')).toBe('high')
})

test('nobody is told of what is said after they may not see it', async () => {
  const olga = await signIn(server(), 'Olga')
  await promote(server(), olga, 'owner')
  const ends: ((scene: { host: Person; guest: Person; room: number }) => Promise<unknown>)[] = [
    ({ host, guest, room }) => removeFrom(host, guest, room),
    ({ guest, room }) => sendForm(server(), guest, `/rooms/${room}/leave`),
    ({ guest }) => sendForm(server(), guest, '/session/end'),
    ({ guest }) => sendForm(server(), guest, '/session/leave', { sure: 'yes' }),
    async ({ guest }) => actOn(server(), olga, 'ban', await userOf(guest)),
    ({ guest }) => sendForm(server(), guest, '/devices/push/end'),
    ({ guest }) => renew(server(), guest),
    ({ guest, room }) => sendForm(server(), guest, `/rooms/${room}/notify`, { notify: 'nothing' }),
  ]
  const scenes = await Promise.all(ends.map(() => settleWithFence()))
  for (const { host, room } of scenes) await say(host, room, 'before')
  for (const { device, fence } of scenes) await Promise.all([device.has(1), fence.has(1)])
  // While the push service is away something waits; it is asked again when it comes back.
  service.answerBy(() => new Response(null, { status: 503, headers: { 'Retry-After': '1' } }))
  const before = service.requests()
  for (const { host, room } of scenes) await say(host, room, 'waits')
  await waitUntil(() => service.requests() > before, 'an attempt')
  for (const [n, scene] of scenes.entries()) await ends[n]?.(scene)
  service.answerBy(null)
  for (const { host, room } of scenes) await say(host, room, 'after')
  for (const { fence } of scenes) await fence.has(2)
  expect(scenes.map(({ device }) => device.pushed.length)).toEqual(ends.map(() => 1))
})

/** Without a socket, as somebody at an open page is not told. */
const userOf = async ({ nickname }: Person): Promise<number> => {
  const find = 'SELECT id FROM users WHERE nickname = ?'
  return (await askDatabase<{ id: number }>(server(), find, nickname))[0]?.id ?? 0
}

/** With somebody else in the room, whose device tells when a message has been told. */
async function settleWithFence() {
  const scene = await settle()
  const other = await signIn(server(), `Cleo${(people += 1)}x`)
  await letIn(server(), scene.host, scene.room, other)
  await sendForm(server(), other, `/rooms/${scene.room}/notify`, { notify: 'all' })
  const fence = await service.newDevice()
  await subscribe(server(), other, fence)
  return { ...scene, fence }
}

async function removeFrom(host: Person, guest: Person, room: number): Promise<void> {
  const socket = await openSocket(server(), guest)
  const user = String(socket.hello.user.id)
  await socket.close()
  await sendForm(server(), host, `/rooms/${room}/members/remove`, { user })
}

test('somebody at an open page is told by it, and on a device when they have left', async () => {
  const { host, guest, room, device, fence } = await settleWithFence()
  const page = await openSocket(server(), guest)
  await say(host, room, 'on the page')
  await fence.has(1)
  expect(device.pushed).toEqual([])
  await say(host, room, 'left before it was read')
  await page.close()
  const [{ path } = fail()] = await device.has(1)
  expect(path).toStartWith(pathOf(room, 0).slice(0, -1))
  const away = await openSocket(server(), guest)
  away.send({ type: 'presence', state: 'away' })
  await away.taken()
  await say(host, room, 'nobody at the keys')
  const [, { path: next } = fail()] = await device.has(2)
  expect(next).not.toBe(path)
  await away.close()
})

test('what was read elsewhere, or comes from somebody who is muted, is not told', async () => {
  const { host, guest, room, device } = await settle()
  const other = await signIn(server(), `Dan${people}x`)
  await letIn(server(), host, room, other)
  const socket = await openSocket(server(), other)
  await subscribe(server(), guest, device, { muted: [socket.hello.user.id] })
  await socket.close()
  await say(other, room, 'muted')
  await say(host, room, 'heard')
  expect(await device.has(1)).toMatchObject([{ title: expect.stringContaining(host.nickname) }])
  const direct = await openDirect(server(), host, await idOf(guest))
  await say(host, direct, 'privately')
  expect((await device.has(2))[1]).toMatchObject({
    title: host.nickname,
    body: 'Private message',
    badge: 1,
    isMeant: true,
  })
})

async function idOf(person: Person): Promise<number> {
  const socket = await openSocket(server(), person)
  await socket.close()
  return socket.hello.user.id
}

test('an address that the push service does not know is forgotten', async () => {
  for (const status of [404, 410]) {
    const { host, room, device } = await settle()
    let asked = 0
    service.answerBy(() => {
      asked += 1
      return new Response(null, { status })
    })
    await say(host, room, 'one')
    await waitUntil(() => asked > 0, 'the request')
    await waitUntil(() => server().log().includes('push.dropped'), 'the log')
    service.answerBy(null)
    const next = await settle()
    await say(host, room, 'two')
    await say(next.host, next.room, 'two')
    await next.device.has(1)
    expect(device.pushed).toEqual([])
  }
})

test('a push service that fails is asked again later, and keeps no other waiting', async () => {
  await using other = openPushReceiver()
  const { host, room, device } = await settle(other)
  const here = await settle()
  let asked = 0
  const { promise: released, resolve: release } = Promise.withResolvers<null>()
  other.answerBy(() => {
    asked += 1
    const isFirst = asked === 1
    return isFirst ? new Response(null, { status: 500, headers: { 'Retry-After': '1' } }) : released
  })
  await say(host, room, 'one')
  await waitUntil(() => asked === 2, 'another attempt, which is not answered')
  await say(here.host, here.room, 'two')
  await here.device.has(1)
  expect((await history(server(), host, room)).length).toBe(1)
  release(null)
  expect(await device.has(1)).toHaveLength(1)
})

test('a redirect of a push service leads nowhere', async () => {
  await using other = openPushReceiver()
  const { host, room } = await settle()
  service.answerBy(() => Response.redirect(`http://127.0.0.1:${other.port}/`, 307))
  await say(host, room, 'one')
  await waitUntil(() => server().log().includes('push.refused code=307'), 'the refusal')
  service.answerBy(null)
  expect(other.requests()).toBe(0)
})

test('without the flag no device can ask to be told, and nothing is contacted', async () => {
  await using quiet = await startServer({ env: withPush.env })
  const ada = await signIn(quiet, 'Ada')
  expect(await subscribe(quiet, ada, await service.newDevice())).toBe(404)
})

function fail(): never {
  throw new Error('something must have come')
}
