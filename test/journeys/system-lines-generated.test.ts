import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type ChatClient, head, openSocket, type Person, readJson, signIn } from '../helpers/client'
import type { Heard } from '../helpers/frames'
import { chooseSeed, createRandom } from '../helpers/random'
import { answerTo, inviteTo, makeRoom, sendForm } from '../helpers/rooms'
import { type RunningServer, startServer } from '../helpers/server'
import { waitUntil } from '../helpers/wait'

let server: RunningServer

beforeAll(async () => {
  server = await startServer({
    env: {
      CHATROOM_ARRIVALS: 'on',
      BUN_OPTIONS: '--preload ./test/helpers/short-limits.ts',
      TEST_LIMITS: JSON.stringify({ gatherLinesMs: 30 }),
    },
  })
})

afterAll(() => server.dispose())

/** What a reader knows of a room: its rows by their places. */
type Rows = Map<number, { revision: number; what: string }>

/** Takes in what a reader is told; the newest state of each row counts. */
function apply(rows: Rows, room: number, items: unknown[]): void {
  for (const item of items) {
    const event = new Map(Object.entries(Object(item)))
    const [type, seq, revision] = ['type', 'seq', 'revision'].map((name) => event.get(name))
    if (event.get('room') !== room || !/^(message|system)/.test(String(type))) continue
    if (typeof seq !== 'number' || typeof revision !== 'number') throw new Error('no place')
    if ((rows.get(seq)?.revision ?? 0) > revision) continue
    rows.set(seq, { revision, what: type === 'message.removed' ? '' : describe(event) })
  }
}

/** A row in short, whatever way it came. */
function describe(event: Map<string, unknown>): string {
  const parts = ['kind', 'count', 'from', 'to', 'content', 'reactions', 'edited']
  // Names may change without the row.
  const people = [event.get('people') ?? []].flat().map((one) => {
    const { id, by } = Object(one)
    return [id, Object(by).id ?? null]
  })
  return JSON.stringify([...parts.map((name) => event.get(name) ?? null), people])
}

function inOrder(rows: Rows): [seq: number, revision: number, what: string][] {
  const all = [...rows].filter(([, { what }]) => what !== '')
  return all.toSorted(([a], [b]) => a - b).map(([seq, { revision, what }]) => [seq, revision, what])
}

test('whatever happens in a room, every reader ends with the same rows in order', async () => {
  const seed = chooseSeed()
  const random = createRandom(seed)
  const owner = await signIn(server, 'Olga')
  const people = await Promise.all(
    Array.from({ length: 6 }, (_, n) => signIn(server, `Person ${'ABCDEF'[n]}`)),
  )
  const room = await makeRoom(server, owner, `Seed ${'abcdefgh'[seed % 8]}`)
  const live = await openSocket(server, owner)
  const ids = await Promise.all(
    people.map(async (person) => {
      const socket = await openSocket(server, person)
      await socket.close()
      return socket.hello.user.id
    }),
  )
  const act = acts(room, owner, people, ids, live, random)
  const known: { at: number; rows: Rows }[] = []
  for (let step = 0; step < 150; step += 1) {
    await act(step)
    if (random(5) > 0) continue
    // A reader who goes away here, with what has been told without a gap.
    const rows: Rows = new Map()
    apply(rows, room, live.heard)
    known.push({ at: contiguous(room, live.heard), rows })
  }
  const end = await settled(owner, room, live)
  const expected = end.rows
  const where = { seed, head: end.revision }
  expect({ ...where, rows: await history(owner, room, 1 + random(40)) }).toEqual({
    ...where,
    rows: expected,
  })
  for (const { at, rows } of known) {
    const reader = await openSocket(server, owner)
    reader.resume(room, at)
    await reader.until((item) => item.type === 'caught_up' && item.room === room, 'the rest')
    apply(rows, room, reader.heard)
    expect({ ...where, at, rows: inOrder(rows) }).toEqual({ ...where, at, rows: expected })
    await reader.close()
    const fetched: Rows = new Map()
    apply(fetched, room, await changesSince(owner, room, 0))
    expect({ ...where, rows: inOrder(fetched) }).toEqual({ ...where, rows: expected })
  }
  // A browser gets messages as rows and lines as events.
  const browser = await openSocket(server, owner, { subprotocol: 'chatroom.html' })
  browser.resume(room, 0)
  await browser.until((item) => item.type === 'caught_up' && item.room === room, 'all')
  const seen = browser.heard.flatMap((item) => {
    if (item.type !== 'row' && item.type !== 'system') return []
    return item.room === room ? [[item.seq, item.revision, item.type]] : []
  })
  expect({ ...where, seen: seen.toSorted(([a], [b]) => Number(a) - Number(b)) }).toEqual({
    ...where,
    seen: expected.map(([seq, revision, what]) => [
      seq,
      revision,
      what.startsWith('[null') ? 'row' : 'system',
    ]),
  })
  await browser.close()
  const places = await placesOnPage(owner, room)
  expect({ ...where, places }).toEqual({
    ...where,
    places: expected.map(([seq]) => seq).slice(-places.length),
  })
  const file = await (
    await fetch(`${server.origin}/rooms/${room}/export.txt`, { headers: { Cookie: owner.cookie } })
  ).text()
  const exported = file.split('\n').flatMap((line) => /^(\* )?\[[^\]]*\]/.exec(line)?.[1] ?? '-')
  const lines = exported.filter((line) => line === '* ')
  const told = expected.filter(([, , what]) => !what.startsWith('[null'))
  expect({ ...where, lines: lines.length }).toEqual({ ...where, lines: told.length })
}, 60_000)

