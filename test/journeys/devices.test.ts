import { expect, test } from 'bun:test'
import type { Heard } from '../helpers/frames'
import { history, openSocket, type Person, readJson, signIn } from '../helpers/client'
import { comeBack, makeCode, tryCode } from '../helpers/devices'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { basePath, serverForAll } from '../helpers/server'

const server = serverForAll()

const android =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) ' +
  'Chrome/131.0.0.0 Mobile Safari/537.36'

async function pageOf(person: Person, path: string, language = 'en'): Promise<string> {
  const headers = { Cookie: person.cookie, 'Accept-Language': language }
  return (await fetch(server().origin + path, { headers })).text()
}

async function statusOf(person: Person): Promise<number> {
  const { origin } = server()
  return (await fetch(`${origin}/rooms/1`, { headers: { Cookie: person.cookie } })).status
}

/** The ids of the devices that a page offers to sign out. */
async function offered(person: Person): Promise<string[]> {
  const page = await pageOf(person, '/devices')
  return [...page.matchAll(/name="device" value="(\d+)"/g)].map(([, id = '']) => id)
}

test('a second device is the same person, with all rooms, messages and unread counts', async () => {
  const [mei, bob] = [await signIn(server(), 'Mei'), await signIn(server(), 'Bob')]
  const [first, other] = [await openSocket(server(), mei), await openSocket(server(), bob)]
  const { id } = first.hello.user
  const room = await makeRoom(server(), mei, 'Harbour', 'closed')
  const direct = await openDirect(server(), bob, id)
  await other.post(direct, 'secret', 'Between us')
  const code = await makeCode(server(), mei)
  expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  // Typed as people type: small, with blanks, with letters that look like digits.
  const typed = ` ${code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `
  const phone = await comeBack(server(), 'mei', typed, { 'User-Agent': android })
  const second = await openSocket(server(), phone)
  expect(second.hello.user).toEqual(first.hello.user)
  const { rooms } = Object.assign(
    { rooms: [] as { id: number; unread: number }[] },
    await readJson(server(), phone, '/rail'),
  )
  expect(rooms.find((each) => each.id === direct)).toMatchObject({ unread: 1 })
  expect(rooms.some((each) => each.id === room)).toBe(true)
  expect((await history(server(), phone, direct)).map(({ content }) => content)).toEqual([
    'Between us',
  ])
  expect(await pageOf(mei, '/devices')).toContain('Chrome on Android')
  expect(await pageOf(mei, '/devices', 'zh')).toContain('Android 上的 Chrome')
  expect((await tryCode(server(), 'Mei', code)).status).toBe(422)
  for (const socket of [first, second, other]) await socket.close()
})

test('a device that is signed out is out at once, and the others stay', async () => {
  const laptop = await signIn(server(), 'Ada')
  const phone = await comeBack(server(), 'Ada', await makeCode(server(), laptop))
  const tablet = await comeBack(server(), 'Ada', await makeCode(server(), laptop))
  const sockets = await Promise.all([laptop, phone, tablet].map((one) => openSocket(server(), one)))
  const [own, onPhone, onTablet] = sockets
  const [latest = ''] = await offered(laptop)
  const answer = await sendForm(server(), laptop, '/devices/end', { device: latest })
  expect(answer.headers.get('location')).toBe(`${basePath()}/devices`)
  expect(await onTablet?.closed).toEqual({ code: 4401, reason: 'signed out' })
  expect(await statusOf(tablet)).toBe(401)
  await onPhone?.taken()
  await sendForm(server(), laptop, '/devices/end', { others: 'yes' })
  expect(await onPhone?.closed).toMatchObject({ code: 4401 })
  expect([await statusOf(phone), await statusOf(laptop)]).toEqual([401, 200])
  await own?.taken()
  expect(await offered(laptop)).toEqual([])
  await own?.close()
})

