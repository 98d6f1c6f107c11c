import { expect, test } from 'bun:test'
import { rates } from '../../src/server/rate-limits'
import { bestOf, rankName } from '../../src/shared/rank-name'
import { openSocket, type Person, readJson, signIn } from '../helpers/client'
import { makeRoom, openDirect, sendForm } from '../helpers/rooms'
import { serverForAll, startServer } from '../helpers/server'

const server = serverForAll()

type Query = { q: string; room?: number }

async function find(person: Person, { q, room }: Query): Promise<string[]> {
  const query = new URLSearchParams({ q, ...(room === undefined ? {} : { room: String(room) }) })
  const { people } = Object.assign(
    { people: [] as { nickname: string }[] },
    await readJson(server(), person, `/people?${query}`),
  )
  return people.map(({ nickname }) => nickname)
}

async function statusOf(person: Person, path: string): Promise<number> {
  const headers = { Cookie: person.cookie, Accept: 'application/json' }
  return (await fetch(server().origin + path, { headers })).status
}

const names = ['Ana', 'Anatol', 'Mr Ana', 'Joana', '梅花 Mei', '李安', 'Öl-Anker', 'Tomás', 'Zoë']

test('people of a room are found by the best fit, then the last speakers', async () => {
  const owner = await signIn(server(), 'Harbour Master')
  const room = await makeRoom(server(), owner, 'Harbour')
  for (const name of names) {
    const person = await signIn(server(), name)
    await sendForm(server(), person, `/rooms/${room}/members`)
    if (name !== 'Anatol' && name !== 'Ana') continue
    const socket = await openSocket(server(), person)
    await socket.post(room, name, 'Hello')
    await socket.close()
  }
  expect(await find(owner, { q: 'ana', room })).toEqual(['Anatol', 'Ana', 'Mr Ana', 'Joana'])
  expect(await find(owner, { q: 'ank', room })).toEqual(['Öl-Anker'])
  expect(await find(owner, { q: 'tomas', room })).toEqual(['Tomás'])
  expect(await find(owner, { q: 'mh', room })).toEqual(['梅花 Mei'])
  expect(await find(owner, { q: 'la', room })).toEqual(['李安'])
  expect(await find(owner, { q: '安', room })).toEqual(['李安'])
  expect((await find(owner, { q: '', room })).slice(0, 2)).toEqual(['Anatol', 'Ana'])
  expect(await find(owner, { q: 'nobody', room })).toEqual([])
  expect(await find(owner, { q: 'a%_', room })).toEqual([])
})

test('the server and the page rank names alike', async () => {
  const reader = await signIn(server(), 'Reader')
  const present = await find(reader, { q: '' })
  expect(present).toContain('梅花 Mei')
  for (const q of [
    'a',
    'an',
    'o',
    'e',
    'mr',
    'l',
    'la',
    'mei',
    'ann',
    '花',
    '-',
    'r a',
    'm',
    'ö',
  ]) {
    const fitting = bestOf(present, (name) => rankName(name, q))
    expect({ q, found: await find(reader, { q }) }).toEqual({ q, found: fitting })
  }
})

test('a room that one is not in tells nothing about its people', async () => {
  const [ada, eve] = [await signIn(server(), 'Ada'), await signIn(server(), 'Eve')]
  const room = await makeRoom(server(), ada, 'Secret', 'closed')
  const eveId = (await openSocket(server(), eve)).hello.user.id
  const direct = await openDirect(server(), ada, eveId)
  expect(await find(ada, { q: 'ada', room })).toEqual(['Ada'])
  expect(await find(eve, { q: 'ada', room: direct })).toEqual(['Ada'])
  const bob = await signIn(server(), 'Bob')
  for (const wanted of [room, direct, 99_999, 'x', '1 OR 1'])
    for (const q of ['ada', 'nobody', ''])
      expect(await statusOf(bob, `/people?q=${q}&room=${encodeURIComponent(wanted)}`)).toBe(404)
})

