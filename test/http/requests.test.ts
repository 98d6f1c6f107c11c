import { expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { history, openSocket, signIn } from '../helpers/client'
import { sendRaw } from '../helpers/raw'
import { serverForAll } from '../helpers/server'

const server = serverForAll()

async function look(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(server().origin + path, { redirect: 'manual', ...init })
}

test('every answer carries the policy, also those that refuse', async () => {
  const { cookie } = await signIn(server(), 'Ada')
  const page = await (await look('/rooms/1', { headers: { Cookie: cookie } })).text()
  const script = / src="(\/static\/island[^"]+)"/.exec(page)?.[1] ?? ''
  const answers = [
    await look('/'),
    await look('/rooms/1', { headers: { Cookie: cookie } }),
    await look('/rooms/77', { headers: { Cookie: cookie } }),
    await look('/nothing'),
    await look('/healthz'),
    await look(script),
    await look('/session', { method: 'POST', body: 'x' }),
    await look('/', { headers: { Host: 'evil.example' } }),
  ]
  for (const { headers, status } of answers) {
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`default-src 'none'`)
    expect(policy).toContain(`frame-ancestors 'none'`)
    expect(policy).not.toMatch(/unsafe|\*|data:|script-src[^;]*'self'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    const isStatic = headers.get('cache-control')?.includes('immutable') === true
    if (!isStatic)
      expect({ status, to: headers.get('cache-control') }).toMatchObject({ to: 'no-store' })
  }
  expect(answers[5]?.headers.get('cache-control')).toContain('immutable')
  expect(page).not.toMatch(/<script(?![^>]* src=)|<[^>]* style=|<[^>]* on[a-z]+=|javascript:/)
})

test('another site’s form changes nothing, nor does any GET', async () => {
  const { cookie } = await signIn(server(), 'Grace')
  const body = new URLSearchParams({ client_id: 'forged', content: 'forged' })
  const foreign: Record<string, string>[] = [
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    {},
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'X-Forwarded-Host': 'evil.example', Origin: 'http://evil.example' },
  ]
  for (const path of ['/rooms/1/messages', '/session', '/session/end', '/preferences']) {
    for (const headers of foreign) {
      const answer = await look(path, {
        method: 'POST',
        headers: { Cookie: cookie, ...headers },
        body,
      })
      expect({ path, headers, status: answer.status }).toEqual({ path, headers, status: 403 })
    }
    const read = await look(`${path}?client_id=forged&content=forged&_method=POST`, {
      headers: { Cookie: cookie, 'X-HTTP-Method-Override': 'POST' },
    })
    expect([200, 404, 405]).toContain(read.status)
  }
  const said = await history(server(), { nickname: 'Grace', cookie }, 1)
  expect(said.filter(({ content }) => content === 'forged')).toEqual([])
})

test('requests that no HTTP server should believe are closed', async () => {
  const host = `Host: 127.0.0.1:${server().port}`
  const form = 'Content-Type: application/x-www-form-urlencoded'
  const post = `POST /session HTTP/1.1\r\n${host}\r\n${form}\r\n`
  const broken = [
    `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    `${post}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`,
    `${post}Content-Length: -1\r\n\r\n`,
    `POST /session HTTP/1.1\r\n${host}\r\nTransfer-Encoding: chunked\r\n\r\nXX\r\n`,
    `GET / HTTP/1.1\r\n${host}\r\n folded: line\r\n\r\n`,
    `GET / HTTP/9.9\r\n${host}\r\n\r\n`,
    `\x16\x03\x01\x02\x00\x01\x00\x01`,
    'x'.repeat(100_000),
  ]
  for (const request of broken) {
    const answer = await sendRaw(server(), request, 300)
    expect({ request: request.slice(0, 40), answer: answer.slice(0, 12) }).toMatchObject({
      answer: expect.stringMatching(/^$|^HTTP\/1\.1 [45]/),
    })
  }
  expect(await (await look('/healthz')).text()).toBe('ok')
})

test('no path reaches a file outside the shipped ones', async () => {
  for (const path of [
    '/static/../package.json',
    '/static/%2e%2e/package.json',
    '/static/..%2f..%2fpackage.json',
    '/static/%00',
    '/static//etc/passwd',
    '//etc/passwd',
    `/${'x'.repeat(10_000)}`,
    '/chatroom.db',
    '/.git/config',
  ]) {
    const request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${server().port}\r\n\r\n`
    const answer = await sendRaw(server(), request)
    expect({ path: path.slice(0, 40), line: answer.slice(0, 12) }).toMatchObject({
      line: expect.stringMatching(/^HTTP\/1\.1 4(00|04|14|31)/),
    })
    expect(answer).not.toContain('"scripts"')
  }
})

