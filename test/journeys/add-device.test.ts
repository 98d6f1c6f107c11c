import { expect, test } from 'bun:test'
import type { Heard } from '../helpers/frames'
import { type ChatClient, history, openSocket, type Person, readJson } from '../helpers/client'
import { signIn } from '../helpers/client'
import {
  addDevice,
  answerDevice,
  claimLink,
  comeBack,
  enterWith,
  makeCode,
  makeLink,
  pageOf,
  sendFrom,
} from '../helpers/devices'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { basePath, serverForAll } from '../helpers/server'

const server = serverForAll()

const android =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/131.0.0.0 Mobile Safari/537.36'
const phone = { 'User-Agent': android }

const isAsked = (item: Heard): boolean => item.type === 'device.link'

/** Each room with what is unread in it. */
async function unreadOf(person: Person): Promise<Record<number, number>> {
  const { rooms } = Object.assign(
    { rooms: [] as { id: number; unread: number }[] },
    await readJson(server(), person, '/rail'),
  )
  return Object.fromEntries(rooms.map(({ id, unread }) => [id, unread]))
}

async function statusOf(cookie: string, path: string): Promise<number> {
  return (await fetch(server().origin + path, { headers: { Cookie: cookie } })).status
}

/** Somebody with a closed room, and a private message that they have not read. */
async function settle(
  name: string,
): Promise<{ person: Person; first: ChatClient; rooms: number[] }> {
  const [person, bob] = [await signIn(server(), name), await signIn(server(), `${name}s friend`)]
  const first = await openSocket(server(), person)
  const other = await openSocket(server(), bob)
  const room = await makeRoom(server(), person, `Harbour of ${name}`, 'closed')
  const direct = await openDirect(server(), bob, first.hello.user.id)
  await other.post(direct, `secret-${name}`, 'Between us')
  await other.close()
  return { person, first, rooms: [room, direct] }
}

test('a phone is added with a link and plain forms, and is the same person', async () => {
  const { person: mei, first, rooms } = await settle('Mei')
  const link = await makeLink(server(), mei)
  // A preview looks at the link, and once more: nothing has changed by that.
  for (const method of ['HEAD', 'GET', 'GET']) await fetch(server().origin + link, { method })
  const question = await pageOf(server(), '', link)
  expect(question).toContain('Be <b><bdi>Mei</bdi></b> on this device?')
  expect(await pageOf(server(), '', link, 'zh')).toContain(
    '在这台设备上使用“<b><bdi>Mei</bdi></b>”？',
  )
  expect(question).not.toContain('You are signed in here')
  const claim = await claimLink(server(), link, phone)
  await first.until(isAsked, 'that a device asks')
  const waiting = await pageOf(server(), claim, '/device')
  const number = /asked__number[^>]*>(\d{3})</.exec(waiting)?.[1] ?? 'none'
  expect(waiting).toContain('<noscript><meta http-equiv="refresh" content="3"')
  const asked = await pageOf(server(), mei.cookie, '/devices')
  expect(asked).toContain(
    'A phone or tablet (Chrome on Android) wants to be <b><bdi>Mei</bdi></b>.',
  )
  expect(asked).toContain(`>${number}</strong>`)
  expect(await pageOf(server(), mei.cookie, '/devices', 'zh')).toContain(
    '想以“<b><bdi>Mei</bdi></b>”的身份登录',
  )
  // Nobody is in before the answer.
  expect(await enterWith(server(), claim)).toBeNull()
  expect((await answerDevice(server(), mei)).headers.get('location')).toBe(`${basePath()}/devices`)
  expect(await pageOf(server(), claim, '/device')).toContain(
    'Open the chat as <b><bdi>Mei</bdi></b>',
  )
  const added = await enterWith(server(), claim, phone)
  if (added === null) throw new Error('it was allowed')
  const second = await openSocket(server(), added)
  expect(second.hello.user).toEqual(first.hello.user)
  expect(await unreadOf(added)).toEqual(await unreadOf(mei))
  for (const room of rooms) expect(await unreadOf(added)).toHaveProperty(String(room))
  const [, direct = 0] = rooms
  expect((await history(server(), added, direct)).map(({ content }) => content)).toEqual([
    'Between us',
  ])
  expect(await pageOf(server(), mei.cookie, '/devices')).toContain('Chrome on Android')
  for (const socket of [first, second]) await socket.close()
})

test('a device added, the first lost, the code used on a third: the same person', async () => {
  const { person: laptop, first, rooms } = await settle('Iris')
  const code = await makeCode(server(), laptop)
  const before = await unreadOf(laptop)
  const tablet = await addDevice(server(), laptop)
  await sendForm(server(), tablet, '/devices/end', { others: 'yes' })
  expect(await first.closed).toEqual({ code: 4401, reason: 'signed out' })
  const third = await comeBack(server(), 'Iris', code)
  const sockets = await Promise.all([tablet, third].map((one) => openSocket(server(), one)))
  for (const { hello } of sockets) expect(hello.user).toEqual(first.hello.user)
  for (const one of [tablet, third]) expect(await unreadOf(one)).toEqual(before)
  const [, direct = 0] = rooms
  expect(before[direct]).toBe(1)
  for (const socket of sockets) await socket.close()
})

