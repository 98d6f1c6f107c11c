import { beforeAll, expect, test } from 'bun:test'
import { serverLimits } from '../../src/server/limits'
import { type ChatClient, openSocket, type Person, signIn } from '../helpers/client'
import { comeBack, makeCode } from '../helpers/devices'
import { openLine } from '../helpers/raw'
import { makeRoom, sendForm } from '../helpers/rooms'
import { serverForAll } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

const server = serverForAll()
let ada: Person
let adas: ChatClient
/** Larger than what connections buffer: an export that nobody reads stays under way. */
let room: number

beforeAll(async () => {
  ada = await signIn(server(), 'Ada')
  adas = await openSocket(server(), ada)
  room = await makeRoom(server(), ada, 'Wanted by all')
  for (let n = 0; n < 1_600; n += 1) void adas.post(room, `w-${n}`, `${'long '.repeat(1_500)}${n}`)
  await adas.until((item) => item.type === 'accepted' && item.client_id === 'w-1599', 'the last')
})

async function fetchExport(person: Person, room: number, file: string): Promise<Response> {
  const headers = { Cookie: person.cookie, 'Accept-Language': 'en' }
  return fetch(`${server().origin}/rooms/${room}/export.${file}`, { headers })
}

test('E7: one at a time per person, however slowly it downloads', async () => {
  const slow = await signIn(server(), 'Slow reader')
  await sendForm(server(), slow, `/rooms/${room}/members`)
  const first = await fetchExport(slow, room, 'txt')
  const more = await Promise.all(Array.from({ length: 20 }, () => fetchExport(slow, room, 'txt')))
  // The first may have ended already; at most one more is accepted at a time.
  const refused = more.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThanOrEqual(18)
  expect(refused[0]?.headers.get('retry-after')).toBe('5')
  await first.text()
  for (const answer of more) await answer.text()
  const last = await fetchExport(slow, room, 'txt')
  expect([last.status, (await last.text()).length > 1_000_000]).toEqual([200, true])
})

test('another device of the same person is no second turn', async () => {
  const slow = await signIn(server(), 'Reading')
  await sendForm(server(), slow, `/rooms/${room}/members`)
  const other = await comeBack(server(), 'Reading', await makeCode(server(), slow))
  const line = await openLine(server())
  const head = [`Host: 127.0.0.1:${server().port}`, `Cookie: ${slow.cookie}`, '', '']
  line.write([`GET /rooms/${room}/export.html HTTP/1.1`, ...head].join('\r\n'))
  await line.until('\r\n\r\n')
  line.pause()
  expect((await fetchExport(other, room, 'txt')).status).toBe(429)
  await line.end(0)
  // The server hears of it in a moment, and the place is free.
  const isServed = async (): Promise<boolean> => {
    const answer = await fetchExport(other, room, 'txt')
    await answer.text()
    return answer.status === 200
  }
  await waitUntil(isServed, 'the place')
})

test('E7: of fifty exports at once some are served, the others get Retry-After', async () => {
  const people = await Promise.all(
    Array.from({ length: 50 }, (_, n) => signIn(server(), `Reader ${n}`)),
  )
  for (const person of people) await sendForm(server(), person, `/rooms/${room}/members`)
  const answers = await Promise.all(people.map((person) => fetchExport(person, room, 'txt')))
  const served = answers.filter(({ status }) => status === 200)
  const refused = answers.filter(({ status }) => status !== 200)
  // They are of one address, which gets half; an export that ends early makes room for one more.
  expect(served.length).toBeGreaterThanOrEqual(serverLimits.exportsMax / 2)
  expect(refused.length).toBeGreaterThanOrEqual(20)
  for (const answer of refused) {
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    await answer.text()
  }
  for (const answer of served) expect(await answer.text()).toContain('1,600 messages')
  expect((await fetchExport(people[49] ?? ada, room, 'txt')).status).toBe(200)
})
