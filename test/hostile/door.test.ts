import { expect, test } from 'bun:test'
import { askDatabase, storedIn } from '../helpers/database'
import { openSocket, type Person, signIn } from '../helpers/client'
import { sendFrom } from '../helpers/devices'
import {
  answerAtDoor,
  askAtDoor,
  codeOf,
  comeIn,
  enterFromDoor,
  makeInvitation,
  promote,
  requestsSeenBy,
  setDoor,
} from '../helpers/door'
import { sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { isFull } from '../helpers/size'

type Mode = Parameters<typeof setDoor>[2]

/** A server with an owner, whose door is set. */
async function openHouse(mode: Mode, isLimited = false, password = '') {
  const server = await startServer({
    flags: ['--trust-proxy'],
    env: { CHATROOM_RATE_LIMITS: isLimited ? 'on' : 'off' },
  })
  const ada = await signIn(server, 'Ada')
  await promote(server, ada, 'owner')
  await setDoor(server, ada, mode, password)
  return { server, ada, [Symbol.asyncDispose]: () => server.dispose() }
}

const from = (address: string) => ({ 'X-Forwarded-For': address })

/** What a newcomer sees who opens a link, and who signs in with it. */
async function seen(server: RunningServer, token: string, name: string) {
  const opened = await fetch(`${server.origin}/invite/${encodeURIComponent(token)}`, {
    headers: { 'Accept-Language': 'en' },
  })
  const { status, page } = await comeIn(server, name, { invitation: token })
  const plain = page.replaceAll(name, '').replace(/(id="invitation"[^>]*?value=")[^"]*/, '$1')
  return { statuses: [opened.status, status], pages: [await opened.text(), plain] }
}

test('D1: made-up, used, revoked, old and orphaned links have one answer', async () => {
  await using house = await openHouse('links')
  const { server, ada } = house
  const mo = (await comeIn(server, 'Mo', { invitation: await makeInvitation(server, ada) })).person
  if (mo === null) throw new Error('Mo is in')
  await promote(server, mo, 'moderator')
  const [used, revoked, old, orphaned] = [
    await makeInvitation(server, ada),
    await makeInvitation(server, ada),
    await makeInvitation(server, ada, { uses: 'any', days: '1' }),
    await makeInvitation(server, mo),
  ]
  expect((await comeIn(server, 'Used', { invitation: used })).status).toBe(303)
  // Links have the numbers 1 to 5; codes would follow.
  await sendForm(server, ada, '/admin/invitations/revoke', { link: '3' })
  await askDatabase(server, 'UPDATE door_links SET expires_at = 1 WHERE id = 4')
  await promote(server, mo, 'member')
  const bad = ['A'.repeat(22), used, revoked, old, orphaned, 'ABC234', '%', '../..', '😀'.repeat(9)]
  const answers = []
  for (const [n, token] of bad.entries()) answers.push(await seen(server, token, `Bad ${n}x`))
  expect(answers[0]).toMatchObject({ statuses: [404, 404] })
  for (const answer of answers.slice(1)) expect(answer).toEqual(answers[0] ?? answer)
  expect(answers[0]?.pages[1]).toContain('This invitation does not work, or not any more.')
  const stored = await storedIn(server)
  for (const token of [used, revoked, old, orphaned]) {
    expect(stored).not.toContain(token)
    expect(server.log()).not.toContain(token)
  }
})

test('D2: wrong passwords and codes are limited per address and in all', async () => {
  await using house = await openHouse('password', true, 'kangaroo')
  const { server, ada } = house
  const guess = async (n: number, address: string, fields: Record<string, string>) =>
    (await comeIn(server, `Guest ${n}x`, fields, from(address))).status
  const right = { password: 'kangaroo' }
  for (let n = 0; n < 50; n += 1) expect(await guess(n, '192.0.2.1', right)).toBe(303)
  // A short one costs no hash, and is told at once.
  for (let n = 0; n < 70; n += 1) expect(await guess(n, '192.0.2.2', {})).toBe(422)
  const wrong = []
  for (let n = 0; n < 62; n += 1) {
    wrong.push(await guess(n, '192.0.2.2', { invitation: `AAAA${String(n).padStart(2, '0')}` }))
  }
  expect(wrong.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 404))
  expect(wrong).toContain(429)
  expect(await guess(100, '192.0.2.2', right)).toBe(429)
  // Opening a code is a guess, too; a link is none.
  const code = (await codeOf(server, ada)) ?? ''
  const open = async (token: string) =>
    (await fetch(`${server.origin}/invite/${token}`, { headers: from('192.0.2.2') })).status
  expect(await open(code)).toBe(429)
  const token = await makeInvitation(server, ada, { uses: 'any' })
  expect(await open(token)).toBe(200)
  expect(await guess(101, '192.0.2.2', { invitation: token })).toBe(303)
  expect(await guess(102, '192.0.2.3', { invitation: code.toLowerCase() })).toBe(303)
  // Ten addresses more, and nobody guesses any more, wherever they are.
  for (let a = 10; a < 20; a += 1) {
    for (let n = 0; n < 60; n += 1) await open6(server, a, n)
  }
  expect(await guess(103, '198.51.100.1', { password: 'kangaroos' })).toBe(429)
  expect(await guess(104, '198.51.100.1', { invitation: token })).toBe(303)
})

