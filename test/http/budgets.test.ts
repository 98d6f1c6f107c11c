import { expect, test } from 'bun:test'
import { watchForProxy } from '../../src/http/middleware/guards'
import { rates } from '../../src/server/rate-limits'
import { openSocket, type Person, signIn } from '../helpers/client'
import { fetchAs } from '../helpers/files'
import { type RunningServer, serverForAll, startServer } from '../helpers/server'

const strict = { env: { CHATROOM_RATE_LIMITS: 'on' } }
const server = serverForAll(strict)

/** Answers the status of a sign-in from this address. */
async function join(
  { origin }: RunningServer,
  nickname: string,
  more: { picture?: string; person?: Person } = {},
): Promise<number> {
  const { picture = '', person } = more
  const answer = await fetch(`${origin}/session`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Origin: origin, ...(person && { Cookie: person.cookie }) },
    body: new URLSearchParams({ nickname, avatar: picture === '' ? 'letter' : 'picture', picture }),
  })
  await answer.text()
  const [cookie] = answer.headers.getSetCookie().filter((set) => set.includes('HttpOnly'))
  if (person !== undefined && cookie !== undefined) person.cookie = cookie.split(';')[0] ?? ''
  return answer.status
}

const times = (count: number, ask: () => Promise<number>): Promise<number[]> =>
  Promise.all(Array.from({ length: count }, ask))

test('a stranger takes nothing from a person at the same address', async () => {
  const ada = await signIn(server(), 'Ada')
  const stranger = await times(2 * rates.requests.burst, async () => {
    const answer = await fetch(`${server().origin}/`)
    await answer.text()
    return answer.status
  })
  expect(stranger).toContain(429)
  const own = await times(60, async () => (await fetchAs(server(), ada, '/rail')).status)
  expect(own.filter((status) => status !== 200)).toEqual([])
  const socket = await openSocket(server(), ada)
  await socket.close()
})

test('a person who opens sockets in a loop keeps nobody else from opening one', async () => {
  await using other = await startServer(strict)
  const [loop, calm] = [await signIn(other, 'Loop'), await signIn(other, 'Calm')]
  for (let n = 0; n < 250; n += 1) {
    const socket = await openSocket(other, loop).catch(() => null)
    await socket?.close()
  }
  const socket = await openSocket(other, calm)
  await socket.close()
})

test('refused names keep no newcomer out', async () => {
  await using other = await startServer(strict)
  await signIn(other, 'Ada')
  const refused = await times(rates.refusals.burst + 40, () => join(other, 'Ada!'))
  expect(refused.slice(0, rates.joins.burst + 1)).not.toContain(429)
  // They have an end of their own.
  expect(refused).toContain(429)
  expect(await join(other, 'Grace')).toBe(303)
})

test('pictures that are refused have an end, too', async () => {
  await using other = await startServer(strict)
  const picture = 'bm8gcGljdHVyZQ'
  const refused = await times(rates.refusals.burst + 20, () => join(other, 'Mei', { picture }))
  expect(refused).toContain(422)
  expect(refused).toContain(429)
  expect(await join(other, 'Mei')).toBe(303)
})

test('joins that succeed are charged, signing in again is not', async () => {
  await using other = await startServer(strict)
  const ada = await signIn(other, 'Ada')
  for (let n = 0; n < rates.joins.burst; n += 1) {
    expect(await join(other, 'Ada', { person: ada })).toBe(303)
  }
  const joined: number[] = []
  for (let n = 2; n < rates.joins.burst + 5; n += 1) joined.push(await join(other, `Pupil ${n}x`))
  expect(joined.slice(0, 50)).not.toContain(429)
  expect(joined.at(-1)).toBe(429)
})

test('a proxy that is not trusted is reported once', async () => {
  const say = async (headers: Record<string, string>, trustProxy: string[] = []) => {
    await using other = await startServer({ flags: trustProxy })
    const look = async (path: string, more: Record<string, string>): Promise<number> =>
      (await fetch(other.origin + path, { headers: more })).status
    await look('/healthz', {})
    for (let n = 0; n < 45; n += 1) await look('/favicon.ico', headers)
    return other.log().match(/ proxy\.not-trusted /g)?.length ?? 0
  }
  expect(await say({ 'X-Forwarded-For': '203.0.113.9' })).toBe(1)
  expect(await say({ 'X-Forwarded-For': '203.0.113.9' }, ['--trust-proxy'])).toBe(0)
  expect(await say({})).toBe(0)
})

test('only one private address that forwards everything is a proxy', () => {
  const reported = (addresses: string[], isForwarded = (_: number) => true): boolean => {
    let isReported = false
    const watch = watchForProxy(() => void (isReported = true), { trustProxy: null })
    for (let n = 0; n < 30; n += 1) {
      const headers = isForwarded(n) ? { 'X-Forwarded-For': '203.0.113.9' } : {}
      const address = addresses[n % addresses.length] ?? ''
      watch(new Request('http://x/', { headers }), {
        requestIP: () => ({ address, family: 'IPv4', port: 1 }),
      })
    }
    return isReported
  }
  for (const one of [
    '10.1.2.3',
    '127.0.0.1',
    '172.17.0.1',
    '192.168.1.1',
    'fd00:1:2:3::4',
    '::ffff:10.0.0.1',
  ]) {
    expect({ one, reported: reported([one]) }).toEqual({ one, reported: true })
  }
  for (const one of ['203.0.113.1', '172.32.0.1', '2001:db8:0:1::5']) {
    expect({ one, reported: reported([one]) }).toEqual({ one, reported: false })
  }
  expect(reported(['10.0.0.1', '10.0.0.2'])).toBe(false)
  expect(reported(['10.0.0.1'], (n) => n !== 7)).toBe(false)
})
