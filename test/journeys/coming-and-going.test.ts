import { expect, test } from 'bun:test'
import { history, openSocket, signIn } from '../helpers/client'
import { makeRoom } from '../helpers/rooms'
import { basePath, originOf, serverForAll, startServer } from '../helpers/server'

const server = serverForAll()

async function send(path: string, body: Record<string, string>, cookie = ''): Promise<Response> {
  return fetch(server().origin + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: originOf(server()), ...(cookie === '' ? {} : { Cookie: cookie }) },
    body: new URLSearchParams(body),
  })
}

async function look(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(server().origin + path, { redirect: 'manual', headers })
}

test('a stranger sees the sign-in page and nothing of the rooms', async () => {
  const ada = await signIn(server(), 'Ada')
  const socket = await openSocket(server(), ada)
  await socket.post(1, 'secret', 'between us')
  const door = await look('/')
  expect(door.status).toBe(200)
  for (const path of ['/rooms/1', '/rooms/1/messages', '/rooms/1/changes', '/rooms/77']) {
    const answer = await look(path)
    const page = await answer.text()
    expect({ path, status: answer.status }).toEqual({ path, status: 401 })
    expect(page).not.toContain('between us')
    expect(page).not.toContain('general')
    expect(page).toContain('id="sign-in"')
  }
  await socket.close()
})

test('a person who followed a link to a room arrives there after signing in', async () => {
  const page = await (await look('/rooms/1')).text()
  expect(page).toContain('name="room" value="1"')
  const answer = await send('/session', { nickname: 'Linked', avatar: 'moon', room: '1' })
  expect(answer.headers.get('location')).toBe(`${basePath()}/rooms/1`)
})

test('a redirect only ever leads to an address of this server', async () => {
  const rooms = ['//evil.example', '/\\evil.example', 'javascript:alert(1)', '999999']
  for (const [index, room] of rooms.entries()) {
    const nickname = `Goer ${'WXYZ'[index]}`
    const answer = await send('/session', { nickname, avatar: 'letter', room, next: room })
    expect(answer.headers.get('location')).toBe(`${basePath()}/`)
  }
})

test('a person with a session needs no sign-in', async () => {
  const { cookie } = await signIn(server(), 'Known')
  const answer = await look('/', { Cookie: cookie })
  expect({ status: answer.status, to: answer.headers.get('location') }).toEqual({
    status: 303,
    to: `${basePath()}/rooms/1`,
  })
})

test('the first page leads to the room that was open last, while one is a member', async () => {
  const person = await signIn(server(), 'Lately')
  const room = await makeRoom(server(), person, 'Lately open')
  const opened = await look(`/rooms/${room}`, { Cookie: person.cookie })
  const last = opened.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const to = async (cookie: string): Promise<string | null> => {
    const { headers } = await look('/', { Cookie: `${person.cookie}; ${cookie}` })
    return headers.get('location')
  }
  expect(await to(last)).toBe(`${basePath()}/rooms/${room}`)
  expect(await to('chatroom_room=999')).toBe(`${basePath()}/rooms/1`)
  expect(await to('chatroom_room=//evil.example')).toBe(`${basePath()}/rooms/1`)
})

test('of a hundred people who ask for one name at once, one gets it', async () => {
  const answers = await Promise.all(
    Array.from({ length: 100 }, () => send('/session', { nickname: 'Contested', avatar: 'sun' })),
  )
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 303).length).toBe(1)
  expect(statuses.filter((status) => status === 422).length).toBe(99)
})