async function open6({ origin }: RunningServer, a: number, n: number): Promise<void> {
  const headers = from(`192.0.2.${a}`)
  await fetch(`${origin}/invite/BBBB${String(n).padStart(2, '0')}`, { headers })
}

test('D3: behind a closed door nobody is told which names or rooms there are', async () => {
  await using house = await openHouse('password', false, 'kangaroo')
  const { server, ada } = house
  const made = await sendForm(server, ada, '/rooms', { name: 'harbour', kind: 'open', topic: '' })
  const room = made.headers.get('location') ?? ''
  const pages = []
  for (const name of ['Ada', '(Ada)', 'Zoe']) {
    const { page, status } = await comeIn(server, name, { password: 'wallaby12' })
    pages.push(`${status} ${page.replaceAll(name, '')}`)
  }
  expect(pages[1]).toBe(pages[0] ?? '')
  expect(pages[2]).toBe(pages[0] ?? '')
  for (const path of [room, '/', '/join', '/rooms', '/people?q=Ada', '/door', '/admin/door']) {
    const text = await (await fetch(server.origin + path)).text()
    expect(text).not.toMatch(/harbour|\bAda\b|kangaroo/)
  }
  const { to } = await comeIn(server, 'Bob', {
    password: 'kangaroo',
    room: room.split('/')[2] ?? '',
  })
  expect(to).toBe(room)
})

test('D4: many who ask fill neither the list nor the time of those who answer', async () => {
  await using house = await openHouse('ask')
  const { server, ada } = house
  const ask = async (n: number, address: string) =>
    askAtDoor(server, `Asker ${n}x`, '', from(address))
  const many = isFull ? 1_000 : 300
  const flood = Array.from({ length: many }, (_, n) => ask(n, '192.0.2.1'))
  const outcomes = await Promise.all(flood)
  expect(outcomes.filter((one) => typeof one === 'string')).toHaveLength(100)
  expect(outcomes.filter((one) => one === 503)).toHaveLength(many - 100)
  const honest = await ask(2_000, '192.0.2.2')
  expect(await requestsSeenBy(server, ada)).toHaveLength(101)
  expect(await answerAtDoor(server, ada, 'Asker 2000x')).toBe(303)
  expect(await enterFromDoor(server, honest)).not.toBeNull()
})

test('D5: who asks sends no huge line, no look-alike name and no picture', async () => {
  await using house = await openHouse('ask')
  const { server, ada } = house
  expect(await askAtDoor(server, 'Long', 'x'.repeat(101))).toBe(422)
  expect(await askAtDoor(server, 'Longer', 'x'.repeat(100_000))).toBe(422)
  expect(await askAtDoor(server, 'Marks', `a${'\u0301'.repeat(90)}`)).toBe(422)
  expect(await askAtDoor(server, 'Control', 'a\u0000b')).toBe(422)
  for (const name of ['Ada', 'Аda', 'ADA ✔', 'admin', '', 'x'.repeat(500)]) {
    expect(await askAtDoor(server, name)).toBe(422)
  }
  expect(typeof (await askAtDoor(server, 'Mei', '<b>hi</b>'))).toBe('string')
  for (const name of ['Mei', 'mei', 'Mеi', '(Mei)']) expect(await askAtDoor(server, name)).toBe(422)
  const more = { nickname: 'Pic', avatar: 'picture', picture: 'A'.repeat(60_000) }
  expect((await sendFrom(server, '/session', {}, more)).status).toBe(303)
  const [mei, pic] = await requestsSeenBy(server, ada)
  expect(mei).toMatchObject({ nickname: 'Mei', line: '<b>hi</b>' })
  expect(pic).toMatchObject({ avatar: 'letter' })
  const page = await fetch(`${server.origin}/admin/door`, { headers: { Cookie: ada.cookie } })
  expect(await page.text()).toContain('&lt;b&gt;hi&lt;/b&gt;')
})

