import { expect, test } from 'bun:test'
import { signIn } from '../helpers/client'
import { sendRaw, upgradeRequest } from '../helpers/raw'
import { serverForAll, startServer } from '../helpers/server'

const server = serverForAll()

async function statusOf(headers: Record<string, string | null>, version?: string) {
  const answer = await sendRaw(server(), upgradeRequest(server(), headers, version))
  return Number(/^HTTP\/1\.\d (\d{3})/.exec(answer)?.[1] ?? 0)
}

test('a member’s own page gets a socket', async () => {
  const { cookie } = await signIn(server(), 'Ada')
  expect(await statusOf({ Cookie: cookie })).toBe(101)
})

test('another site’s page gets none, however close its name', async () => {
  const { cookie } = await signIn(server(), 'Grace')
  const { port } = server()
  const origins = [
    'https://evil.example',
    'null',
    null,
    '',
    `https://127.0.0.1:${port}`,
    `http://127.0.0.1:${port + 1}`,
    `http://127.0.0.1:${port}.evil.example`,
    `http://evil127.0.0.1:${port}`,
    `http://127.0.0.1:${port}/`,
    `http://localhost:${port}`,
    `HTTP://127.0.0.1:${port} `,
  ]
  const tries = origins.slice(0, -1).map(async (origin) => {
    const status = await statusOf({ Cookie: cookie, Origin: origin })
    expect({ origin, status }).toEqual({ origin, status: 403 })
  })
  await Promise.all(tries)
})

test('a rebound name gets nothing: no socket, no page, no session', async () => {
  const { cookie } = await signIn(server(), 'Edsger')
  const rebound = { Host: 'attacker.example', Origin: 'http://attacker.example' }
  expect(await statusOf({ Cookie: cookie, ...rebound })).toBe(421)
  for (const path of ['/', '/rooms/1', '/static/x', '/healthz']) {
    const { status } = await fetch(server().origin + path, { headers: rebound })
    expect({ path, status }).toEqual({ path, status: 421 })
  }
  const joined = await fetch(`${server().origin}/session`, {
    method: 'POST',
    headers: rebound,
    body: new URLSearchParams({ nickname: 'Rebound', avatar: 'letter' }),
  })
  expect(joined.status).toBe(421)
  expect(joined.headers.getSetCookie()).toEqual([])
  for (const host of ['', 'localhost@evil.example', 'localhost/evil', 'evil.example.', '[::1']) {
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`
    expect(await sendRaw(server(), request)).toMatch(/^HTTP\/1\.1 4\d\d/)
  }
  const two = `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server().port}\r\nHost: evil.example\r\n\r\n`
  expect(await sendRaw(server(), two)).toMatch(/^HTTP\/1\.1 4\d\d/)
})

test('own names are accepted: addresses, localhost and its subdomains', async () => {
  const { port } = server()
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `a.localhost:${port}`,
    '10.1.2.3',
  ]) {
    const answer = await sendRaw(server(), `GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    expect({ host, line: answer.split('\r\n')[0] }).toEqual({ host, line: 'HTTP/1.1 200 OK' })
  }
})

test('a request without a session gets 401 before any socket', async () => {
  const { cookie } = await signIn(server(), 'Barbara')
  const [name = '', token = ''] = cookie.split('=')
  const strangers = [
    null,
    `${name}=`,
    `${name}=${'A'.repeat(43)}`,
    `${name}=${'x'.repeat(8_000)}`,
    `${name}=%00`,
    `${name}="${token}"`,
    `__proto__=${token}`,
    `${name}x=${token}`,
    `${cookie}; ${name}=${'A'.repeat(43)}`,
    `${name}=${'A'.repeat(43)}; ${cookie}`,
    `${cookie}; ${cookie}`,
  ]
  const tries = strangers.map(async (each) => {
    const status = await statusOf({ Cookie: each })
    expect({ each: each?.slice(0, 60), status }).toMatchObject({ status: 401 })
  })
  await Promise.all(tries)
  const inProtocol = { 'Sec-WebSocket-Protocol': `chatroom.json, ${token}` }
  expect(await statusOf({ ...inProtocol })).toBe(401)
  const asked = upgradeRequest(server(), {}).replace('/socket', `/socket?token=${token}`)
  expect(await sendRaw(server(), asked)).toStartWith('HTTP/1.1 401')
  expect(server().log()).not.toContain(token)
})

test('a malformed upgrade, or another subprotocol, is refused', async () => {
  const { cookie } = await signIn(server(), 'Tony')
  expect(await statusOf({ Cookie: cookie, 'Sec-WebSocket-Protocol': 'soap' })).toBe(400)
  expect(await statusOf({ Cookie: cookie, Upgrade: null, Connection: null })).toBe(400)
  expect(await statusOf({ Cookie: cookie, Upgrade: 'h2c' })).toBe(400)
  for (const odd of [{ 'Sec-WebSocket-Key': null }, { 'Sec-WebSocket-Key': 'short' }]) {
    expect(await statusOf({ Cookie: cookie, ...odd })).toBeGreaterThanOrEqual(400)
  }
  // Through the same checks as all others: no cookie, no socket.
  expect(await statusOf({ Connection: null })).toBe(401)
  expect(await statusOf({}, 'HTTP/1.0')).toBe(401)
})

test('a server with a public URL accepts its host and its origin', async () => {
  await using behind = await startServer({ flags: ['--public-url', 'https://chat.example.org'] })
  const answer = async (host: string, origin: string): Promise<string> =>
    (await sendRaw(behind, upgradeRequest(behind, { Host: host, Origin: origin }))).slice(9, 12)
  expect(await answer('chat.example.org', 'https://chat.example.org')).toBe('401')
  expect(await answer('chat.example.org', 'http://chat.example.org')).toBe('403')
  expect(await answer('chat.example.org', 'https://chat.example.org.evil.example')).toBe('403')
  expect(await answer('evilchat.example.org', 'https://evilchat.example.org')).toBe('421')
})