test('forged htmx headers gain nothing and are reflected nowhere', async () => {
  const { cookie } = await signIn(server(), 'Edsger')
  const markup = '"><script>alert(1)</script>'
  const headers = {
    Cookie: cookie,
    'HX-Request': 'true',
    'HX-Target': markup,
    'HX-Current-URL': `javascript:${markup}`,
  }
  for (const path of ['/rooms/1', '/rooms/77', `/${encodeURIComponent(markup)}`]) {
    const answer = await look(path, { headers })
    expect(await answer.text()).not.toContain('alert(1)')
    expect(answer.headers.get('hx-redirect')).toBeNull()
  }
})

test('htmx gets a problem as a fragment, never as a whole page', async () => {
  const { cookie } = await signIn(server(), 'Barbara')
  const headers = { Cookie: cookie, 'HX-Request': 'true' }
  for (const path of ['/rooms/77', '/rooms/1/messages?before=x', '/nothing']) {
    const answer = await look(path, { headers })
    const html = await answer.text()
    expect(answer.status).toBeGreaterThanOrEqual(400)
    expect(html).not.toMatch(/<html|<body|<!doctype/i)
    expect(html).toMatch(/\S+\./)
  }
})

test('the log holds no text, no name and no token, and nobody writes lines into it', async () => {
  const person = await signIn(server(), 'Rosalind')
  const socket = await openSocket(server(), person)
  await socket.post(1, 'private-1', 'a-text-that-nobody-logs')
  await look('/rooms/1?secret=in-the-address', {
    headers: { Cookie: person.cookie, 'User-Agent': 'odd\u001b[31m agent', Referer: 'http://x/y' },
  })
  await look('/session', {
    method: 'POST',
    headers: { Origin: server().origin },
    body: new URLSearchParams({ nickname: 'evil\n{"event":"forged"}', avatar: 'letter' }),
  })
  await socket.close()
  const log = server().log()
  expect(log).toMatch(/ joined user=\d+$/m)
  const secrets = [
    'a-text-that-nobody-logs',
    'Rosalind',
    'in-the-address',
    'odd',
    'forged',
    '\u001b',
  ]
  for (const secret of [...secrets, person.cookie.split('=')[1] ?? '']) {
    expect(log).not.toContain(secret)
  }
})

test('a copy of the database signs nobody in', async () => {
  const person = await signIn(server(), 'Copied')
  const token = person.cookie.split('=')[1] ?? ''
  const file = join(server().data, 'chatroom.db')
  const all = Buffer.concat([readFileSync(file), readFileSync(`${file}-wal`)])
  expect(all.includes(token)).toBe(false)
  const db = new Database(file, { readonly: true })
  const hashes = db.query<{ token_hash: Uint8Array }, []>('SELECT token_hash FROM sessions').all()
  db.close()
  const asked = new Bun.CryptoHasher('sha256').update(token).digest('hex')
  expect(hashes.map(({ token_hash }) => Buffer.from(token_hash).toString('hex'))).toContain(asked)
})