test('D6: only the browser that asked comes in, and only once', async () => {
  await using house = await openHouse('ask')
  const { server, ada } = house
  const [mei, eve] = [await askAtDoor(server, 'Mei'), await askAtDoor(server, 'Eve')]
  const moe = await entered(server, ada, 'Moe')
  const [request] = await requestsSeenBy(server, ada)
  const fields = { request: String(request?.id), answer: 'in' }
  expect((await sendForm(server, moe, '/admin/door/answer', fields)).status).toBe(403)
  expect((await sendFrom(server, '/admin/door/answer', { cookie: `${mei}` }, fields)).status).toBe(
    401,
  )
  for (const wrong of [{}, { request: '1' }, { request: "' OR 1", answer: 'in' }]) {
    const { status } = await sendForm(server, ada, '/admin/door/answer', wrong)
    expect([400, 404]).toContain(status)
  }
  expect(await answerAtDoor(server, ada, 'Mei')).toBe(303)
  for (const cookie of [eve, `${mei}`.slice(0, -1), moe.cookie, '']) {
    expect(await enterFromDoor(server, cookie)).toBeNull()
  }
  const foreign = { Origin: 'http://evil.example', cookie: `${mei}` }
  expect((await sendFrom(server, '/door', foreign)).status).toBe(403)
  const entries = await Promise.all(Array.from({ length: 50 }, () => enterFromDoor(server, mei)))
  expect(entries.filter((one) => one !== null)).toHaveLength(1)
})

/** Comes in by asking an owner. */
async function entered(server: RunningServer, owner: Person, name: string): Promise<Person> {
  const cookie = await askAtDoor(server, name)
  await answerAtDoor(server, owner, name)
  const person = await enterFromDoor(server, cookie, name)
  if (person === null) throw new Error(`${name} is not in`)
  return person
}

test('D7: who is in stays in, and comes back, whatever the door is set to', async () => {
  await using house = await openHouse('open')
  const { server, ada } = house
  const bob = await signIn(server, 'Bob')
  for (const mode of ['password', 'links', 'ask'] as const) {
    await setDoor(server, ada, mode, 'kangaroo')
    const again = await sendForm(server, bob, '/session', { nickname: 'Bob', avatar: 'letter' })
    expect(again.status).toBe(303)
    bob.cookie = again.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const socket = await openSocket(server, bob)
    expect(socket.hello.user.nickname).toBe('Bob')
    await socket.close()
    // With another name somebody is a newcomer.
    const other = { nickname: 'Bobby', avatar: 'letter' }
    expect((await sendForm(server, bob, '/session', other)).status).not.toBe(200)
    expect((await comeIn(server, 'Bobby')).person).toBeNull()
  }
})

test('D8: settings of the door that make no sense change nothing', async () => {
  await using house = await openHouse('open')
  const { server, ada } = house
  for (const [fields, status] of [
    [{ mode: 'shut' }, 400],
    [{ mode: 'password' }, 422],
    [{ mode: 'password', password: 'short' }, 422],
    [{ mode: 'password', password: 'x'.repeat(201) }, 422],
  ] as const) {
    const answer = await sendForm(server, ada, '/admin/door', fields)
    expect([fields, answer.status]).toEqual([fields, status])
  }
  for (const fields of [
    { uses: '0' },
    { uses: '1001' },
    { uses: '-1' },
    { uses: '1e3' },
    { days: '0' },
    { days: '91' },
    { days: 'any' },
  ]) {
    const answer = await sendForm(server, ada, '/admin/invitations', fields)
    expect([fields, answer.status]).toEqual([fields, 422])
  }
  for (const room of ['999', 'x', '-1']) {
    expect((await sendForm(server, ada, '/admin/invitations', { room })).status).toBe(404)
  }
  expect((await comeIn(server, 'Bob')).status).toBe(303)
})