test('nobody signs out the device of somebody else, and not their own in this way', async () => {
  const [eve, owl] = [await signIn(server(), 'Eve'), await signIn(server(), 'Owl')]
  const phone = await comeBack(server(), 'Owl', await makeCode(server(), owl))
  const ids = [...(await offered(owl)), ...(await offered(phone))]
  expect(ids.length).toBe(2)
  for (const device of ids) await sendForm(server(), eve, '/devices/end', { device })
  await sendForm(server(), eve, '/devices/end', { others: 'yes' })
  const [own = ''] = await offered(phone)
  await sendForm(server(), owl, '/devices/end', { device: own })
  expect([await statusOf(owl), await statusOf(phone)]).toEqual([200, 200])
  for (const fields of [{}, { device: 'all' }, { device: '-1' }]) {
    expect((await sendForm(server(), owl, '/devices/end', fields)).status).toBe(400)
  }
})

test('P29: of two devices and a code each may be lost without losing the name', async () => {
  const first = await signIn(server(), 'Iris')
  const code = await makeCode(server(), first)
  const second = await comeBack(server(), 'Iris', code)
  const spare = await makeCode(server(), second)
  const { hello, close } = await openSocket(server(), first)
  await close()
  // The first is lost: the second signs it out, and the code still brings back a third.
  await sendForm(server(), second, '/devices/end', { others: 'yes' })
  const third = await comeBack(server(), 'Iris', spare)
  // The code is lost: a device makes a new one, and both go out.
  const last = await makeCode(server(), third)
  expect((await sendForm(server(), second, '/session/end')).status).toBe(303)
  expect((await sendForm(server(), third, '/session/end')).status).toBe(303)
  expect(signIn(server(), 'Iris')).rejects.toThrow('taken')
  const back = await openSocket(server(), await comeBack(server(), 'Iris', last))
  expect(back.hello.user).toEqual(hello.user)
  await back.close()
})

test('a log-out asks when it is the last device, and says what it means', async () => {
  const ida = await signIn(server(), 'Ida')
  const asked = await pageOf(ida, '/log-out')
  expect(asked).toContain(
    'This is your only device. To come back as <b><bdi>Ida</bdi></b>, you need a recovery code.',
  )
  expect(asked).toContain('Your name is kept for 90 days.')
  expect(await pageOf(ida, '/log-out', 'zh')).toContain('这是你唯一的设备')
  const made = await (await sendForm(server(), ida, '/code', { from: 'log-out' })).text()
  const code = /id="new-code"[^>]*>([^<]+)</.exec(made)?.[1] ?? ''
  expect(decodeURIComponent(made)).toContain(`Recovery code of Ida at Chatroom: ${code}`)
  expect(made).toContain('action="' + basePath() + '/session/end"')
  const phone = await comeBack(server(), 'Ida', code)
  expect(await pageOf(ida, '/log-out')).toContain('You stay signed in on 1 other device.')
  // The page said that there is another one, and meanwhile it has gone: nothing is lost unasked.
  await sendForm(server(), phone, '/session/end', { asked: 'yes', others: 'yes' })
  const again = await sendForm(server(), ida, '/session/end', { asked: 'yes', others: 'yes' })
  expect(again.headers.get('location')).toBe(`${basePath()}/log-out`)
  expect(await statusOf(ida)).toBe(200)
})

test('who leaves for good is out everywhere, and the name is free', async () => {
  const una = await signIn(server(), 'Una')
  const phone = await comeBack(server(), 'Una', await makeCode(server(), una))
  const code = await makeCode(server(), una)
  const socket = await openSocket(server(), phone)
  expect((await sendForm(server(), una, '/session/leave')).status).toBe(400)
  expect(await statusOf(una)).toBe(200)
  const watcher = await openSocket(server(), await signIn(server(), 'Watcher'))
  await sendForm(server(), una, '/session/leave', { sure: 'yes' })
  expect(await socket.closed).toMatchObject({ code: 4401 })
  expect([await statusOf(una), await statusOf(phone)]).toEqual([401, 401])
  const hasLeft = (item: Heard): boolean =>
    item.type === 'person.changed' && item.user.id === socket.hello.user.id
  expect(await watcher.until(hasLeft, 'that she left')).toMatchObject({ user: { mark: 'left' } })
  const next = await openSocket(server(), await signIn(server(), 'Una'))
  expect(next.hello.user).toMatchObject({ mark: 'new' })
  expect((await tryCode(server(), 'Una', code)).status).toBe(422)
  for (const each of [watcher, next]) await each.close()
})