test('lines leave every unread count as it was', async () => {
  const [ada, bob] = [await signIn(server, 'Counter'), await signIn(server, 'Talker')]
  const room = await makeRoom(server, ada, 'Counted')
  await sendForm(server, bob, `/rooms/${room}/members`)
  const socket = await openSocket(server, bob)
  for (const n of [1, 2, 3]) await socket.post(room, `m-${n}`, n === 2 ? '@Counter hi' : 'hi')
  const count = async (): Promise<unknown> => {
    const { hello, close } = await openSocket(server, ada)
    await close()
    const { unread, mentions } = Object(hello.rooms.find(({ id }) => id === room))
    return { unread, mentions }
  }
  expect(await count()).toEqual({ unread: 3, mentions: 1 })
  for (const topic of ['a', 'b', 'c']) await sendForm(server, bob, `/rooms/${room}`, { topic })
  await sendForm(server, bob, '/profile', { nickname: 'Talker Two', avatar: 'letter' })
  for (const name of ['Guest A', 'Guest B']) {
    await sendForm(server, await signIn(server, name), `/rooms/${room}/members`)
  }
  await sendForm(server, bob, `/rooms/${room}/leave`)
  expect(await count()).toEqual({ unread: 3, mentions: 1 })
})

/** Makes the function that lets one of them do something. */
function acts(
  room: number,
  owner: Person,
  people: Person[],
  ids: number[],
  live: ChatClient,
  random: (below: number) => number,
) {
  const names = ['Quay', 'Port', 'Dock', 'Pier']
  return async (step: number): Promise<unknown> => {
    const who = random(people.length)
    const person = people[who] ?? owner
    const seq = 1 + random(step + 1)
    const client_id = `act-${step}`
    const place = { room, seq, client_id }
    switch (random(12)) {
      case 0:
      case 1:
        return sendForm(server, person, `/rooms/${room}/members`)
      case 2:
        return sendForm(server, person, `/rooms/${room}/leave`)
      case 3:
        return sendForm(server, owner, `/rooms/${room}/members/remove`, { user: `${ids[who]}` })
      case 4:
        await inviteTo(server, owner, room, ids[who] ?? 0)
        return answerTo(server, person, room)
      case 5:
        return sendForm(server, owner, `/rooms/${room}`, { name: names[random(4)] ?? '' })
      case 6:
        return sendForm(server, owner, `/rooms/${room}`, { topic: names[random(4)] ?? '' })
      case 7: {
        const nickname = `Olga ${'KLMN'[random(4)]}`
        return sendForm(server, owner, '/profile', { nickname, avatar: 'letter' })
      }
      case 8:
        return live.send({ type: 'message.edit', ...place, content: `edited ${step}` })
      case 9:
        return live.send({ type: 'message.delete', ...place })
      case 10:
        return live.send({ type: 'reaction.set', ...place, emoji: '🎉', active: true })
      default:
        return live.post(room, client_id, `said ${step}`)
    }
  }
}

/**
 * The last revision up to which a reader was told each one, or that there is nothing more to tell:
 * a row that changes twice may be told of once.
 */
function contiguous(room: number, heard: Heard[]): number {
  const told = new Set<number>()
  for (const item of heard) {
    if (!('revision' in item) || item.room !== room) continue
    if (/^(message|system)/.test(item.type)) told.add(item.revision)
    if (item.type !== 'caught_up') continue
    for (let revision = item.after + 1; revision <= item.revision; revision += 1) told.add(revision)
  }
  let last = 0
  while (told.has(last + 1)) last += 1
  return last
}

/** Waits until the live reader has everything, and nobody waits to be added to a line. */
async function settled(owner: Person, room: number, live: ChatClient) {
  let before = -1
  let state = { revision: 0, rows: [] as ReturnType<typeof inOrder> }
  await waitUntil(async () => {
    await live.taken()
    const { revision } = await head(server, owner, room)
    const rows: Rows = new Map()
    apply(rows, room, live.heard)
    const isSame = revision === before && contiguous(room, live.heard) === revision
    before = revision
    state = { revision, rows: inOrder(rows) }
    await Bun.sleep(120)
    return isSame
  }, 'a quiet room')
  return state
}

async function changesSince(owner: Person, room: number, after: number): Promise<unknown[]> {
  const all: unknown[] = []
  for (let from = after, isMore = true; isMore;) {
    const page = await readJson(server, owner, `/rooms/${room}/changes?after=${from}`)
    const { events, revision, more } = Object.assign({ events: [], revision: 0, more: false }, page)
    all.push(...events)
    from = revision
    isMore = more
  }
  return all
}

async function history(owner: Person, room: number, limit: number) {
  const rows: Rows = new Map()
  for (let before = 1e9; before > 1;) {
    const path = `/rooms/${room}/messages?limit=${limit}&before=${before}`
    const { messages } = Object.assign(
      { messages: [] as unknown[] },
      await readJson(server, owner, path),
    )
    apply(rows, room, messages)
    before = messages.length === 0 ? 0 : Math.min(...rows.keys())
  }
  return inOrder(rows)
}

/** The places of the rows of the page, in the order of the page. */
async function placesOnPage(owner: Person, room: number): Promise<number[]> {
  const headers = { Cookie: owner.cookie }
  const html = await (await fetch(`${server.origin}/rooms/${room}`, { headers })).text()
  const timeline = html.slice(html.indexOf('id="timeline"'), html.indexOf('</noscript>'))
  return [...timeline.matchAll(/data-seq="(\d+)"/g)].map(([, seq]) => Number(seq))
}