test('a refused name comes back with two free names, as text', async () => {
  await signIn(server(), 'Miró')
  const answer = await send('/session', { nickname: 'Miró', avatar: 'leaf' })
  const page = await answer.text()
  expect(answer.status).toBe(422)
  expect([...page.matchAll(/name="suggestion" value="/g)].length).toBe(2)
  expect(page).toContain('value="Miró"')
  const markup = `"><script>alert(1)</script>`
  const odd = await (await send('/session', { nickname: markup, avatar: 'leaf' })).text()
  expect(odd).not.toContain('<script>alert')
  expect((await send('/session', { nickname: 'x'.repeat(60_000), avatar: 'a' })).status).toBe(422)
  expect((await send('/session', { nickname: 'Painter', avatar: '../x' })).status).toBe(422)
})

test('a name of markup is text wherever it is shown', async () => {
  const name = `<b hx-get=/x>`
  const person = await signIn(server(), name)
  const socket = await openSocket(server(), person)
  await socket.post(1, 'markup', 'hello')
  const page = await (await look('/rooms/1', { Cookie: person.cookie })).text()
  expect(page).not.toContain('<b hx-get')
  expect(page).toContain('&lt;b hx-get=/x&gt;')
  await socket.close()
})

test('signing in gives a new session, and a planted one is worthless', async () => {
  const planted = `chatroom_00000000=${'A'.repeat(43)}`
  const answer = await send('/session', { nickname: 'Fixed', avatar: 'letter' }, planted)
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  expect(cookie).not.toContain('AAAA')
  const name = cookie.split('=')[0] ?? ''
  expect((await look('/rooms/1', { Cookie: `${name}=${'A'.repeat(43)}` })).status).toBe(401)
  const { status } = await look('/rooms/1', { Cookie: cookie })
  expect(status).toBe(200)
  // The same name again from the same browser: still the same person, under a new token.
  const again = await send('/session', { nickname: 'Fixed', avatar: 'letter' }, cookie)
  expect(again.status).toBe(303)
  expect(again.headers.getSetCookie()[0]).not.toStartWith(cookie)
  expect((await look('/rooms/1', { Cookie: cookie })).status).toBe(401)
})

test('logging out closes the browser’s sockets, ends its session, keeps the name', async () => {
  const leaver = await signIn(server(), 'Leaver')
  const tabs = await Promise.all([1, 2, 3].map(() => openSocket(server(), leaver)))
  await tabs[0]?.post(1, 'last-words', 'Goodbye')
  const stays = await signIn(server(), 'Stays')
  const other = await openSocket(server(), stays)
  const answer = await send('/session/end', {}, leaver.cookie)
  expect(answer.status).toBe(303)
  // Under a base path the storage of the origin is not this server's alone.
  const cleared = answer.headers.get('clear-site-data') ?? ''
  expect(cleared.includes('storage')).toBe(basePath() === '')
  for (const tab of tabs) expect(await tab.closed).toMatchObject({ code: 4401 })
  expect((await look('/rooms/1', { Cookie: leaver.cookie })).status).toBe(401)
  expect(openSocket(server(), leaver)).rejects.toThrow()
  expect(signIn(server(), 'Leaver')).rejects.toThrow('taken')
  const said = (await history(server(), stays, 1)).find(
    ({ client_id }) => client_id === 'last-words',
  )
  expect(said?.sender).toMatchObject({ nickname: 'Leaver', mark: null })
  await other.close()
})

test('the language follows the browser until somebody chooses', async () => {
  const page = async (headers: Record<string, string>) => (await look('/', headers)).text()
  expect(await page({ 'Accept-Language': 'fr, zh-CN;q=0.8, en;q=0.5' })).toContain('lang="zh')
  expect(await page({ 'Accept-Language': 'en;q=0.4, zh;q=0' })).toContain('lang="en')
  expect(await page({ 'Accept-Language': `${'x,'.repeat(2_000)}zh` })).toContain('lang="en')
  const chosen = await send('/preferences', { language: 'zh' })
  const cookie = chosen.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  expect(chosen.status).toBe(303)
  expect(await page({ 'Accept-Language': 'en', Cookie: cookie })).toContain('lang="zh')
  expect((await send('/preferences', { language: '../en' })).status).toBe(400)
})

test('a reload does not flicker: one stays online for a while', async () => {
  await using server = await startServer({
    compiled: false,
    env: {
      BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
      TEST_LIMITS: JSON.stringify({ offlineGraceMs: 2_000 }),
    },
  })
  const watcher = await openSocket(server, await signIn(server, 'Watcher'))
  const person = await signIn(server, 'Flicker')
  const first = await openSocket(server, person)
  const { id } = first.hello.user
  const states = (): string[] =>
    watcher.heard.flatMap((item) =>
      item.type === 'presence' && item.user === id ? [item.state] : [],
    )
  await watcher.until((item) => item.type === 'presence' && item.user === id, 'the arrival')
  const second = await openSocket(server, person)
  await first.close()
  await second.close()
  const reloaded = await openSocket(server, person)
  // Presence is published in order: a later arrival comes after an earlier one.
  const later = await openSocket(server, await signIn(server, 'Later'))
  const { user } = later.hello
  await watcher.until((item) => item.type === 'presence' && item.user === user.id, 'the later one')
  await later.close()
  expect(states()).toEqual(['online'])
  await reloaded.close()
  const isGone = (): boolean => states().at(-1) === 'offline'
  await watcher.until(isGone, 'the departure', 15_000)
  expect(states()).toEqual(['online', 'offline'])
  await watcher.close()
})

test('everything works behind a path and a proxy with HTTPS', async () => {
  await using behind = await startServer({
    flags: ['--base-path', '/chat/', '--public-url', 'https://chat.example.org', '--trust-proxy'],
  })
  const proxied = { Host: 'chat.example.org', 'X-Forwarded-Proto': 'https' }
  const answer = await fetch(`http://127.0.0.1:${behind.port}/chat/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { ...proxied, Origin: 'https://chat.example.org' },
    body: new URLSearchParams({ nickname: 'Proxied', avatar: 'letter' }),
  })
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(answer.status).toBe(303)
  const [pair, ...attributes] = cookie.split('; ')
  expect(pair).toMatch(/^__Host-chatroom_\w+=[\w-]{43}$/)
  const expected = ['HttpOnly', 'Max-Age=34560000', 'Path=/', 'SameSite=Lax', 'Secure']
  expect(attributes.toSorted()).toEqual(expected)
  const headers = { ...proxied, Cookie: cookie.split(';')[0] ?? '' }
  const page = await (
    await fetch(`http://127.0.0.1:${behind.port}/chat/rooms/1`, { headers })
  ).text()
  const addresses = [...page.matchAll(/ (?:href|src|action)="(\/[^"]*)"/g)].map((found) => found[1])
  expect(addresses.length).toBeGreaterThan(5)
  expect(addresses.filter((address) => !address?.startsWith('/chat/'))).toEqual([])
  expect((await fetch(`http://127.0.0.1:${behind.port}/rooms/1`, { headers })).status).toBe(404)
})