test('a device that is refused stays outside, and its page says so', async () => {
  const mei = await signIn(server(), 'Refuser')
  const claim = await claimLink(server(), await makeLink(server(), mei))
  await answerDevice(server(), mei, 'refuse')
  expect(await statusOf(claim, '/device')).toBe(404)
  expect(await pageOf(server(), claim, '/device')).toContain('This link does not work')
  expect(await enterWith(server(), claim)).toBeNull()
  expect(await pageOf(server(), mei.cookie, '/devices')).toContain('Add a device')
})

test('a link is withdrawn by its person, or by the next one that they make', async () => {
  const mei = await signIn(server(), 'Careful')
  const first = await makeLink(server(), mei)
  const second = await makeLink(server(), mei)
  expect(await statusOf('', first)).toBe(404)
  expect(await statusOf('', second)).toBe(200)
  expect(await pageOf(server(), mei.cookie, '/devices')).toContain('Withdraw the link')
  await sendForm(server(), mei, '/devices/link/end')
  expect(await statusOf('', second)).toBe(404)
  // What was claimed meanwhile is not withdrawn unseen: it asks, and can be refused.
  const claim = await claimLink(server(), await makeLink(server(), mei))
  await sendForm(server(), mei, '/devices/link/end')
  expect(await statusOf(claim, '/device')).toBe(200)
})

test('a browser of somebody else says so before, and signs them out', async () => {
  const [mei, bob] = [await signIn(server(), 'Holder'), await signIn(server(), 'Guest')]
  const socket = await openSocket(server(), bob)
  const link = await makeLink(server(), mei)
  const said = 'You are signed in here as <b><bdi>Guest</bdi></b>, and will be signed out.'
  expect(await pageOf(server(), bob.cookie, link)).toContain(said)
  const claim = await claimLink(server(), link, { cookie: bob.cookie })
  const both = `${bob.cookie}; ${claim}`
  expect(await pageOf(server(), both, '/device')).toContain(said)
  expect(await statusOf(bob.cookie, '/rooms/1')).toBe(200)
  await answerDevice(server(), mei)
  const answer = await sendFrom(server(), '/device', { cookie: both })
  const cookies = answer.headers.getSetCookie().join()
  // The script of the next page deletes what the browser kept for the guest.
  expect(cookies).toMatch(/_left=yes/)
  expect(cookies).toMatch(/_claim=; Max-Age=0/)
  expect(await socket.closed).toEqual({ code: 4001, reason: 'session renewed' })
  expect(await statusOf(bob.cookie, '/rooms/1')).toBe(401)
})

test('a browser that is the person already is told, and changes nothing', async () => {
  const mei = await signIn(server(), 'Already')
  const link = await makeLink(server(), mei)
  expect(await pageOf(server(), mei.cookie, link)).toContain(
    'This browser is <b><bdi>Already</bdi></b> already.',
  )
  const answer = await sendFrom(server(), link, { cookie: mei.cookie })
  expect(answer.headers.get('location')).toBe(`${basePath()}/`)
  expect(await statusOf('', link)).toBe(200)
})

test('a page that connects later hears that a device still asks', async () => {
  const mei = await signIn(server(), 'Later')
  await claimLink(server(), await makeLink(server(), mei))
  const socket = await openSocket(server(), mei)
  await socket.until(isAsked, 'that a device asks')
  // Another device of hers is not asked: the link is not its own.
  const other = await openSocket(
    server(),
    await comeBack(server(), 'Later', await makeCode(server(), mei)),
  )
  await other.taken()
  expect(other.heard.some(isAsked)).toBe(false)
  for (const one of [socket, other]) await one.close()
})

test('who was signed out elsewhere is told, and who logged out is not', async () => {
  const mei = await signIn(server(), 'Ended')
  const tablet = await addDevice(server(), mei)
  const said = 'You were signed out on this device.'
  expect(await pageOf(server(), '', '/')).not.toContain(said)
  await sendForm(server(), mei, '/devices/end', { others: 'yes' })
  const page = await pageOf(server(), tablet.cookie, '/')
  expect(page).toContain(said)
  expect(page).toContain('name="code"')
  expect(await pageOf(server(), tablet.cookie, '/rooms/1', 'zh')).toContain(
    '你已在这台设备上退出登录',
  )
  const out = await sendForm(server(), mei, '/session/end')
  // The log-out has taken the cookie away.
  expect(out.headers.getSetCookie().join()).toMatch(/chatroom_[0-9a-f]+=; Max-Age=0/)
})
