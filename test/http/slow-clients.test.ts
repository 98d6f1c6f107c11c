import { beforeAll, expect, test } from 'bun:test'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openSocket, type Person, signIn } from '../helpers/client'
import { upload } from '../helpers/files'
import { openLine, type Line, sendRaw } from '../helpers/raw'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll({
  compiled: false,
  flags: ['--trust-proxy'],
  env: {
    BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
    TEST_LIMITS: JSON.stringify({ slowMs: 400, exportsMax: 2, downloadsMax: 2, uploadsMax: 2 }),
  },
})
let people: () => [Person, Person, Person]

beforeAll(async () => {
  const [ada, bob] = [await signIn(server(), 'Ada'), await signIn(server(), 'Bob')]
  const cleo = await signIn(server(), 'Cleo')
  people = () => [ada, bob, cleo]
})

/** Opens a request of a person, at an address of its own. */
async function hang(person: Person, n: number, line: string, more: string[] = []): Promise<Line> {
  const hung = await openLine(server())
  hung.write(
    [
      `${line} HTTP/1.1`,
      `Host: 127.0.0.1:${server().port}`,
      `Origin: ${server().origin}`,
      `Cookie: ${person.cookie}`,
      `X-Forwarded-For: 10.0.0.${n}`,
      ...more,
      '',
      '',
    ].join('\r\n'),
  )
  return hung
}

/** What somebody gets at an address of their own, while two others have all places. */
async function third(path: string, person: Person, init: RequestInit = {}): Promise<number> {
  const answer = await fetch(server().origin + path, {
    ...init,
    headers: {
      Cookie: person.cookie,
      Origin: server().origin,
      'X-Forwarded-For': '10.0.0.2',
    },
  })
  await answer.body?.cancel()
  return answer.status
}

/** Reads nothing more after the head of each answer. */
async function stopReading(lines: Line[]): Promise<void> {
  for (const line of lines) {
    await line.until('\r\n\r\n')
    line.pause()
  }
}

test.concurrent('readers of exports that hang lose their places when others want one', async () => {
  const [ada, bob, cleo] = people()
  const socket = await openSocket(server(), ada)
  const count = 2_000
  for (let n = 0; n < count; n += 1) void socket.post(1, `long-${n}`, 'A long story. '.repeat(500))
  const last = `long-${count - 1}`
  await socket.until((item) => item.type === 'accepted' && item.client_id === last, 'the last')
  await socket.close()
  const path = '/rooms/1/export.txt'
  const hung = await Promise.all([hang(ada, 0, `GET ${path}`), hang(bob, 1, `GET ${path}`)])
  await stopReading(hung)
  expect(await third(path, cleo)).toBe(503)
  await waitUntil(async () => (await third(path, cleo)) === 200, 'a place')
  for (const line of hung) await line.end(0)
})

test.concurrent('readers of files that hang lose their places when others want one', async () => {
  const [ada] = people()
  const { url } = await upload(server(), ada, new Uint8Array(24 * 1024 * 1024))
  const hung = await Promise.all([hang(ada, 0, `GET ${url}`), hang(ada, 1, `GET ${url}`)])
  await stopReading(hung)
  expect(await third(url, ada)).toBe(503)
  await waitUntil(async () => (await third(url, ada)) === 200, 'a place')
  for (const line of hung) await line.end(0)
})

test.concurrent('a client that sends its headers too slowly is disconnected', async () => {
  const idle = sendRaw(server(), 'GET / HTTP/1.1\r\nHost: 127', 25_000)
  expect((await fetch(`${server().origin}/healthz`)).status).toBe(200)
  const startedAt = performance.now()
  await idle
  expect(performance.now() - startedAt).toBeLessThan(20_000)
})

/** How many files there are, also those that are still coming. */
function begun(): number {
  const entries = readdirSync(join(server().data, 'files'), {
    recursive: true,
    withFileTypes: true,
  })
  return entries.filter((entry) => entry.isFile()).length
}

test('senders of files that trickle lose their places when others want one', async () => {
  const [ada, bob, cleo] = people()
  const count = begun()
  const head = ['Content-Length: 1000000']
  const hung = await Promise.all(
    [ada, bob].map((person, n) => hang(person, n, 'POST /attachments', head)),
  )
  const trickle = setInterval(() => {
    for (const line of hung) if (!line.isClosed()) line.write('x')
  }, 50)
  // Each has its place before the third asks: who asks first would refuse one of the two.
  await waitUntil(() => begun() === count + 2, 'two files begun')
  const send = () => third('/attachments', cleo, { method: 'POST', body: 'a small file' })
  expect(await send()).toBe(503)
  await waitUntil(async () => (await send()) === 201, 'a place')
  for (const line of hung) expect(await line.end(2_000)).toContain('408')
  clearInterval(trickle)
})
