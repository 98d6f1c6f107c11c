import { expect, test } from 'bun:test'
import { rates } from '../../src/server/rate-limits'
import { signIn } from '../helpers/client'
import { fetchAs, png, upload } from '../helpers/files'
import { serverForAll, startServer } from '../helpers/server'

const server = serverForAll()

test('C10: every refusal is a sentence for its own place, never a page in a page', async () => {
  await using strict = await startServer({ env: { CHATROOM_RATE_LIMITS: 'on' } })
  const { cookie } = await signIn(strict, 'Ada')
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  const own = { Cookie: cookie, 'HX-Request': 'true', Origin: strict.origin }
  const asked: [status: number, path: string, init: RequestInit][] = [
    [400, '/rooms/1/messages?before=x', { headers: own }],
    [401, '/rooms/1', { headers: { 'HX-Request': 'true' } }],
    [403, '/rooms/1/messages', { method: 'POST', headers: { ...own, Origin: 'null' }, body: 'a' }],
    [404, '/rooms/77', { headers: own }],
    [413, '/rooms', { method: 'POST', headers: own, body: 'x'.repeat(200_000) }],
    [415, '/rooms', { method: 'POST', headers: own, body: 'plain' }],
    [422, '/rooms', { method: 'POST', headers: { ...own, ...form }, body: 'name=' }],
  ]
  for (const [status, path, init] of asked) {
    await expectFragment(
      path,
      status,
      await fetch(strict.origin + path, { redirect: 'manual', ...init }),
    )
  }
  const rail = `${strict.origin}/rail`
  const many = Array.from({ length: rates.requests.burst * 2 }, () => fetch(rail, { headers: own }))
  const refused = (await Promise.all(many)).find(({ status }) => status === 429)
  if (refused === undefined) throw new Error('there is no end to what one may ask for')
  await expectFragment('/rail', 429, refused)
})

async function expectFragment(path: string, status: number, answer: Response): Promise<void> {
  const html = await answer.text()
  expect({ path, status: answer.status }).toEqual({ path, status })
  expect({ path, html }).toEqual({ path, html: expect.not.stringMatching(/<html|<body|<!doc/i) })
  expect({ path, html }).toEqual({ path, html: expect.stringMatching(/\w\./) })
  expect(answer.headers.get('hx-redirect')).toBeNull()
}

test('C14: knowing what a file or a page is called in a cache opens neither', async () => {
  const [ada, eve] = [await signIn(server(), 'Ada'), await signIn(server(), 'Eve')]
  const file = await upload(server(), ada, png(3, 3), { name: 'a.png' })
  const etag = (await fetchAs(server(), ada, file.url)).headers.get('etag') ?? ''
  expect(etag).not.toBe('')
  for (const tag of [etag, `W/${etag}`, '*']) {
    const known = { 'If-None-Match': tag, 'If-Modified-Since': new Date().toUTCString() }
    for (const person of [eve, null]) {
      expect((await fetchAs(server(), person, file.url, known)).status).toBe(404)
      expect((await fetchAs(server(), person, '/rooms/2', known)).status).not.toBe(304)
    }
    expect((await fetchAs(server(), eve, '/rooms/1', known)).status).toBe(200)
  }
})