test('people who left are not found, under their last name only the successor is', async () => {
  const mei = await signIn(server(), 'Leaving')
  const reader = await signIn(server(), 'Looking')
  expect(await find(reader, { q: 'leaving' })).toEqual(['Leaving'])
  await sendForm(server(), mei, '/session/leave', { sure: 'yes' })
  expect(await find(reader, { q: 'leaving' })).toEqual([])
  expect(await find(reader, { q: 'leaving', room: 1 })).toEqual([])
  await signIn(server(), 'Leaving')
  expect(await find(reader, { q: 'leaving', room: 1 })).toEqual(['Leaving'])
})

test('a person is found by the present name only', async () => {
  const one = await signIn(server(), 'Caterpillar')
  const reader = await signIn(server(), 'Watching')
  await sendForm(server(), one, '/profile', { nickname: 'Butterfly', avatar: 'letter' })
  expect(await find(reader, { q: 'butter' })).toEqual(['Butterfly'])
  expect(await find(reader, { q: 'cater' })).toEqual([])
})

test('a search longer than any name finds nobody, and at most 20 people are named', async () => {
  const reader = await signIn(server(), 'Counting')
  for (let n = 0; n < 25; n += 1) await signIn(server(), `Crowd ${n + 20}`)
  expect(await find(reader, { q: 'crowd' })).toHaveLength(20)
  expect(await find(reader, { q: `crowd${' '.repeat(100)}` })).toEqual([])
  expect(await find(reader, { q: 'c'.repeat(5_000) })).toEqual([])
})

test('without a script the search is a page whose rows lead to the cards', async () => {
  const reader = await signIn(server(), 'Scriptless')
  const headers = { Cookie: reader.cookie, 'Accept-Language': 'en' }
  const page = await fetch(`${server().origin}/people?q=script&room=1`, { headers })
  const html = await page.text()
  expect(html).toContain('<!doctype html>')
  expect(html).toMatch(/<button class="person__open" name="user" value="\d+"/)
  expect(html).toMatch(/<input type="hidden" name="room" value="1"/)
  const rows = await fetch(`${server().origin}/people?q=script&room=1`, {
    headers: { ...headers, 'HX-Request': 'true' },
  })
  expect(await rows.text()).toStartWith('<li class="person"')
})

test('searching for people has a rate', async () => {
  await using limited = await startServer({ env: { CHATROOM_RATE_LIMITS: 'on' } })
  const reader = await signIn(limited, 'Hasty')
  const headers = { Cookie: reader.cookie }
  const ask = async (): Promise<number> =>
    (await fetch(`${limited.origin}/people?q=a`, { headers })).status
  const all = await Promise.all(Array.from({ length: rates.peopleSearches.burst * 2 }, ask))
  expect(new Set(all)).toEqual(new Set([200, 429]))
})

test('people and rooms are found by the letters of every keyboard, in every list', async () => {
  const finder = await signIn(server(), 'Søren Łoś')
  const room = await makeRoom(server(), finder, 'Francœur Łódź')
  const socket = await openSocket(server(), finder)
  await socket.post(room, 'strokes', 'Found by strokes')
  await socket.close()
  expect(await find(finder, { q: 'soren los' })).toEqual(['Søren Łoś'])
  expect(await find(finder, { q: 'so\u200bren', room })).toEqual(['Søren Łoś'])
  const textOf = async (path: string): Promise<string> => {
    const answer = await fetch(server().origin + path, { headers: { Cookie: finder.cookie } })
    return answer.text()
  }
  const lists = [
    '/rooms?q=coeur+lodz',
    '/rooms?mine=yes&q=francoeur',
    `/rooms/${room}/people?q=los`,
  ]
  for (const path of lists) expect((await textOf(path)).includes('Ł')).toBe(true)
  for (const q of ['strokes from:soren', 'strokes in:"FRANCOEUR lo"', 'strokes from:"soren los"']) {
    const found = await readJson(server(), finder, `/search?${new URLSearchParams({ q })}`)
    expect({ q, found }).toMatchObject({
      q,
      found: { messages: [{ content: 'Found by strokes' }] },
    })
  }
})
